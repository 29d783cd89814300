using System.Diagnostics;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Providers.Neutral;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>Where an attempt goes.</summary>
/// <param name="Operation">The conventions' word (see <see cref="GenAi.Operation"/>).</param>
/// <param name="Provider">Catalog name.</param>
/// <param name="Model">The upstream's model name.</param>
/// <param name="DeploymentId">Which deployment.</param>
/// <param name="Group">The group that it was picked for.</param>
/// <param name="Address">Its address; only host and port are written.</param>
internal readonly record struct AttemptTarget(string Operation, string Provider, string Model, string DeploymentId, string Group, Uri? Address);

/// <summary>The client span of one attempt; the default value does nothing.</summary>
internal readonly struct AttemptTrace
{
    private readonly Activity? _activity;

    internal AttemptTrace(Activity? activity) => _activity = activity;

    /// <summary>What to send upstream as <c>traceparent</c> so that its spans hang under this one; null when off.</summary>
    internal string? TraceParent => _activity?.Id;

    /// <summary>The upstream answered.</summary>
    internal void Answered(int status, string? responseModel, in TokenUsage usage)
    {
        if (_activity is null)
        {
            return;
        }

        _activity.SetTag(GenAi.Status, status);
        if (responseModel is not null)
        {
            _activity.SetTag(GenAi.ResponseModel, RequestTrace.Cut(responseModel));
        }

        if (!usage.IsEmpty)
        {
            _activity.SetTag(GenAi.InputTokens, usage.Prompt);
            _activity.SetTag(GenAi.OutputTokens, usage.Completion);
        }

        _activity.Dispose();
    }

    /// <summary>The attempt failed.</summary>
    internal void Failed(FaultKind fault, int status)
    {
        if (_activity is null)
        {
            return;
        }

        if (status != 0)
        {
            _activity.SetTag(GenAi.Status, status);
        }

        // The upstream's own words stay out: they may repeat the prompt.
        _activity.SetTag(GenAi.ErrorType, ExceptionClass.Of(fault));
        _activity.SetStatus(ActivityStatusCode.Error);
        _activity.Dispose();
    }
}
