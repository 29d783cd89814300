namespace Weir.Providers.Upstream;

/// <summary>What went wrong with an upstream call, in the terms that routing, cooldown and error mapping decide on.</summary>
public enum FaultKind
{
    /// <summary>No connection: refused, reset before the first byte, DNS, TLS.</summary>
    ConnectFailed,

    /// <summary>No answer, no first token, or no next chunk within the limit.</summary>
    Timeout,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>401.</summary>
    Authentication,

    /// <summary>403.</summary>
    PermissionDenied,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>400 that is neither of the two kinds below.</summary>
    BadRequest,

    /// <summary>400: the prompt is longer than the model's context.</summary>
    ContextWindowExceeded,

    /// <summary>400: the provider's content filter refused the prompt.</summary>
    ContentPolicyViolation,

    /// <summary>422.</summary>
    Unprocessable,

    /// <summary>500 and any 5xx without a kind of its own.</summary>
    ServerError,

    /// <summary>502.</summary>
    BadGateway,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>A success status with a body that is not what the wire format promises: garbage, cut short, over a cap.</summary>
    BadResponse,

    /// <summary>The outbound connector refused the address (private, link-local, metadata service).</summary>
    AddressRefused,

    /// <summary>No credential for the upstream could be had (identity provider down, federation missing).</summary>
    CredentialUnavailable,
}

/// <summary>Upstream trouble as a value: returned, not thrown.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Status">HTTP status of the upstream, 0 when there was no answer.</param>
/// <param name="Message">Plain text for the caller; never holds a credential.</param>
public sealed record UpstreamFault(FaultKind Kind, int Status, string Message)
{
    /// <summary>The upstream's <c>error.code</c>, when it sent one.</summary>
    public string? Code { get; init; }

    /// <summary>The upstream's <c>error.type</c>, when it sent one.</summary>
    public string? Type { get; init; }

    /// <summary>The upstream's <c>error.param</c>, when it sent one.</summary>
    public string? Param { get; init; }

    /// <summary>How long the upstream asked to be left alone (<c>retry-after-ms</c>, else <c>Retry-After</c>), uncapped.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Raw members of the upstream's error object that LiteLLM passes on as <c>provider_specific_fields</c> (JSON object), or null.</summary>
    public ReadOnlyMemory<byte> ProviderFields { get; init; }
}
