using System.Text;
using Weir.Gateway.Config;
using Weir.Gateway.Errors;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>Turns what routing and upstreams report into errors for the caller, in LiteLLM's words.</summary>
internal static class FaultErrors
{
    /// <summary>The error kind that stands for an upstream fault.</summary>
    internal static ErrorKind KindOf(UpstreamFault fault) => fault.Kind switch
    {
        FaultKind.ConnectFailed => ErrorKind.UpstreamConnection,
        FaultKind.AddressRefused => ErrorKind.UpstreamConnection,
        FaultKind.Timeout => ErrorKind.UpstreamTimeout,
        FaultKind.RateLimited => ErrorKind.UpstreamRateLimited,
        FaultKind.Authentication => ErrorKind.UpstreamAuthentication,
        FaultKind.CredentialUnavailable => ErrorKind.UpstreamAuthentication,
        FaultKind.PermissionDenied => ErrorKind.UpstreamPermissionDenied,
        FaultKind.NotFound => ErrorKind.UpstreamNotFound,
        FaultKind.BadRequest => ErrorKind.UpstreamBadRequest,
        FaultKind.ContextWindowExceeded => ErrorKind.ContextWindowExceeded,
        FaultKind.ContentPolicyViolation => ErrorKind.ContentPolicyViolation,
        FaultKind.Unprocessable => ErrorKind.UpstreamUnprocessable,
        FaultKind.BadGateway => ErrorKind.UpstreamBadGateway,
        FaultKind.Unavailable => ErrorKind.UpstreamUnavailable,
        FaultKind.BadResponse => fault.Code == Providers.Streaming.StreamCaps.ExceededCode ? ErrorKind.StreamCapExceeded : ErrorKind.UpstreamBadResponse,
        FaultKind.ServerError => ErrorKind.UpstreamServerError,
        _ => ErrorKind.UpstreamServerError,
    };

    /// <summary>The whole error for a fault that no retry and no fallback cured.</summary>
    internal static GatewayError Of(UpstreamFault fault, string provider, RoutingTrail trail)
    {
        var kind = KindOf(fault);
        var row = ErrorCatalog.Of(kind);
        var text = new StringBuilder(256);
        text.Append("litellm.").Append(row.LiteLlmClass).Append(": ");
        if (kind != ErrorKind.UpstreamTimeout)
        {
            text.Append(row.LiteLlmClass).Append(": ");
        }
        text.Append(ExceptionName(provider)).Append(" - ").Append(fault.Message);
        trail.AppendTo(text);
        return new GatewayError(kind, text.ToString())
        {
            // Only statuses that mean "the server failed" travel as they are; 3xx and odd ones do not.
            Status = kind == ErrorKind.UpstreamServerError && fault.Status is > 500 and < 600 ? fault.Status : null,
            Param = fault.Param,
            Type = fault.Type,
            ProviderFields = fault.ProviderFields,
            RetryAfter = kind is ErrorKind.UpstreamRateLimited or ErrorKind.UpstreamUnavailable ? fault.RetryAfter : null,
        };
    }

    /// <summary>The error for a group in which nobody could be asked.</summary>
    internal static GatewayError Of(NoDeployment refusal, RoutingTrail trail)
    {
        var text = new StringBuilder(256);
        var error = refusal.Kind switch
        {
            NoDeploymentKind.AllCooling => new GatewayError(ErrorKind.AllCoolingDown, Cooling(refusal)) { RetryAfter = refusal.RetryAfter },
            NoDeploymentKind.OverLimit => new GatewayError(ErrorKind.DeploymentLimit, Cooling(refusal)) { RetryAfter = refusal.RetryAfter, LimitType = "requests" },
            NoDeploymentKind.TagMismatch => new GatewayError(ErrorKind.TagMismatch,
                $"Not allowed to access model due to tags configuration: no deployments available for tag(s) [{string.Join(", ", refusal.Tags)}]. Passed model={refusal.Model}"),
            NoDeploymentKind.ContextWindow => new GatewayError(ErrorKind.ContextWindowExceeded,
                $"litellm.ContextWindowExceededError: Model={refusal.Model}, Max Input Tokens={refusal.MaxInputTokens}, Got={refusal.PromptTokens}"),
            _ => new GatewayError(ErrorKind.NoHealthyDeployment,
                $"There are no healthy deployments for this model. Passed model={refusal.Model}. Call `/v1/models` to view available models for your key."),
        };
        text.Append(error.Message);
        trail.AppendTo(text);
        return error with { Message = text.ToString() };
    }

    private static string Cooling(NoDeployment refusal) =>
        $"No deployments available for selected model, Try again in {Math.Max(1, (int)Math.Ceiling(refusal.RetryAfter.TotalSeconds))} seconds. " +
        $"Passed model={refusal.Model}. pre-call-checks={(refusal.PreCallChecks ? "True" : "False")}, cooldown_list=[{string.Join(", ", refusal.CoolingIds)}]";

    private static string ExceptionName(string provider) => provider switch
    {
        "openai" => "OpenAIException",
        "azure" => "AzureException",
        "" => "Exception",
        _ => char.ToUpperInvariant(provider[0]) + provider[1..] + "Exception",
    };
}

/// <summary>Which group was asked, what stands behind it, and what was tried: the tail of LiteLLM's messages.</summary>
/// <param name="Router">Settings in force.</param>
/// <param name="Expose">Whether callers are told (<c>expose_router_debug_in_errors</c>).</param>
/// <param name="Group">The group asked for.</param>
/// <param name="Fallbacks">Groups behind it.</param>
/// <param name="Retried">Retries made.</param>
/// <param name="MaxRetries">Retries allowed.</param>
/// <param name="FallbackError">What the last fallback failed with; null when none was tried.</param>
internal sealed record RoutingTrail(
    RouterConfig Router, bool Expose, string Group, IReadOnlyList<string> Fallbacks, int Retried, int MaxRetries, string? FallbackError)
{
    /// <summary>Appends the tail, or nothing when callers are not told.</summary>
    internal void AppendTo(StringBuilder text)
    {
        if (!Expose)
        {
            return;
        }
        text.Append(". Received Model Group=").Append(Group).Append("\nAvailable Model Group Fallbacks=");
        if (Fallbacks.Count == 0)
        {
            text.Append("None");
        }
        else
        {
            text.Append("['").AppendJoin("', '", Fallbacks).Append("']");
        }
        if (Retried > 0)
        {
            text.Append(" LiteLLM Retried: ").Append(Retried).Append(" times, LiteLLM Max Retries: ").Append(MaxRetries);
        }
        if (FallbackError is not null)
        {
            text.Append("\nError doing the fallback: ").Append(FallbackError);
        }
    }
}
