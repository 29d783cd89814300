using System.Collections.Immutable;
using Weir.Providers;

namespace Weir.Gateway.Config;

/// <summary>How a deployment is chosen.</summary>
public enum RoutingStrategy
{
    /// <summary>Weighted random by weight, else rpm, else tpm, else uniform.</summary>
    SimpleShuffle,

    /// <summary>Fewest calls in flight.</summary>
    LeastBusy,

    /// <summary>Lowest tokens in this minute, over-limit ones left out (v1 and v2).</summary>
    UsageBased,

    /// <summary>Lowest mean latency; for streams, time to first token.</summary>
    LatencyBased,

    /// <summary>Cheapest; an unknown price counts as 1 USD.</summary>
    CostBased,
}

/// <summary>Routing, retries, cooldowns and fallbacks (<c>router_settings</c> over <c>litellm_settings</c>).</summary>
public sealed record RouterConfig
{
    /// <summary>Strategy of groups that no routing group names.</summary>
    public RoutingStrategy Strategy { get; init; }

    /// <summary><c>routing_strategy_args.ttl</c>: how long a latency sample counts.</summary>
    public TimeSpan LatencyTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>routing_strategy_args.lowest_latency_buffer</c>: share above the lowest latency that counts as equal (0 = only the lowest).</summary>
    public double LowestLatencyBuffer { get; init; }

    /// <summary>Group to its own strategy (<c>routing_groups</c>).</summary>
    public ImmutableDictionary<string, RoutingStrategy> GroupStrategies { get; init; } = ImmutableDictionary<string, RoutingStrategy>.Empty;

    /// <summary>Retries inside a group after the first attempt.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Shortest wait before a retry.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Retries by kind of error; overrides <see cref="Retries"/>.</summary>
    public ImmutableDictionary<RetryClass, int> RetryPolicy { get; init; } = ImmutableDictionary<RetryClass, int>.Empty;

    /// <summary>Group to its own retry policy.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<RetryClass, int>> GroupRetryPolicy { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<RetryClass, int>>.Empty;

    /// <summary>Failures in a minute before a cooldown; null = LiteLLM's rule of the failing share alone.</summary>
    public int? AllowedFails { get; init; }

    /// <summary>The same by kind of error.</summary>
    public ImmutableDictionary<RetryClass, int> AllowedFailsPolicy { get; init; } = ImmutableDictionary<RetryClass, int>.Empty;

    /// <summary>How long a failing deployment rests.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>No cooldowns at all.</summary>
    public bool DisableCooldowns { get; init; }

    /// <summary>Longest cooldown that an upstream's Retry-After may cause.</summary>
    public TimeSpan RetryAfterCap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Group (or <c>*</c>) to groups, for any failure without a list of its own.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Fallbacks { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Group to groups with a longer context.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> ContextWindowFallbacks { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Group to groups with another content filter.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> ContentPolicyFallbacks { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>For groups that have no entry in the lists above.</summary>
    public ImmutableArray<string> DefaultFallbacks { get; init; } = [];

    /// <summary>Most fallback groups tried for one request.</summary>
    public int MaxFallbacks { get; init; } = 5;

    /// <summary>Alias to group.</summary>
    public ImmutableDictionary<string, ModelAlias> Aliases { get; init; } = ImmutableDictionary<string, ModelAlias>.Empty;

    /// <summary>Count tokens and look at limits before picking.</summary>
    public bool EnablePreCallChecks { get; init; }

    /// <summary>Route by tags.</summary>
    public bool EnableTagFiltering { get; init; }

    /// <summary>One common tag is enough (default true, LiteLLM's <c>tag_filtering_match_any</c>).</summary>
    public bool TagMatchAny { get; init; } = true;

    /// <summary>Limits of time for deployments that set none. Default whole call: 600 s (router) / 6,000 s (litellm_settings.request_timeout).</summary>
    public TimeoutConfig Timeouts { get; init; } = new() { Total = TimeSpan.FromSeconds(600) };

    /// <summary>Calls in flight per deployment that sets no limit.</summary>
    public int? DefaultMaxParallelRequests { get; init; }

    /// <summary>Leave out what the last background probe found down.</summary>
    public bool EnableHealthCheckRouting { get; init; }

    /// <summary>A probe older than this does not count.</summary>
    public TimeSpan HealthCheckStaleness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Probe in the background.</summary>
    public bool BackgroundHealthChecks { get; init; }

    /// <summary>Time between two background probes.</summary>
    public TimeSpan HealthCheckInterval { get; init; } = TimeSpan.FromSeconds(300);
}

/// <summary>Target of an alias.</summary>
/// <param name="Group">The group meant.</param>
/// <param name="Hidden">Left out of <c>/models</c>.</param>
public sealed record ModelAlias(string Group, bool Hidden);

/// <summary>Kinds of error as LiteLLM's <c>retry_policy</c> and <c>allowed_fails_policy</c> name them.</summary>
public enum RetryClass
{
    /// <summary><c>BadRequestError...</c>.</summary>
    BadRequest,

    /// <summary><c>AuthenticationError...</c>.</summary>
    Authentication,

    /// <summary><c>TimeoutError...</c>.</summary>
    Timeout,

    /// <summary><c>RateLimitError...</c>.</summary>
    RateLimit,

    /// <summary><c>ContentPolicyViolationError...</c>.</summary>
    ContentPolicyViolation,

    /// <summary><c>InternalServerError...</c>.</summary>
    InternalServer,
}

/// <summary>Who may call, and how a call is read.</summary>
public sealed record AccessConfig
{
    /// <summary>The master key in force; null = none.</summary>
    public Secret? MasterKey { get; init; }

    /// <summary><c>dangerously_permit_weak_or_unset_master_key</c>.</summary>
    public bool PermitWeakMasterKey { get; init; }

    /// <summary><c>litellm_key_header_name</c>.</summary>
    public string? KeyHeaderName { get; init; }

    /// <summary><c>allowed_ips</c>: networks that may call; empty for all.</summary>
    public IReadOnlyList<System.Net.IPNetwork> AllowedAddresses { get; init; } = [];

    /// <summary>Proxies whose word about the client's address counts (<c>trusted_proxies</c>).</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary><c>allowed_routes</c>: routes that may be called by anyone; empty for all.</summary>
    public IReadOnlyList<string> AllowedRoutes { get; init; } = [];

    /// <summary><c>admin_only_routes</c>: routes for administrators alone.</summary>
    public IReadOnlyList<string> AdminOnlyRoutes { get; init; } = [];

    /// <summary><c>enforce_fallback_model_access</c>: a fallback is tried only for callers that may use it themselves.</summary>
    public bool EnforceFallbackModelAccess { get; init; }

    /// <summary><c>max_end_user_budget_id</c>: the budget of end users that have none of their own.</summary>
    public string? EndUserBudgetId { get; init; }

    /// <summary><c>default_key_generate_params</c>, a JSON object: what a new key gets where the request says nothing.</summary>
    public ReadOnlyMemory<byte> KeyDefaults { get; init; }

    /// <summary><c>upperbound_key_generate_params</c>, a JSON object: the most that a new key may get.</summary>
    public ReadOnlyMemory<byte> KeyBounds { get; init; }

    /// <summary><c>default_team_params</c>, a JSON object.</summary>
    public ReadOnlyMemory<byte> TeamDefaults { get; init; }

    /// <summary><c>default_internal_user_params</c>, a JSON object.</summary>
    public ReadOnlyMemory<byte> UserDefaults { get; init; }

    /// <summary><c>/metrics</c> asks for a key.</summary>
    public bool RequireAuthForMetrics { get; init; }

    /// <summary>Largest request body after inflation, in bytes.</summary>
    public long MaxRequestBytes { get; init; } = 32L << 20;

    /// <summary>Largest form with files, in bytes. It is kept in a file, not in memory.</summary>
    public long MaxUploadBytes { get; init; } = 128L << 20;
}

/// <summary>Behaviour of requests that is not routing.</summary>
public sealed record RequestConfig
{
    /// <summary>Drop parameters that the provider does not take instead of refusing them.</summary>
    public bool DropParams { get; init; }

    /// <summary>False only when the file says <c>cancel_on_disconnect: false</c>: the upstream call then goes on without its client.</summary>
    public bool CancelOnDisconnect { get; init; } = true;

    /// <summary>Send the usage chunk to clients that did not ask for it.</summary>
    public bool AlwaysIncludeStreamUsage { get; init; }

    /// <summary>Add <c>litellm_call_id</c> to error bodies.</summary>
    public bool IncludeCallIdInErrors { get; init; }

    /// <summary>Say the chain of groups and fallbacks in error messages.</summary>
    public bool ExposeRouterDebug { get; init; } = true;

    /// <summary>Let requests carry <c>mock_testing_*</c> members.</summary>
    public bool AllowMockTesting { get; init; }

    /// <summary>Merge or drop Azure's first chunk with empty <c>choices</c>.</summary>
    public bool AzureCompatStrip { get; init; }

    /// <summary>Extra response headers <c>llm_provider-*</c>.</summary>
    public bool ReturnResponseHeaders { get; init; } = true;

    /// <summary>Model forced on every chat call (<c>completion_model</c>).</summary>
    public string? CompletionModel { get; init; }

    /// <summary>Model forced on every embedding call.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>Model forced on every image call (<c>image_generation_model</c>).</summary>
    public string? ImageModel { get; init; }

    /// <summary>Model forced on every moderation call.</summary>
    public string? ModerationModel { get; init; }

    /// <summary>Where forms with files lie while they are served; null = in the data folder. Read at the start.</summary>
    public string? UploadFolder { get; init; }

    /// <summary>Longest message of a realtime session, in bytes. OpenAI takes 15 MB of audio in one.</summary>
    public long RealtimeMessageBytes { get; init; } = 16L << 20;

    /// <summary>A realtime session in which nothing is said for so long is closed.</summary>
    public TimeSpan RealtimeIdle { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Header that carries the end user's id.</summary>
    public string? UserHeaderName { get; init; }

    /// <summary>Ask the upstream with the CA file, or not at all.</summary>
    public string? CaFile { get; init; }

    /// <summary>False turns certificate checks off for every upstream (<c>ssl_verify: false</c>).</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>Price book file that wins over the embedded one.</summary>
    public string? PriceFile { get; init; }
}

/// <summary>Logs, metrics, traces.</summary>
public sealed record TelemetryConfig
{
    /// <summary><c>callbacks</c> holds <c>prometheus</c>.</summary>
    public bool Prometheus { get; init; }

    /// <summary><c>callbacks</c> holds <c>otel</c>.</summary>
    public bool OpenTelemetry { get; init; }

    /// <summary><c>json_logs</c>.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Own port for <c>/metrics</c>; null = the main one.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>How sure a row is when its answer leaves.</summary>
    public Durability Durability { get; init; }
}

/// <summary>What a finished request's row survives (house decision 9).</summary>
public enum Durability
{
    /// <summary>The death of the process: one write to the journal before the terminal event.</summary>
    Process,

    /// <summary>Loss of power: the group is fsynced before the terminal event.</summary>
    Disk,

    /// <summary>Loss of this machine's disk: committed in the database before the terminal event.</summary>
    Store,
}
