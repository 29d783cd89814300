using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Routing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>
/// Steps 5 to 7 for a session: open the client's side, pass on, and write one row with all that was used before the closing frame goes out.
/// </summary>
/// <param name="ledger">Where the row goes.</param>
/// <param name="observer">Told of cooldowns.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">The gateway stops.</param>
internal sealed class RealtimeRelay(IRequestLedger ledger, CallObserver observer, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Serves the session to its end.</summary>
    internal async ValueTask PassOnAsync(GatewayCall call, ModelAnswer answer)
    {
        var upstream = answer.Socket!; // Chosen by AnswerRelay.
        var request = call.Snapshot.Config.Request;
        answer.Deployment.State.RecordSuccess(time.GetElapsedTime(answer.SentAt), null, 0, 0);
        ResponseHead.Write(call, answer, time.GetElapsedTime(call.StartedAt), null);
        var client = await ClientUpgrade.AcceptAsync(call.Http, RealtimeAttempt.KeepAlive);
        var meter = new SessionMeter(answer.Deployment, answer.Model);
        var events = new ClientEvents(call.Record.RequestedModel, call.Record.ModelGroup, answer.Model.Model);
        using var session = new RealtimeSession(client, call.Http.Abort, upstream, events, meter, request.RealtimeMessageBytes, request.RealtimeIdle, time)
        {
            Answered = () => call.Record.TimeToFirstToken = time.GetElapsedTime(call.StartedAt),
        };
        var end = await session.RunAsync(stopping);

        var error = Settle(call, answer, end, meter);
        try
        {
            await ledger.AppendAsync(call.Record, CancellationToken.None);
            call.Settled = true;
        }
        catch (LedgerFullException)
        {
            await session.CloseAsync(end with { Code = System.Net.WebSockets.WebSocketCloseStatus.InternalServerError, Reason = null },
                new GatewayError(ErrorKind.LedgerFull, "The gateway can't write requests down at the moment; see its log."));
            throw;
        }
        await session.CloseAsync(end, error);
    }

    /// <summary>Fills the row; returns what the client is told.</summary>
    private GatewayError? Settle(GatewayCall call, ModelAnswer answer, SessionEnd end, SessionMeter meter)
    {
        var record = call.Record;
        (record.Usage, record.Cost, record.CostKnown) = meter.Total();
        record.Status = StatusCodes.Status101SwitchingProtocols;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        answer.Deployment.State.AddTokens(record.Usage.Prompt + record.Usage.Completion);
        var error = end.Fault is { } fault ? ErrorOf(call, answer, fault) : end.Error;
        if (end.Fault is { } trouble && CooldownPolicy.OnFailure(call.Target.Group, answer.Deployment, trouble).Began)
        {
            observer.CooledDown(answer.Deployment, trouble.Status);
        }
        // A response that the upstream, or the gateway, did not let end.
        var cut = meter.Open > 0 && end.Cause is EndCause.UpstreamClosed or EndCause.Idle or EndCause.Stopping;
        record.Outcome = end.Cause switch
        {
            EndCause.ClientGone => RequestOutcome.ClientGone,
            EndCause.ClientRefused => RequestOutcome.Failure,
            _ => end.Fault is not null || cut ? RequestOutcome.Broken : RequestOutcome.Success,
        };
        record.ErrorType = end.Cause == EndCause.ClientGone ? ErrorCatalog.Of(ErrorKind.ClientGone).Type ?? ""
            : error?.WireType ?? (cut ? ErrorCatalog.Of(ErrorKind.StreamBroken).Type ?? "" : "");
        // An upstream that closes in an orderly way has told its own error.
        return end.Cause == EndCause.UpstreamClosed ? null : error;
    }

    private static GatewayError ErrorOf(GatewayCall call, ModelAnswer answer, UpstreamFault fault)
    {
        var trail = new RoutingTrail(call.Snapshot.Config.Router, false, call.Target.RequestedModel, [], 0, 0, null);
        var error = FaultErrors.Of(fault, answer.Deployment.Provider.Name, trail);
        return error.Kind == ErrorKind.UpstreamBadResponse ? error with { Kind = ErrorKind.StreamBroken, Type = null } : error;
    }
}
