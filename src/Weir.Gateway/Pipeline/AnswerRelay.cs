using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Kept;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Pipeline.Realtime;
using Weir.Providers.Dialects;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// Steps 5 to 7 for an answer that is there: pass it on, settle it, write it down. Content leaves at once; only the terminal event (the
/// last bytes of an unstreamed answer) waits for its row.
/// </summary>
internal sealed class AnswerRelay(IRequestLedger ledger, RealtimeRelay realtime, CallObserver observer, TimeProvider time)
{
    private readonly BytesRelay _bytes = new(ledger, time);
    private readonly PassThroughRelay _passing = new(ledger, time);

    /// <summary>Passes <paramref name="answer"/> on, whole or streamed.</summary>
    internal ValueTask PassOnAsync(GatewayCall call, ModelAnswer answer)
    {
        call.Deployment = answer.Deployment;
        call.Record.UpstreamModel = answer.Model.Model;
        call.Record.Fallbacks = call.FallbacksTried;
        call.Record.Streamed = answer.Stream is not null || answer.Socket is not null;
        if (call.PassThrough is { } passed)
        {
            call.Record.Streamed = call.Stream;
            return _passing.PassOnAsync(call, passed, answer);
        }
        return answer.Socket is not null ? realtime.PassOnAsync(call, answer) : answer.Sound is not null ? SoundAsync(call, answer) : answer.IsBytes ? _bytes.PassOnAsync(call, answer)
            : answer.Stream is null ? WholeAsync(call, answer) : StreamAsync(call, answer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WholeAsync(GatewayCall call, ModelAnswer answer)
    {
        var body = answer.Told;
        if (Settlement.HasToCount(call, answer))
        {
            await ThreadHop.ToPool();
        }
        Settlement.Whole(call, answer);
        var record = call.Record;
        record.Outcome = RequestOutcome.Success;
        record.Status = (int)answer.Response.StatusCode;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        await ledger.AppendAsync(record, CancellationToken.None);
        call.Settled = true;
        if (call.Surface.Kept is null)
        {
            answer.Deployment.State.RecordSuccess(time.GetElapsedTime(answer.SentAt), null, record.Usage.Completion, record.Usage.Prompt + record.Usage.Completion);
        }

        var response = call.Http.Response;
        response.StatusCode = record.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = body.Length;
        ResponseHead.Write(call, answer, record.Duration, record.CostKnown ? record.Cost.ToString() : null);
        await response.BodyWriter.WriteAsync(body, call.Http.RequestAborted);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask StreamAsync(GatewayCall call, ModelAnswer answer)
    {
        var stream = answer.Stream!; // Chosen by PassOnAsync.
        BeginStream(call, answer);
        var writer = call.Http.Response.BodyWriter;
        var gone = call.Http.RequestAborted;
        var fault = default(UpstreamFault);
        var terminal = default(ReadOnlyMemory<byte>?);
        try
        {
            while (true)
            {
                answer.AwaitChunk(time);
                var step = await stream.NextAsync(answer.Timeout.Token);
                if (step.Kind == StreamStepKind.Forward)
                {
                    var bytes = answer.Translator?.Translate(step.Bytes.Span) ?? step.Bytes;
                    if (bytes.IsEmpty)
                    {
                        continue;
                    }
                    call.Record.TimeToFirstToken ??= time.GetElapsedTime(call.StartedAt);
                    if (!gone.IsCancellationRequested)
                    {
                        writer.Write(bytes.Span);
                        if (stream.EndIsHere)
                        {
                            // What came in one read leaves in one write, as soon as the row is written: see EndAsync.
                            continue;
                        }
                        var flush = writer.FlushAsync(gone);
                        if (!flush.IsCompleted)
                        {
                            // A slow reader holds us up: the upstream is not to blame for this gap.
                            answer.Timeout.Arm(null);
                        }
                        await flush;
                    }
                    else if (call.Snapshot.Config.Request.CancelOnDisconnect)
                    {
                        break;
                    }
                    continue;
                }
                fault = step.Fault;
                if (step.Kind == StreamStepKind.Done)
                {
                    terminal = step.Bytes;
                }
                break;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            if (!call.Snapshot.Config.Request.CancelOnDisconnect)
            {
                await FinishWithoutClientAsync(call, answer);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            fault = Silent(answer);
        }
        catch (DialectException unread)
        {
            fault = new UpstreamFault(FaultKind.BadResponse, StatusCodes.Status200OK, unread.Message);
        }
        // Outside the catch: from here on the row is written, once.
        await (terminal is { } end ? EndAsync(call, answer, end) : BreakAsync(call, answer, fault));
    }

    /// <summary>
    /// Sound leaves as it comes. Without a length its end is the end of the answer, which waits for the row like a terminal event; a break can
    /// only be told by breaking the connection.
    /// </summary>
    private async ValueTask SoundAsync(GatewayCall call, ModelAnswer answer)
    {
        var sound = answer.Sound!; // Chosen by PassOnAsync.
        var response = call.Http.Response;
        response.StatusCode = (int)answer.Response.StatusCode;
        response.ContentType = sound.ContentType;
        ResponseHead.Write(call, answer, time.GetElapsedTime(call.StartedAt), null);
        var gone = call.Http.RequestAborted;
        var goesOn = !call.Snapshot.Config.Request.CancelOnDisconnect;
        var step = default(StreamStep);
        try
        {
            while (true)
            {
                answer.AwaitChunk(time);
                step = await sound.NextAsync(answer.Timeout.Token);
                if (step.Kind != StreamStepKind.Forward || (gone.IsCancellationRequested && !goesOn))
                {
                    break;
                }
                call.Record.TimeToFirstToken ??= time.GetElapsedTime(call.StartedAt);
                if (gone.IsCancellationRequested)
                {
                    continue;
                }
                response.BodyWriter.Write(step.Bytes.Span);
                // A slow listener holds us up: the upstream is not to blame for this gap. One who left ends the wait by itself.
                answer.Timeout.Arm(null);
                await response.BodyWriter.FlushAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            step = gone.IsCancellationRequested && !goesOn ? default : new StreamStep(StreamStepKind.Broken, default, Silent(answer));
        }
        await (step.Kind == StreamStepKind.Done ? EndAsync(call, answer, default) : BreakAsync(call, answer, step.Fault));
    }

    private void BeginStream(GatewayCall call, ModelAnswer answer)
    {
        var response = call.Http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = call.Array is null ? "text/event-stream; charset=utf-8" : "application/json; charset=UTF-8";
        response.Headers.CacheControl = "no-cache";
        // Ingress controllers built on nginx buffer event streams unless told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        ResponseHead.Write(call, answer, time.GetElapsedTime(call.StartedAt), null);
    }

    /// <summary>
    /// The orderly end: settle, write down, then let the terminal event go. Content that came with the terminal event goes along with it, unless
    /// the row takes longer than one write of memory.
    /// </summary>
    private async ValueTask EndAsync(GatewayCall call, ModelAnswer answer, ReadOnlyMemory<byte> terminal)
    {
        var writer = call.Http.Response.BodyWriter;
        if (Settlement.HasToCount(call, answer))
        {
            await writer.FlushAsync(CancellationToken.None);
            await ThreadHop.ToPool();
        }
        Settlement.Stream(call, answer);
        var record = call.Record;
        record.Outcome = call.Http.RequestAborted.IsCancellationRequested ? RequestOutcome.ClientGone : RequestOutcome.Success;
        record.Status = StatusCodes.Status200OK;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        var written = ledger.AppendAsync(record, CancellationToken.None);
        if (!written.IsCompleted)
        {
            await writer.FlushAsync(CancellationToken.None);
        }
        await written;
        call.Settled = true;
        if (call.Surface.Kept is null)
        {
            answer.Deployment.State.RecordSuccess(time.GetElapsedTime(answer.SentAt), FirstToken(call, answer), record.Usage.Completion, record.Usage.Prompt + record.Usage.Completion);
        }
        if (!call.Http.RequestAborted.IsCancellationRequested)
        {
            var last = answer.Translator?.Finish(terminal.Span, record.Usage) ?? terminal;
            // Not flushed here: the server does it when the request returns, in one write with the end of the body.
            writer.Write(last.Span);
        }
    }

    /// <summary>The caller is gone and the config says that its call goes on: read to the end and settle in full.</summary>
    private async ValueTask FinishWithoutClientAsync(GatewayCall call, ModelAnswer answer)
    {
        var step = default(StreamStep);
        try
        {
            do
            {
                answer.AwaitChunk(time);
                step = await answer.Stream!.NextAsync(answer.Timeout.Token); // A streamed answer has a stream.
            }
            while (step.Kind == StreamStepKind.Forward);
        }
        catch (OperationCanceledException)
        {
            step = new StreamStep(StreamStepKind.Broken, default, Silent(answer));
        }
        if (step.Kind == StreamStepKind.Done)
        {
            await EndAsync(call, answer, default);
            return;
        }
        await BreakAsync(call, answer, step.Fault);
    }

    /// <summary>The stream ends before its end: charge what was used, write the row as broken, tell a caller who is still there.</summary>
    private async ValueTask BreakAsync(GatewayCall call, ModelAnswer answer, UpstreamFault? fault)
    {
        if (Settlement.HasToCount(call, answer, broken: true))
        {
            await ThreadHop.ToPool();
        }
        Settlement.Stream(call, answer, broken: true);
        var record = call.Record;
        record.Outcome = fault is null ? RequestOutcome.ClientGone : RequestOutcome.Broken;
        record.Status = StatusCodes.Status200OK;
        record.Duration = time.GetElapsedTime(call.StartedAt);
        var error = fault is null ? null : ErrorOf(call, answer, fault);
        record.ErrorType = error?.WireType ?? ErrorCatalog.Of(ErrorKind.ClientGone).Type ?? "";
        await ledger.AppendAsync(record, CancellationToken.None);
        call.Settled = true;
        answer.Deployment.State.AddTokens(record.Usage.Prompt + record.Usage.Completion);
        if (fault is not null && call.Surface.Kept is null)
        {
            if (Routing.CooldownPolicy.OnFailure(call.Target.Group, answer.Deployment, fault).Began)
            {
                observer.CooledDown(answer.Deployment, fault.Status);
            }
        }
        if (error is not null && answer.Sound is not null)
        {
            call.Http.Abort();
        }
        else if (error is not null)
        {
            await TellAsync(call, error);
        }
    }

    /// <summary>Tells a caller whose stream has begun what ended it: an error event, and no terminal event after it.</summary>
    internal static async ValueTask TellAsync(GatewayCall call, GatewayError error)
    {
        if (!call.Http.RequestAborted.IsCancellationRequested)
        {
            if (call.Array is { } array)
            {
                var last = new ArrayBufferWriter<byte>(512);
                ErrorEnvelope.WriteEvent(last, error, call.Format);
                call.Http.Response.BodyWriter.Write(array.Fail(last.WrittenSpan).Span);
            }
            else
            {
                ErrorEnvelope.WriteEvent(call.Http.Response.BodyWriter, error, call.Format);
            }
            // Without a token: a caller that leaves now ends the write by itself, and nothing is thrown at whoever reports an error.
            await call.Http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
    }

    private UpstreamFault Silent(ModelAnswer answer) => answer.WholeLimit is { } whole && time.GetElapsedTime(answer.SentAt) >= whole
        ? new(FaultKind.Timeout, 0, $"The stream was not complete within {whole.TotalSeconds:0.###} seconds.")
        : new(FaultKind.Timeout, 0, $"No chunk within {answer.IdleLimit?.TotalSeconds:0.###} seconds.");

    private static GatewayError ErrorOf(GatewayCall call, ModelAnswer answer, UpstreamFault fault)
    {
        var trail = new RoutingTrail(call.Snapshot.Config.Router, false, call.Target.RequestedModel, [], 0, 0, null);
        var error = FaultErrors.Of(fault, answer.Deployment.Provider.Name, trail);
        return fault.Kind == FaultKind.BadResponse && error.Kind == ErrorKind.UpstreamBadResponse ? error with { Kind = ErrorKind.StreamBroken, Type = null } : error;
    }

    private TimeSpan? FirstToken(GatewayCall call, ModelAnswer answer) =>
        call.Record.TimeToFirstToken is { } first ? first - time.GetElapsedTime(call.StartedAt, answer.SentAt) : null;
}
