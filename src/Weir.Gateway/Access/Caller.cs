using Weir.Gateway.Access.Keys;
using Weir.Gateway.Errors;
using Weir.Gateway.Telemetry.Metrics;

namespace Weir.Gateway.Access;

/// <summary>Who calls, with all that follows from it, compiled when the key was read.</summary>
/// <param name="KeyHash">sha256 hex of the whole key, as LiteLLM stores it; empty when no key is asked for.</param>
/// <param name="Alias">Name for metrics and logs: known from the config or the directory, never the caller's own text.</param>
/// <param name="IsAdmin">The master key: may do everything, and nothing limits it.</param>
internal sealed record Caller(string KeyHash, string Alias, bool IsAdmin)
{
    /// <summary>The caller of a gateway that runs without any key (allowed only when the config says so in as many words).</summary>
    internal static readonly Caller Anonymous = new("", "anonymous", true);

    /// <summary>The caller of an endpoint that asks for no key because the config says so: may do nothing else.</summary>
    internal static readonly Caller Nobody = new("", "anonymous", false);

    /// <summary>What it may manage.</summary>
    internal CallerRole Role { get; init; } = IsAdmin ? CallerRole.ProxyAdmin : CallerRole.Unknown;

    /// <summary>The key as it may be shown (<c>sk-...abcd</c>).</summary>
    internal string KeyName { get; init; } = "";

    /// <summary>Its team; null for none.</summary>
    internal string? TeamId { get; init; }

    /// <summary>The team's name.</summary>
    internal string? TeamAlias { get; init; }

    /// <summary>Its user; null for none.</summary>
    internal string? UserId { get; init; }

    /// <summary>The user's address.</summary>
    internal string? UserEmail { get; init; }

    /// <summary>Its organisation, or that of its team; null for none.</summary>
    internal string? OrganizationId { get; init; }

    /// <summary>
    /// The scope to which the things belong that upstreams keep for this caller. Nobody of another scope can reach them. As in LiteLLM a team's
    /// files and responses are the team's, those of a user without a team the user's, those of a key that has neither the key's own.
    /// </summary>
    internal string Owner { get; init; } = KeyHash;

    /// <summary>When it ends; null for never.</summary>
    internal DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it may do nothing at all; null for no such reason.</summary>
    internal GatewayError? Blocked { get; init; }

    /// <summary>Routes that it may call; null for all.</summary>
    internal RouteSet? Routes { get; init; }

    /// <summary>Whose models it may use: every set has to allow a model. Empty for all models.</summary>
    internal IReadOnlyList<ModelSet> Models { get; init; } = [];

    /// <summary>Names that stand for other models, of the key and its team; null for none.</summary>
    internal IReadOnlyDictionary<string, ModelAlias>? Aliases { get; init; }

    /// <summary>Tags of the key and its team, added to those of each request.</summary>
    internal IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Limits of money that apply to what it asks, from the widest scope to the narrowest.</summary>
    internal IReadOnlyList<SpendLimit> SpendLimits { get; init; } = [];

    /// <summary>Limits of speed that apply to what it asks, from the widest scope to the narrowest.</summary>
    internal IReadOnlyList<RateLimit> RateLimits { get; init; } = [];

    /// <summary>Every scope that its spend is counted for, limited or not; each once.</summary>
    internal IReadOnlyList<Scope> Scopes { get; init; } = [];

    /// <summary>Its labels in metrics, looked up once.</summary>
    internal CallerSeries? Series { get; set; }

    /// <summary>Why it may not use a model; null when it may.</summary>
    /// <param name="requested">The name as asked for, after aliases of the key.</param>
    /// <param name="matched">What an alias of the configuration stands for; the same name when there is none.</param>
    /// <param name="accessGroups">Access groups of what it leads to.</param>
    internal GatewayError? RefusalOf(string requested, string matched, IReadOnlyList<string> accessGroups)
    {
        foreach (var set in Models)
        {
            if (!set.Allows(requested, accessGroups) && (ReferenceEquals(requested, matched) || !set.Allows(matched, accessGroups)))
            {
                return set.Refusal(requested);
            }
        }
        return null;
    }

    /// <summary>Why it may do nothing now: blocked, or past its end. Null when it may.</summary>
    internal GatewayError? RefusalAt(TimeProvider time)
    {
        if (Blocked is { } blocked)
        {
            return blocked;
        }
        return ExpiresAt is { } end && time.GetUtcNow() is var now && now >= end
            ? new GatewayError(ErrorKind.KeyExpired,
                $"Authentication Error - Expired Key. Key Expiry time {PythonText.Time(end)} and current time {PythonText.Time(now)}") { Param = KeyName }
            : null;
    }
}
