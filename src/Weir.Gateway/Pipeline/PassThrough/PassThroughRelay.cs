using System.Buffers;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>
/// Passes an answer on as it comes: each piece leaves at once, byte for byte. Only the piece that ends the answer (its terminal event, or the
/// last of the announced bytes) waits for the row.
/// </summary>
internal sealed class PassThroughRelay(IRequestLedger ledger, TimeProvider time)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Passes <paramref name="answer"/> on.</summary>
    internal ValueTask PassOnAsync(GatewayCall call, PassThroughCall passed, ModelAnswer answer) =>
        answer.IsBytes ? PiecesAsync(call, passed, answer) : WholeAsync(call, passed, answer);

    private async ValueTask WholeAsync(GatewayCall call, PassThroughCall passed, ModelAnswer answer)
    {
        await WriteDownAsync(call, passed, answer, passed.Fault is null ? RequestOutcome.Success : RequestOutcome.Failure);
        var response = call.Http.Response;
        Begin(call, passed, answer, call.Record.CostKnown ? call.Record.Cost.ToString() : null);
        if (MayHaveBody(call, response.StatusCode))
        {
            response.ContentLength = answer.Told.Length;
            await response.BodyWriter.WriteAsync(answer.Told, call.Http.RequestAborted);
        }
    }

    private async ValueTask PiecesAsync(GatewayCall call, PassThroughCall passed, ModelAnswer answer)
    {
        var response = call.Http.Response;
        var gone = call.Http.RequestAborted;
        var goesOn = !call.Snapshot.Config.Request.CancelOnDisconnect;
        Begin(call, passed, answer, null);
        var length = answer.Response.Content.Headers.ContentLength;
        if (response.StatusCode is not (204 or 304))
        {
            response.ContentLength = length;
        }
        if (!MayHaveBody(call, response.StatusCode))
        {
            await WriteDownAsync(call, passed, answer, RequestOutcome.Success);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        UpstreamFault? fault = null;
        try
        {
            var source = await answer.Response.Content.ReadAsStreamAsync(answer.Timeout.Token);
            var total = 0L;
            while (true)
            {
                answer.AwaitChunk(time);
                var read = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), answer.Timeout.Token);
                // A slow reader holds us up: the upstream is not to blame for what follows.
                answer.Timeout.Arm(null);
                if (read == 0)
                {
                    break;
                }
                total += read;
                call.Record.TimeToFirstToken ??= time.GetElapsedTime(call.StartedAt);
                var ends = answer.Passing?.Look(buffer.AsSpan(0, read)) == true | total == length;
                if (ends && !call.Settled)
                {
                    answer.Passing?.End();
                    await WriteDownAsync(call, passed, answer, OutcomeOf(call, answer));
                }
                if (!gone.IsCancellationRequested)
                {
                    response.BodyWriter.Write(buffer.AsSpan(0, read));
                    // Without a token: one who has left ends the wait by itself.
                    await response.BodyWriter.FlushAsync(CancellationToken.None);
                }
                else if (!goesOn)
                {
                    break;
                }
            }
            if (!gone.IsCancellationRequested || goesOn)
            {
                answer.Passing?.End();
                if (!call.Settled)
                {
                    await WriteDownAsync(call, passed, answer, OutcomeOf(call, answer));
                }
                return;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested && !goesOn)
        {
            fault = null;
        }
        catch (OperationCanceledException)
        {
            fault = new UpstreamFault(FaultKind.Timeout, 0, $"No bytes within {answer.IdleLimit?.TotalSeconds:0.###} seconds.");
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException && (!gone.IsCancellationRequested || goesOn))
        {
            fault = new UpstreamFault(FaultKind.BadResponse, response.StatusCode, "The upstream closed the connection in the middle of its answer.");
        }
        catch (IOException)
        {
            // The caller closed the connection, and the upstream's answer ended with that.
            fault = null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        // Outside the catch: the row is written, once.
        await BreakAsync(call, passed, answer, fault);
    }

    private void Begin(GatewayCall call, PassThroughCall passed, ModelAnswer answer, string? cost)
    {
        PassThroughAnswers.WriteHead(call.Http.Response, passed, answer.Response);
        ResponseHead.WriteOwn(call, answer, time.GetElapsedTime(call.StartedAt), cost);
        if (answer.IsBytes && call.Stream)
        {
            // Ingress controllers built on nginx buffer event streams unless told not to.
            call.Http.Response.Headers["X-Accel-Buffering"] = "no";
        }
    }

    private static bool MayHaveBody(GatewayCall call, int status) => !HttpMethods.IsHead(call.Http.Request.Method) && status is not (204 or 304);

    /// <summary>An answer that its own words do not call whole is broken, though every byte of it has gone on.</summary>
    private static RequestOutcome OutcomeOf(GatewayCall call, ModelAnswer answer) =>
        answer.Passing is { IsBlind: false } stream && (stream.HasFailed || !stream.IsWhole) ? RequestOutcome.Broken
        : call.Http.RequestAborted.IsCancellationRequested ? RequestOutcome.ClientGone : RequestOutcome.Success;

    private async ValueTask BreakAsync(GatewayCall call, PassThroughCall passed, ModelAnswer answer, UpstreamFault? fault)
    {
        if (!call.Settled)
        {
            answer.Passing?.End();
            await WriteDownAsync(call, passed, answer, fault is null ? RequestOutcome.ClientGone : RequestOutcome.Broken);
        }
        if (fault is not null && !call.Http.Response.HasStarted)
        {
            call.Http.Response.Headers.Clear();
            throw new GatewayException(new GatewayError(ErrorKind.UpstreamBadGateway, fault.Message));
        }
        // There is no word for "broken" in bytes but a connection that ends too early.
        call.Http.Abort();
    }

    private async ValueTask WriteDownAsync(GatewayCall call, PassThroughCall passed, ModelAnswer answer, RequestOutcome outcome)
    {
        var broken = outcome is RequestOutcome.Broken or RequestOutcome.ClientGone;
        if (PassThroughSettlement.HasToCount(passed, answer, broken))
        {
            await ThreadHop.ToPool();
        }
        PassThroughSettlement.Settle(call, passed, answer, broken);
        var record = call.Record;
        record.Outcome = outcome;
        record.Status = (int)answer.Response.StatusCode;
        record.ErrorType = outcome switch
        {
            RequestOutcome.Failure when passed.Fault is { } fault => ErrorCatalog.Of(FaultErrors.KindOf(fault)).Type ?? "",
            RequestOutcome.Broken => ErrorCatalog.Of(ErrorKind.StreamBroken).Type ?? "",
            RequestOutcome.ClientGone => ErrorCatalog.Of(ErrorKind.ClientGone).Type ?? "",
            _ => "",
        };
        record.Duration = time.GetElapsedTime(call.StartedAt);
        await ledger.AppendAsync(record, CancellationToken.None);
        call.Settled = true;
    }
}
