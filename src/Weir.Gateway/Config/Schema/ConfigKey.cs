using System.Collections.Immutable;

namespace Weir.Gateway.Config.Schema;

/// <summary>One key of LiteLLM's configuration.</summary>
/// <param name="Name">The key.</param>
/// <param name="Mark">What this build does with it.</param>
/// <param name="Types">The values that it takes.</param>
/// <param name="Description">What it is for, in one line without a full stop.</param>
internal sealed record ConfigKey(string Name, KeyMark Mark, ValueTypes Types, string Description)
{
    /// <summary>The keys of the value when it is a map.</summary>
    public ConfigSection? Map { get; init; }

    /// <summary>The keys of each item when the value is a list of maps.</summary>
    public ConfigSection? Items { get; init; }

    /// <summary>The keys of each value when the value is a map of free names to maps.</summary>
    public ConfigSection? Values { get; init; }

    /// <summary>The texts that are allowed; empty for any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>For a restricting key: the values that do restrict.</summary>
    public RestrictsWhen When { get; init; }

    /// <summary>The values meant by <see cref="RestrictsWhen.Named"/>.</summary>
    public ImmutableArray<string> RestrictingValues { get; init; } = [];

    /// <summary>What to do instead, one sentence; null for the general words.</summary>
    public string? Instead { get; init; }

    /// <summary>True when ignoring it is not worth a warning: what it asks for holds anyway.</summary>
    public bool Quiet { get; init; }

    /// <summary>The value is a secret: it is never shown.</summary>
    public bool Secret { get; init; }
}
