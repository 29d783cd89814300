using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Errors;

/// <summary>What an <see cref="ErrorKind"/> means on the wire and in the log.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type"><c>error.type</c>; null is written as JSON null.</param>
/// <param name="LiteLlmClass">Exception class that LiteLLM names in messages about upstream errors; null for errors of the proxy itself.</param>
/// <param name="Level">How loud the log line is. A caller's mistake is not an operator's problem.</param>
internal sealed record ErrorRow(int Status, string? Type, string? LiteLlmClass, LogLevel Level);

/// <summary>The one table from an error kind to status, wire type, LiteLLM class and log level.</summary>
internal static class ErrorCatalog
{
    private static readonly FrozenDictionary<ErrorKind, ErrorRow> Rows = new Dictionary<ErrorKind, ErrorRow>
    {
        [ErrorKind.NoKey] = Caller(401, "auth_error"),
        [ErrorKind.KeyMalformed] = Caller(401, "auth_error"),
        [ErrorKind.KeyUnknown] = Caller(401, "token_not_found_in_db"),
        [ErrorKind.ConflictingKeys] = Caller(400, "auth_error"),
        [ErrorKind.KeyExpired] = Caller(401, "expired_key"),
        [ErrorKind.KeyBlocked] = Caller(401, "auth_error"),
        [ErrorKind.TooManyUnknownKeys] = new(429, "throttling_error", null, LogLevel.Warning),
        [ErrorKind.ModelDenied] = Caller(403, "key_model_access_denied"),
        [ErrorKind.RouteDenied] = Caller(403, "auth_error"),
        [ErrorKind.AddressDenied] = Caller(403, "auth_error"),
        [ErrorKind.RoleDenied] = Caller(401, "auth_error"),
        [ErrorKind.DirectoryUnavailable] = new(503, "no_db_connection", null, LogLevel.Error),

        [ErrorKind.InvalidJson] = Caller(400, "invalid_request_error"),
        [ErrorKind.DuplicateMember] = Caller(400, "invalid_request_error"),
        [ErrorKind.InvalidMember] = Caller(400, "invalid_request_error"),
        [ErrorKind.MissingMember] = Caller(400, "invalid_request_error"),
        [ErrorKind.EndpointInBody] = Caller(400, "invalid_request_error"),
        [ErrorKind.MockTestingDisabled] = Caller(400, "invalid_request_error"),
        [ErrorKind.GuardrailUnavailable] = Caller(400, "invalid_request_error"),
        [ErrorKind.UnknownModel] = Caller(400, "invalid_request_error"),
        [ErrorKind.UnknownId] = Caller(404, "invalid_request_error"),
        [ErrorKind.UnsupportedParams] = new(400, "invalid_request_error", "UnsupportedParamsError", LogLevel.Information),
        [ErrorKind.UnsupportedOperation] = Caller(400, "invalid_request_error"),
        [ErrorKind.BodyTooLarge] = Caller(413, "invalid_request_error"),
        [ErrorKind.UnsupportedEncoding] = Caller(415, "invalid_request_error"),
        [ErrorKind.UnsupportedMediaType] = Caller(415, "invalid_request_error"),
        [ErrorKind.RouteNotFound] = Caller(404, null),
        [ErrorKind.MethodNotAllowed] = Caller(405, null),

        [ErrorKind.AllCoolingDown] = new(429, "throttling_error", "RateLimitError", LogLevel.Warning),
        [ErrorKind.NoHealthyDeployment] = new(400, "invalid_request_error", "BadRequestError", LogLevel.Warning),
        [ErrorKind.DeploymentLimit] = new(429, "throttling_error", "RateLimitError", LogLevel.Warning),
        [ErrorKind.TagMismatch] = Caller(401, "auth_error"),

        [ErrorKind.UpstreamBadRequest] = Upstream(400, "invalid_request_error", "BadRequestError", LogLevel.Information),
        [ErrorKind.ContextWindowExceeded] = Upstream(400, "invalid_request_error", "ContextWindowExceededError", LogLevel.Information),
        [ErrorKind.ContentPolicyViolation] = Upstream(400, "invalid_request_error", "ContentPolicyViolationError", LogLevel.Information),
        [ErrorKind.UpstreamAuthentication] = Upstream(401, "auth_error", "AuthenticationError", LogLevel.Error),
        [ErrorKind.UpstreamPermissionDenied] = Upstream(403, "permission_denied_error", "PermissionDeniedError", LogLevel.Error),
        [ErrorKind.UpstreamNotFound] = Upstream(404, "not_found_error", "NotFoundError", LogLevel.Error),
        [ErrorKind.UpstreamTimeout] = Upstream(408, "timeout_error", "Timeout", LogLevel.Warning),
        [ErrorKind.UpstreamUnprocessable] = Upstream(422, "invalid_request_error", "UnprocessableEntityError", LogLevel.Information),
        [ErrorKind.UpstreamRateLimited] = Upstream(429, "throttling_error", "RateLimitError", LogLevel.Warning),
        [ErrorKind.UpstreamConnection] = Upstream(500, "api_connection_error", "APIConnectionError", LogLevel.Warning),
        [ErrorKind.UpstreamServerError] = Upstream(500, "internal_server_error", "InternalServerError", LogLevel.Warning),
        [ErrorKind.UpstreamBadGateway] = Upstream(502, "bad_gateway_error", "BadGatewayError", LogLevel.Warning),
        [ErrorKind.UpstreamUnavailable] = Upstream(503, "service_unavailable_error", "ServiceUnavailableError", LogLevel.Warning),
        [ErrorKind.UpstreamBadResponse] = Upstream(500, "api_error", "APIError", LogLevel.Warning),
        [ErrorKind.StreamBroken] = Upstream(500, "api_connection_error", "MidStreamFallbackError", LogLevel.Warning),
        [ErrorKind.StreamCapExceeded] = Upstream(500, "stream_cap_exceeded", "APIError", LogLevel.Warning),

        [ErrorKind.BudgetExceeded] = Caller(422, "budget_exceeded"),
        [ErrorKind.BudgetUnavailable] = new(503, "service_unavailable_error", null, LogLevel.Error),
        [ErrorKind.CostUnbounded] = Caller(400, "invalid_request_error"),
        [ErrorKind.RateLimitExceeded] = Caller(429, "throttling_error"),

        [ErrorKind.LedgerFull] = new(503, "overloaded_error", null, LogLevel.Error),
        [ErrorKind.Draining] = new(503, "overloaded_error", null, LogLevel.Information),
        [ErrorKind.ClientGone] = new(499, "client_closed_request", null, LogLevel.Debug),
        [ErrorKind.Internal] = new(500, "internal_server_error", null, LogLevel.Error),
    }.ToFrozenDictionary();

    /// <summary>The row of <paramref name="kind"/>; every kind has one (a test walks them all).</summary>
    internal static ErrorRow Of(ErrorKind kind) => Rows[kind];

    private static ErrorRow Caller(int status, string? type) => new(status, type, null, LogLevel.Information);

    private static ErrorRow Upstream(int status, string type, string liteLlmClass, LogLevel level) => new(status, type, liteLlmClass, level);
}
