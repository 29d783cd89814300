using System.Globalization;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>The tool calls of a conversation so far: results name their call by its id alone, and the old <c>function</c> role by the name alone.</summary>
internal sealed class KnownCalls
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _legacy = new(StringComparer.Ordinal);

    internal void Add(ToolCallPart call) => _names[call.Id] = call.Name;

    internal string? NameOf(string id) => _names.GetValueOrDefault(id);

    /// <summary>Makes an id for a call that has none.</summary>
    internal string NewLegacyId(string name)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"call_function_{_legacy.Count + _names.Count}");
        _legacy[name] = id;
        return id;
    }

    /// <summary>The id that was made for the last call of <paramref name="name"/>.</summary>
    internal string LegacyIdOf(string name) => _legacy.GetValueOrDefault(name) ?? NewLegacyId(name);
}
