using System.Diagnostics;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>
/// The server span of one request. The default value, which <see cref="RequestTracing.Start"/> gives when nobody listens, does
/// nothing and costs nothing. Never carries prompts, answers, keys or header values.
/// </summary>
internal readonly struct RequestTrace
{
    // The caller's texts are cut: an attribute is no place for a megabyte.
    private const int LongestText = 256;

    private readonly Activity? _activity;

    internal RequestTrace(Activity? activity) => _activity = activity;

    /// <summary>Whether the span is recorded; work that only fills it may be left out otherwise.</summary>
    internal bool IsRecording => _activity is { IsAllDataRequested: true };

    /// <summary>The span's trace id, for log lines; empty when off.</summary>
    internal string TraceId => _activity?.TraceId.ToHexString() ?? "";

    /// <summary>Says who and what, once it is known.</summary>
    internal void Asked(string callId, string requestedModel, string operation, bool streamed)
    {
        if (!IsRecording)
        {
            return;
        }

        _activity?.SetTag("weir.call_id", callId);
        _activity?.SetTag(GenAi.RequestModel, Cut(requestedModel));
        _activity?.SetTag(GenAi.OperationName, operation);
        _activity?.SetTag("gen_ai.request.stream", streamed);
    }

    /// <summary>Begins the client span of an attempt.</summary>
    internal AttemptTrace StartAttempt(in AttemptTarget target)
    {
        if (_activity is null)
        {
            return default;
        }

        var attempt = RequestTracing.Source.StartActivity($"{target.Operation} {target.Model}", ActivityKind.Client, _activity.Context);
        if (attempt is { IsAllDataRequested: true })
        {
            var provider = GenAi.Provider(target.Provider);
            attempt.SetTag(GenAi.OperationName, target.Operation);
            attempt.SetTag(GenAi.ProviderName, provider);
            attempt.SetTag(GenAi.System, provider);
            attempt.SetTag(GenAi.RequestModel, Cut(target.Model));
            attempt.SetTag("weir.deployment_id", target.DeploymentId);
            attempt.SetTag("weir.model_group", target.Group);
            if (target.Address is { } address)
            {
                attempt.SetTag(GenAi.ServerAddress, address.Host);
                attempt.SetTag(GenAi.ServerPort, address.Port);
            }
        }

        return new AttemptTrace(attempt);
    }

    /// <summary>Ends the span.</summary>
    /// <param name="status">HTTP status sent to the caller.</param>
    /// <param name="errorType">The error's wire type; null for success.</param>
    internal void End(int status, string? errorType)
    {
        if (_activity is null)
        {
            return;
        }

        _activity.SetTag(GenAi.Status, status);
        if (errorType is not null)
        {
            _activity.SetTag(GenAi.ErrorType, errorType);

            // By the conventions a caller's own mistake is no error of the server.
            if (status >= 500)
            {
                _activity.SetStatus(ActivityStatusCode.Error);
            }
        }

        _activity.Dispose();
    }

    internal static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
