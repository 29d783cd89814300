using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Keys;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Pipeline.Realtime;
using Weir.Gateway.Pipeline.Spending;
using Weir.Gateway.Pipeline.Uploads;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline;

/// <summary>How a request was served.</summary>
/// <param name="CallId">Its id.</param>
/// <param name="Error">What the caller has to be told; null when the answer has gone out.</param>
internal readonly record struct Served(string CallId, GatewayError? Error);

/// <summary>The one way that every model request takes. The order of the steps is the security policy.</summary>
internal sealed partial class GatewayPipeline(
    SnapshotHolder snapshots, NamedParties parties, UploadReader uploads, KeptRequests kept, KeptList lists, AttemptLoop attempts, AnswerRelay relay, IRequestLedger ledger, SpeedLimiter speed, Spender spender, CallObserver observer, TimeProvider time,
    ILogger<GatewayPipeline> logger)
{
    // Without the cause: it names files of this machine. The log has it.
    private const string LedgerFull = "The gateway can't write requests down at the moment and so takes none; see its log.";

    /// <summary>Serves one request, or says what went wrong before anything went out.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="surface">What the route stands for.</param>
    /// <param name="path">What the path says besides.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<Served> ServeAsync(HttpContext http, Surface surface, PathWords path)
    {
        var call = Begin(http, surface, path);
        observer.Began(call);
        try
        {
            // 1 Access: who are you.
            await AdmitAsync(call);

            // The body: what exactly is asked, with nothing in it that an upstream could read in another way.
            // May you use this model.
            await ReadAsync(call);

            // For whom you ask: end users and tags bring limits of their own.
            await NameAsync(call);

            if (call.Surface.Kept is { Verb: KeptVerb.List } listed)
            {
                // A caller's own things: no single upstream can say which they are.
                await lists.AnswerAsync(call, listed);
                return new Served(call.Record.CallId, null);
            }

            // 2 RateLimits and Budgets: take its place, borrow what it may cost at most.
            await speed.AdmitAsync(call);
            await spender.ReserveAsync(call);

            // 4 Routing: pick, send, on a fault retry, cool down, fall back.
            using var answer = await attempts.FirstAnswerAsync(call);

            // 5 to 7: pass on, settle, write down before the terminal event.
            await relay.PassOnAsync(call, answer);
            return new Served(call.Record.CallId, null);
        }
        catch (GatewayException failure)
        {
            return await FailAsync(call, failure.Error);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return await FailAsync(call, new GatewayError(ErrorKind.ClientGone, "The client closed the connection."));
        }
        catch (BadHttpRequestException broken)
        {
            return await FailAsync(call, new GatewayError(ErrorKind.InvalidJson, broken.Message) { Status = broken.StatusCode, Param = "request_body" });
        }
        catch (LedgerFullException full)
        {
            // A model has answered already, and may charge for it: the log is the only place that is left to say so.
            LogUnwritten(full, call.Record.CallId);
            return await FailAsync(call, new GatewayError(ErrorKind.LedgerFull, LedgerFull) { RetryAfter = TimeSpan.FromSeconds(1) });
        }
        catch (Exception error)
        {
            LogUnexpected(error, call.Record.CallId);
            return await FailAsync(call, new GatewayError(ErrorKind.Internal, "Internal server error"));
        }
        finally
        {
            observer.Ended(call);
            spender.Release(call);
            await speed.ReleaseAsync(call);
            call.Body?.Dispose();
            call.Upload?.Dispose();
            CallScratch.Return(call.Scratch);
        }
    }

    private GatewayCall Begin(HttpContext http, Surface surface, PathWords path)
    {
        var record = new RequestRecord { CallId = CallIds.Of(http), Operation = surface.Operation, StartedAt = time.GetUtcNow() };
        return new GatewayCall(http, surface, path, snapshots.Current, record, time.GetTimestamp());
    }

    /// <summary>Waits only for a key that was not seen yet.</summary>
    private ValueTask AdmitAsync(GatewayCall call)
    {
        var authenticator = call.Snapshot.Authenticator;
        var admission = call.Surface.PassThrough is { NeedsKey: false } ? new ValueTask<Admission>(authenticator.AdmitAnybody(call.Http))
            : authenticator.AdmitAsync(call.Http, new AskedRoute(RouteKind.LlmApi, call.Surface.Route));
        if (!admission.IsCompletedSuccessfully)
        {
            return AwaitAsync(call, admission);
        }
        Admit(call, admission.GetAwaiter().GetResult());
        return ValueTask.CompletedTask;

        async ValueTask AwaitAsync(GatewayCall waiting, ValueTask<Admission> pending) => Admit(waiting, await pending);
    }

    private void Admit(GatewayCall call, in Admission admission)
    {
        call.Caller = admission.Caller
            ?? throw new GatewayException(admission.Error ?? new GatewayError(ErrorKind.NoKey, "Authentication Error, No api key passed in."));
        call.Record.KeyHash = call.Caller.KeyHash;
        if (!ledger.Accepts)
        {
            throw new GatewayException(new GatewayError(ErrorKind.LedgerFull, LedgerFull) { RetryAfter = TimeSpan.FromSeconds(1) });
        }
    }

    private ValueTask NameAsync(GatewayCall call)
    {
        var caller = call.Caller ?? throw new InvalidOperationException("nobody was admitted");
        if (call.Record.EndUser.Length == 0 && call.Options.Tags.Length == 0 && caller.Tags.Count == 0)
        {
            return ValueTask.CompletedTask;
        }
        if (caller.Tags.Count > 0)
        {
            call.Options = call.Options with { Tags = [.. caller.Tags.Union(call.Options.Tags, StringComparer.Ordinal)] };
        }
        return TakeAsync(call, caller);

        async ValueTask TakeAsync(GatewayCall naming, Caller known) => naming.Caller = await parties.WithAsync(
            known, naming.Record.EndUser, naming.Options.Tags, naming.Snapshot.Config.Access.EndUserBudgetId, naming.Http.RequestAborted);
    }

    private async ValueTask ReadAsync(GatewayCall call)
    {
        if (call.Surface.Kept is { } route)
        {
            // A thing that an upstream keeps: whose it is, and who keeps it.
            await kept.ReadAsync(call, route);
            return;
        }
        if (call.Operation == Operation.Realtime)
        {
            // No body: the address says everything, and events are judged one by one as they pass.
            RealtimeRequests.Read(call);
            return;
        }
        if (call.Surface.PassThrough is { } passing)
        {
            // What goes on as it is: where to, with whose credential.
            await PassThroughRequests.ReadAsync(call, passing);
            return;
        }
        var access = call.Snapshot.Config.Access;
        if (call.Surface.TakesForm)
        {
            call.Upload = await uploads.ReadAsync(call.Http.Request, access.MaxUploadBytes, call.Http.RequestAborted);
            call.Body = RequestChecks.FieldsOf(call.Upload);
        }
        else
        {
            call.Body = await RequestBody.ReadAsync(call.Http.Request, access.MaxRequestBytes, call.Http.RequestAborted);
        }
        if (call.Body.Length > ThreadHop.LargeBody || call.Snapshot.Config.Router.EnablePreCallChecks)
        {
            await ThreadHop.ToPool();
        }
        try
        {
            RequestChecks.Check(call);
        }
        catch (GatewayException unknown) when (unknown.Error.Kind == ErrorKind.UnknownModel && PassThroughRequests.TakesOver(call))
        {
            await PassThroughRequests.ReadAsync(call, call.Surface.Above!); // TakesOver has looked.
        }
    }

    /// <summary>Writes the failure down. Requests without a known key leave no row: a flood of them must not fill the journal.</summary>
    private async ValueTask<Served> FailAsync(GatewayCall call, GatewayError error)
    {
        var record = call.Record;
        call.Error = error;
        record.Status = error.HttpStatus;
        record.ErrorType = error.WireType ?? "";
        record.Outcome = error.Kind == ErrorKind.ClientGone ? RequestOutcome.ClientGone : RequestOutcome.Failure;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        record.Fallbacks = call.FallbacksTried;
        if (call.Caller is not null && error.Kind != ErrorKind.LedgerFull && !call.Settled)
        {
            try
            {
                await spender.WriteAsync(call);
            }
            catch (LedgerFullException full)
            {
                LogUnwritten(full, record.CallId);
            }
        }
        if (!call.Http.Response.HasStarted)
        {
            return new Served(record.CallId, error);
        }
        if (call.Operation == Operation.Realtime)
        {
            // Its relay has closed the socket.
            return new Served(record.CallId, null);
        }
        if (record.Streamed && !call.Settled)
        {
            await AnswerRelay.TellAsync(call, error);
        }
        else if (!call.Settled)
        {
            // Half of a sound has gone out: only a broken connection tells that the rest is missing.
            call.Http.Abort();
        }
        return new Served(record.CallId, null);
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "Request {CallId} failed in a way that it should not")]
    private partial void LogUnexpected(Exception error, string callId);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "Request {CallId} could not be written down in the ledger; its caller was told that it failed")]
    private partial void LogUnwritten(Exception error, string callId);
}
