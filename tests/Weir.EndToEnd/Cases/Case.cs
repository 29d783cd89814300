using Weir.TestKit;

namespace Weir.EndToEnd.Cases;

/// <summary>A row of a table: a config as LiteLLM's users write it, how the upstreams behave, what is asked, what must come back.</summary>
internal sealed record Case
{
    /// <summary>The sentence that holds.</summary>
    public required string Name { get; init; }

    /// <summary>YAML. <c>UPSTREAM_A</c>, <c>UPSTREAM_B</c>, ... stand for the root addresses of the upstreams.</summary>
    public required string Config { get; init; }

    /// <summary>Upstreams that speak Azure's accent, by letter.</summary>
    public string Azure { get; init; } = "";

    /// <summary>Prepares the upstreams.</summary>
    public Action<World>? Given { get; init; }

    /// <summary>Upstreams whose port is closed before the first request, by letter.</summary>
    public string Down { get; init; } = "";

    /// <summary>Environment variables of the gateway.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The requests, in order.</summary>
    public required IReadOnlyList<Ask> Asks { get; init; }

    /// <summary>Requests that each upstream must have seen in the end, as <c>"A2 B1"</c>; null = not looked at.</summary>
    public string? Calls { get; init; }

    /// <summary>What else must hold in the end.</summary>
    public Action<World>? Then { get; init; }

    public override string ToString() => Name;
}
