namespace Weir.Gateway.Errors;

/// <summary>Every way in which a request can fail. One row each in <see cref="ErrorCatalog"/>.</summary>
internal enum ErrorKind
{
    // The caller's credential.
    NoKey,
    KeyMalformed,
    KeyUnknown,
    ConflictingKeys,
    KeyExpired,
    KeyBlocked,
    TooManyUnknownKeys,
    ModelDenied,
    RouteDenied,
    AddressDenied,
    RoleDenied,
    DirectoryUnavailable,

    // The request itself.
    InvalidJson,
    DuplicateMember,
    InvalidMember,
    MissingMember,
    EndpointInBody,
    MockTestingDisabled,
    GuardrailUnavailable,
    UnknownModel,
    UnknownId,
    UnsupportedParams,
    UnsupportedOperation,
    BodyTooLarge,
    UnsupportedEncoding,
    UnsupportedMediaType,
    RouteNotFound,
    MethodNotAllowed,

    // Routing found nobody to ask.
    AllCoolingDown,
    NoHealthyDeployment,
    DeploymentLimit,
    TagMismatch,

    // The upstream's answer, by LiteLLM's exception classes.
    UpstreamBadRequest,
    ContextWindowExceeded,
    ContentPolicyViolation,
    UpstreamAuthentication,
    UpstreamPermissionDenied,
    UpstreamNotFound,
    UpstreamTimeout,
    UpstreamUnprocessable,
    UpstreamRateLimited,
    UpstreamConnection,
    UpstreamServerError,
    UpstreamBadGateway,
    UpstreamUnavailable,
    UpstreamBadResponse,
    StreamBroken,
    StreamCapExceeded,

    // Budgets and limits of speed.
    BudgetExceeded,
    BudgetUnavailable,
    CostUnbounded,
    RateLimitExceeded,

    // Ourselves.
    LedgerFull,
    Draining,
    ClientGone,
    Internal,
}
