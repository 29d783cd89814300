using Weir.Providers.Upstream;

namespace Weir.Gateway.Telemetry.Metrics;

/// <summary>The names under which LiteLLM's dashboards know upstream trouble.</summary>
internal static class ExceptionClass
{
    internal static string Of(FaultKind kind) => kind switch
    {
        FaultKind.ConnectFailed or FaultKind.AddressRefused => "APIConnectionError",
        FaultKind.Timeout => "Timeout",
        FaultKind.RateLimited => "RateLimitError",
        FaultKind.Authentication or FaultKind.CredentialUnavailable => "AuthenticationError",
        FaultKind.PermissionDenied => "PermissionDeniedError",
        FaultKind.NotFound => "NotFoundError",
        FaultKind.BadRequest => "BadRequestError",
        FaultKind.ContextWindowExceeded => "ContextWindowExceededError",
        FaultKind.ContentPolicyViolation => "ContentPolicyViolationError",
        FaultKind.Unprocessable => "UnprocessableEntityError",
        FaultKind.BadGateway => "BadGatewayError",
        FaultKind.Unavailable => "ServiceUnavailableError",
        FaultKind.BadResponse => "APIError",
        _ => "InternalServerError",
    };
}
