using Weir.Gateway.Config;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Routing;

/// <summary>What routing makes of a fault.</summary>
internal enum FaultBlame
{
    /// <summary>Trouble that may pass: trying again makes sense anywhere, also at the same deployment.</summary>
    Passing,

    /// <summary>Something is wrong with the deployment (key, address, name): trying again makes sense only elsewhere.</summary>
    Deployment,

    /// <summary>The request itself: trying again gives the same answer unless a policy says otherwise. Never held against a deployment.</summary>
    Caller,
}

/// <summary>The one table from a fault to who is to blame and to the class that LiteLLM's policies name.</summary>
internal static class FaultClass
{
    /// <summary>Who is to blame.</summary>
    public static FaultBlame BlameOf(FaultKind kind) => kind switch
    {
        FaultKind.ConnectFailed or FaultKind.Timeout or FaultKind.RateLimited or FaultKind.ServerError or FaultKind.BadGateway
            or FaultKind.Unavailable or FaultKind.BadResponse => FaultBlame.Passing,
        FaultKind.Authentication or FaultKind.PermissionDenied or FaultKind.NotFound or FaultKind.AddressRefused
            or FaultKind.CredentialUnavailable => FaultBlame.Deployment,
        FaultKind.BadRequest or FaultKind.ContextWindowExceeded or FaultKind.ContentPolicyViolation
            or FaultKind.Unprocessable => FaultBlame.Caller,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A new kind of fault needs a row here."),
    };

    /// <summary>
    /// The class in <c>retry_policy</c> and <c>allowed_fails_policy</c>; null when they have no word for it. A context window error is a
    /// bad request there, and every 5xx counts as an internal server error.
    /// </summary>
    public static RetryClass? PolicyOf(FaultKind kind) => kind switch
    {
        FaultKind.BadRequest or FaultKind.ContextWindowExceeded => RetryClass.BadRequest,
        FaultKind.ContentPolicyViolation => RetryClass.ContentPolicyViolation,
        FaultKind.Authentication or FaultKind.CredentialUnavailable => RetryClass.Authentication,
        FaultKind.Timeout => RetryClass.Timeout,
        FaultKind.RateLimited => RetryClass.RateLimit,
        FaultKind.ConnectFailed or FaultKind.ServerError or FaultKind.BadGateway or FaultKind.Unavailable
            or FaultKind.BadResponse => RetryClass.InternalServer,
        FaultKind.PermissionDenied or FaultKind.NotFound or FaultKind.Unprocessable or FaultKind.AddressRefused => null,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A new kind of fault needs a row here."),
    };

    /// <summary>Faults after which LiteLLM rests a deployment at once: 429, 401, 404, 408.</summary>
    public static bool CoolsAtOnce(FaultKind kind) =>
        kind is FaultKind.RateLimited or FaultKind.Authentication or FaultKind.NotFound or FaultKind.Timeout;
}
