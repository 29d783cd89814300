using Weir.Gateway.Telemetry.Metrics;

namespace Weir.Gateway.Access;

/// <summary>Who calls.</summary>
/// <param name="KeyHash">sha256 hex of the whole key, as LiteLLM stores it; empty when no key is asked for.</param>
/// <param name="Alias">Name for metrics and logs: known from the config, never the caller's own text.</param>
/// <param name="IsAdmin">The master key: may do everything.</param>
internal sealed record Caller(string KeyHash, string Alias, bool IsAdmin)
{
    /// <summary>The caller of a gateway that runs without any key (allowed only when the config says so in as many words).</summary>
    internal static readonly Caller Anonymous = new("", "anonymous", true);

    /// <summary>The caller of an endpoint that asks for no key because the config says so: may do nothing else.</summary>
    internal static readonly Caller Nobody = new("", "anonymous", false);

    /// <summary>The scope to which the things belong that upstreams keep for this caller. Nobody of another scope can reach them.</summary>
    internal string Owner => KeyHash;

    /// <summary>Limits of money that apply to what it asks, from the widest scope to the narrowest.</summary>
    internal IReadOnlyList<SpendLimit> SpendLimits { get; init; } = [];

    /// <summary>Limits of speed that apply to what it asks, from the widest scope to the narrowest.</summary>
    internal IReadOnlyList<RateLimit> RateLimits { get; init; } = [];

    /// <summary>Every scope that its spend is counted for, limited or not; each once.</summary>
    internal IReadOnlyList<Scope> Scopes { get; init; } = [];

    /// <summary>Its labels in metrics, looked up once.</summary>
    internal CallerSeries? Series { get; set; }
}
