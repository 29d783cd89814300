using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Weir.Gateway.Config.Schema;

/// <summary>The keys that belong together at one place of the file.</summary>
internal sealed class ConfigSection
{
    private readonly FrozenDictionary<string, ConfigKey> _byName;

    /// <summary>Makes a section.</summary>
    /// <param name="name">Its name in messages, such as <c>router_settings</c>.</param>
    /// <param name="open">True when unknown names are passed on (provider parameters, free notes).</param>
    /// <param name="keys">Its keys.</param>
    public ConfigSection(string name, bool open, params IEnumerable<ConfigKey> keys)
    {
        Name = name;
        Open = open;
        Keys = [.. keys];
        _byName = Keys.ToFrozenDictionary(static key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>Its name in messages.</summary>
    public string Name { get; }

    /// <summary>Unknown names are no mistake here.</summary>
    public bool Open { get; }

    /// <summary>Its keys, in the order of the documentation.</summary>
    public ImmutableArray<ConfigKey> Keys { get; }

    /// <summary>The key of that name.</summary>
    public ConfigKey? Find(string name) => _byName.GetValueOrDefault(name);
}
