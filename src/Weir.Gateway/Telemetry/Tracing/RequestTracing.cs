using System.Diagnostics;

namespace Weir.Gateway.Telemetry.Tracing;

/// <summary>Begins the traces. Without a listener (see <see cref="OtlpExport"/>) it is one read of a field.</summary>
internal static class RequestTracing
{
    internal static readonly ActivitySource Source = new(GenAi.Source);

    /// <summary>Begins the server span of a request.</summary>
    /// <param name="method">HTTP method, as the endpoint list has it.</param>
    /// <param name="route">The route's template.</param>
    /// <param name="traceparent">The caller's <c>traceparent</c>; null or broken begins a new trace.</param>
    /// <param name="tracestate">The caller's <c>tracestate</c>.</param>
    internal static RequestTrace Start(string method, string route, string? traceparent, string? tracestate)
    {
        if (!Source.HasListeners())
        {
            return default;
        }

        ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var parent);

        // The web server may have made an activity of its own for its logs, which is never exported: a span that named it as its
        // parent would hang in the air.
        Activity.Current = null;
        var activity = Source.StartActivity($"{method} {route}", ActivityKind.Server, parent);
        activity?.SetTag(GenAi.Method, method);
        activity?.SetTag(GenAi.Route, route);
        return new RequestTrace(activity);
    }
}
