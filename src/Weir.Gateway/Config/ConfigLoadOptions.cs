using System.Collections;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Config;

/// <summary>How a configuration is loaded.</summary>
public sealed record ConfigLoadOptions
{
    /// <summary>The environment variables; the process's own when not set.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ProcessEnvironment();

    /// <summary>How strictly it is judged.</summary>
    public CheckOptions Check { get; init; } = new();

    /// <summary>The variables of this process, now.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            if (entry is { Key: string name, Value: string value })
            {
                found[name] = value;
            }
        }

        return found;
    }
}
