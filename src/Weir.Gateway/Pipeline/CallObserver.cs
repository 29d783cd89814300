using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Routing;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Gateway.Telemetry.Tracing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>Tells metrics and traces of each request and attempt. The only place where the pipeline meets telemetry.</summary>
internal sealed class CallObserver(GatewayMetrics metrics)
{
    private int _inFlight;

    /// <summary>Requests in the pipeline right now.</summary>
    internal int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request has come in.</summary>
    internal void Began(GatewayCall call)
    {
        Interlocked.Increment(ref _inFlight);
        metrics.Began();
        if (RequestTracing.Source.HasListeners())
        {
            var headers = call.Http.Request.Headers;
            call.Trace = RequestTracing.Start(call.Http.Request.Method, call.Surface.Route, headers.TraceParent, headers.TraceState);
        }
    }

    /// <summary>An attempt leaves.</summary>
    internal void Attempting(GatewayCall call, UpstreamDeployment deployment, in RouteMatch route)
    {
        if (call.Trace.IsRecording)
        {
            var model = deployment.ModelFor(route);
            call.AttemptTrace = call.Trace.StartAttempt(new AttemptTarget(
                GenAi.Operation(call.Operation), deployment.Provider.Name, model.Model, deployment.Id, route.Group.Name, model.TargetOf(call.Surface)?.Whole));
        }
    }

    /// <summary>An attempt has come to an answer or a fault.</summary>
    internal void Attempted(GatewayCall call, UpstreamDeployment deployment, in RouteMatch route, UpstreamFault? fault, int status)
    {
        metrics.Attempted(SeriesOf(call.Caller), deployment.Series, call.Record.RequestedModel, route.Group.Name, fault?.Kind, status);
        if (fault is not null)
        {
            call.AttemptTrace.Failed(fault.Kind, status);
            call.AttemptTrace = default;
        }
    }

    /// <summary>A deployment begins to rest.</summary>
    internal void CooledDown(UpstreamDeployment deployment, int status) => metrics.CooledDown(deployment.Series, status);

    /// <summary>A fallback group was tried.</summary>
    internal void FellBack(GatewayCall call, string from, string to, UpstreamDeployment? deployment, FaultKind cause, int status, bool answered) =>
        metrics.FellBack(SeriesOf(call.Caller), call.Record.RequestedModel, from, to, deployment?.Series, cause, status, answered);

    /// <summary>The request is over; its record is final.</summary>
    internal void Ended(GatewayCall call)
    {
        Interlocked.Decrement(ref _inFlight);
        metrics.Ended();
        var record = call.Record;
        var sample = new RequestSample
        {
            Caller = SeriesOf(call.Caller),
            Deployment = (call.Deployment ?? call.LastTried)?.Series,
            RequestedModel = record.RequestedModel,
            Group = record.ModelGroup,
            Route = call.Surface.Route,
            Operation = call.Operation,
            Status = record.Status,
            ErrorClass = call.Error is { } error ? ErrorCatalog.Of(error.Kind).LiteLlmClass ?? error.WireType : null,
            Streamed = record.Streamed,
            ClientGone = record.Outcome == RequestOutcome.ClientGone,
            Usage = record.Usage,
            Cost = record.Cost,
            CostKnown = record.CostKnown,
            Duration = record.Duration,
            Overhead = record.Overhead,
            TimeToFirstToken = record.TimeToFirstToken,
        };
        metrics.Recorded(sample);
        if (call.Deployment is { } answered)
        {
            foreach (var name in call.Dropped)
            {
                metrics.Dropped(DroppedWords.Label(name), answered.Series);
            }
        }
        GenAiInstruments.Recorded(sample);
        call.AttemptTrace.Answered(record.Status, null, record.Usage);
        call.Trace.Asked(record.CallId, record.RequestedModel, GenAi.Operation(call.Operation), record.Streamed);
        call.Trace.End(record.Status, sample.ErrorClass);
    }

    private CallerSeries SeriesOf(Caller? caller) => caller is null
        ? GatewayMetrics.UnknownCaller
        : caller.Series ??= metrics.Caller(LabelsOf(caller));

    private static CallerLabels LabelsOf(Caller caller) => new(
        caller.KeyHash, caller.Alias.Length > 0 ? caller.Alias : MetricFamily.NoValue, caller.TeamId ?? MetricFamily.NoValue,
        caller.TeamAlias ?? MetricFamily.NoValue, caller.UserId ?? MetricFamily.NoValue, caller.UserEmail ?? MetricFamily.NoValue);
}
