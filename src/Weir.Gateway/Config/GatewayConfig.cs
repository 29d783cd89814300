using System.Collections.Immutable;
using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Gateway.Config;

/// <summary>The second life of the configuration: validated, immutable, in our words and with units as types.</summary>
public sealed record GatewayConfig
{
    /// <summary>The file that this came from; <c>(none)</c> for a configuration made by code.</summary>
    public string SourcePath { get; init; } = "(none)";

    /// <summary>Every usable deployment, in file order. Several with one <see cref="DeploymentConfig.ModelGroup"/> share its load.</summary>
    public ImmutableArray<DeploymentConfig> Deployments { get; init; } = [];

    /// <summary>Deployments that were left out, and why (shown by <c>/health</c> and a metric).</summary>
    public ImmutableArray<RejectedDeployment> Rejected { get; init; } = [];

    /// <summary>Accounts that keep files and batches (<c>files_settings</c>), in file order; no model of them can be called.</summary>
    public ImmutableArray<DeploymentConfig> FileAccounts { get; init; } = [];

    /// <summary>What goes on to other servers as it is.</summary>
    public PassThroughConfig PassThrough { get; init; } = new();

    /// <summary>Routing, retries, cooldowns, fallbacks.</summary>
    public RouterConfig Router { get; init; } = new();

    /// <summary>Admission: keys, header names, limits on bodies.</summary>
    public AccessConfig Access { get; init; } = new();

    /// <summary>Logs, metrics, traces.</summary>
    public TelemetryConfig Telemetry { get; init; } = new();

    /// <summary>Behaviour of requests that is not routing.</summary>
    public RequestConfig Request { get; init; } = new();

    /// <summary>Where rows go: <c>sqlite:///path</c>; null for the default beside the config file.</summary>
    public Secret? DatabaseUrl { get; init; }
}

/// <summary>One <c>model_list</c> entry that can be used.</summary>
public sealed record DeploymentConfig
{
    /// <summary><c>model_info.id</c>, else a stable hash of the parameters. Runtime state is kept under it across reloads.</summary>
    public required string Id { get; init; }

    /// <summary>The public name (<c>model_name</c>). May be a wildcard such as <c>openai/*</c> or <c>*</c>.</summary>
    public required string ModelGroup { get; init; }

    /// <summary>Catalog name of the provider: <c>openai</c>, <c>azure</c>, <c>hosted_vllm</c>, ...</summary>
    public required string Provider { get; init; }

    /// <summary>What the upstream calls the model (<c>litellm_params.model</c> without the prefix). May end in <c>*</c> for a wildcard group.</summary>
    public required string UpstreamModel { get; init; }

    /// <summary><c>litellm_params.model</c> as written, after substitution.</summary>
    public required string LiteLlmModel { get; init; }

    /// <summary>Where in the file: <c>config.yaml:12:5</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Base address; null when the provider's own default applies.</summary>
    public Uri? ApiBase { get; init; }

    /// <summary>Azure's dated api-version; null, <c>preview</c> or <c>latest</c> means the v1 route.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>AWS region or Vertex location; null = the provider's default.</summary>
    public string? Location { get; init; }

    /// <summary>Vertex project; null elsewhere.</summary>
    public string? Project { get; init; }

    /// <summary>Static key; null when a token credential or none is used.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>OpenAI organization header.</summary>
    public string? Organization { get; init; }

    /// <summary>Entra settings; null when an API key is used.</summary>
    public EntraConfig? Entra { get; init; }

    /// <summary>Who signs in at Google; null for other vendors.</summary>
    public GoogleIdentity? Google { get; init; }

    /// <summary>What is said of the identity at AWS; null for other vendors.</summary>
    public AwsSettings? Aws { get; init; }

    /// <summary><c>headers</c> / <c>extra_headers</c>, sent on every call.</summary>
    public ImmutableDictionary<string, Secret> Headers { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>Body members that the config sets when the request does not: name to raw JSON (default params and <c>extra_body</c>).</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> DefaultParams { get; init; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>Share of the load under simple-shuffle.</summary>
    public double? Weight { get; init; }

    /// <summary>Requests per minute that the deployment can take.</summary>
    public long? Rpm { get; init; }

    /// <summary>Tokens per minute that the deployment can take.</summary>
    public long? Tpm { get; init; }

    /// <summary>Priority level; the lowest with a usable deployment is used.</summary>
    public int? Order { get; init; }

    /// <summary>Calls in flight at most.</summary>
    public int? MaxParallelRequests { get; init; }

    /// <summary>Limits of time.</summary>
    public TimeoutConfig Timeouts { get; init; } = new();

    /// <summary>Retries inside the group, overriding the router's.</summary>
    public int? Retries { get; init; }

    /// <summary>Cooldown, overriding the router's.</summary>
    public TimeSpan? Cooldown { get; init; }

    /// <summary>Tags for tag routing.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary><c>drop_params</c> of this deployment; null = the general setting.</summary>
    public bool? DropParams { get; init; }

    /// <summary>Top-level or dotted members that are taken out of every body.</summary>
    public ImmutableArray<string> AdditionalDropParams { get; init; } = [];

    /// <summary>Members that the client may set although they name an endpoint or a credential (<c>api_base</c>, <c>api_key</c>, ...).</summary>
    public ImmutableArray<string> ClientsideAuthParams { get; init; } = [];

    /// <summary>Such members that the client may set to values of one form only.</summary>
    public ImmutableArray<ClientsidePattern> ClientsideAuthPatterns { get; init; } = [];

    /// <summary>Answer this text without calling anyone.</summary>
    public string? MockResponse { get; init; }

    /// <summary>Verify the upstream's TLS certificate.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>CA file to verify it against (<c>ssl_verify</c> as a path); null = the general setting.</summary>
    public string? CaFile { get; init; }

    /// <summary>Prices that win over the price book, by LiteLLM's field name, in USD per unit.</summary>
    public ImmutableDictionary<string, decimal> Prices { get; init; } = ImmutableDictionary<string, decimal>.Empty;

    /// <summary><c>model_info</c>.</summary>
    public ModelInfoConfig Info { get; init; } = new();
}

/// <summary><c>model_info</c> of a deployment.</summary>
public sealed record ModelInfoConfig
{
    /// <summary>chat, completion, embedding, ...; null when not said.</summary>
    public string? Mode { get; init; }

    /// <summary>Name in the price book (Azure deployments have free names).</summary>
    public string? BaseModel { get; init; }

    /// <summary>Context window in tokens.</summary>
    public long? MaxInputTokens { get; init; }

    /// <summary>Longest answer in tokens.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary><c>supports_*</c> flags by their full name.</summary>
    public ImmutableDictionary<string, bool> Supports { get; init; } = ImmutableDictionary<string, bool>.Empty;

    /// <summary>Model access groups.</summary>
    public ImmutableArray<string> AccessGroups { get; init; } = [];

    /// <summary>Model to probe instead (wildcards).</summary>
    public string? HealthCheckModel { get; init; }

    /// <summary>Leave this deployment out of background probes.</summary>
    public bool DisableBackgroundHealthCheck { get; init; }

    /// <summary>The whole of <c>model_info</c> as a JSON object, free-form keys kept, for <c>/model/info</c>.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; } = "{}"u8.ToArray();
}

/// <summary>Entra (Azure AD) sign-in of a deployment. All null: workload identity when its token file is set, else managed identity.</summary>
public sealed record EntraConfig
{
    /// <summary>Directory.</summary>
    public string? TenantId { get; init; }

    /// <summary>Application or user-assigned identity.</summary>
    public string? ClientId { get; init; }

    /// <summary>Secret of the application.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>PEM or PFX file of the application.</summary>
    public string? ClientCertificatePath { get; init; }

    /// <summary>A token given as text (<c>azure_ad_token</c>): used as is, never refreshed.</summary>
    public Secret? StaticToken { get; init; }

    /// <summary>File with another issuer's token that is exchanged for one of Entra's (<c>azure_ad_token: oidc/file/PATH</c>).</summary>
    public string? AssertionFile { get; init; }

    /// <summary>That token itself (<c>azure_ad_token: oidc/env/NAME</c>).</summary>
    public Secret? Assertion { get; init; }

    /// <summary>Scope; null = by route (v1: ai.azure.com, dated: cognitiveservices.azure.com).</summary>
    public string? Scope { get; init; }
}

/// <summary>Limits of time for one upstream call; null = no limit of this kind.</summary>
public sealed record TimeoutConfig
{
    /// <summary>The whole call.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>The whole call when it streams (LiteLLM's <c>stream_timeout</c>): until the first chunk.</summary>
    public TimeSpan? Stream { get; init; }

    /// <summary>Until the first content token.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>Between two chunks.</summary>
    public TimeSpan? StreamIdle { get; init; }
}

/// <summary>A <c>model_list</c> entry that was left out.</summary>
/// <param name="ModelGroup">Its public name.</param>
/// <param name="LiteLlmModel">Its model text.</param>
/// <param name="Origin">file:line:column.</param>
/// <param name="Reason">Why, for a person.</param>
public sealed record RejectedDeployment(string ModelGroup, string LiteLlmModel, string Origin, string Reason);
