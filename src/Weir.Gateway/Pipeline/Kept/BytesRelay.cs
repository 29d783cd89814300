using System.Buffers;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Pipeline.Spending;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>Passes on an answer that is bytes of any length: as they come, the last ones only after the row is written.</summary>
internal sealed class BytesRelay(Spender spender, TimeProvider time)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Passes the bytes of <paramref name="answer"/> on.</summary>
    internal async ValueTask PassOnAsync(GatewayCall call, ModelAnswer answer)
    {
        Settlement.Whole(call, answer);
        var (record, response, gone) = (call.Record, call.Http.Response, call.Http.RequestAborted);
        var content = answer.Response.Content.Headers;
        response.StatusCode = (int)answer.Response.StatusCode;
        response.ContentType = content.ContentType?.ToString() ?? "application/octet-stream";
        response.ContentLength = content.ContentLength;
        if (content.ContentDisposition is { } disposition)
        {
            response.Headers.ContentDisposition = disposition.ToString();
        }
        // A browser must not take a stored file for a page of the gateway.
        response.Headers.XContentTypeOptions = "nosniff";
        ResponseHead.Write(call, answer, time.GetElapsedTime(call.StartedAt), record.Cost.ToString());
        var (held, next) = (ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes));
        UpstreamFault? fault = null;
        try
        {
            var source = await answer.Response.Content.ReadAsStreamAsync(answer.Timeout.Token);
            var length = await ReadAsync(answer, source, held);
            while (length > 0 && await ReadAsync(answer, source, next) is > 0 and var more)
            {
                await response.Body.WriteAsync(held.AsMemory(0, length), gone);
                (held, next, length) = (next, held, more);
            }
            await WriteDownAsync(call, RequestOutcome.Success, response.StatusCode);
            await response.Body.WriteAsync(held.AsMemory(0, length), gone);
            return;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            fault = null;
        }
        catch (OperationCanceledException)
        {
            fault = new UpstreamFault(FaultKind.Timeout, 0, $"No bytes within {answer.IdleLimit?.TotalSeconds:0.###} seconds.");
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException && !gone.IsCancellationRequested)
        {
            fault = new UpstreamFault(FaultKind.BadResponse, response.StatusCode, "The upstream closed the connection in the middle of its answer.");
        }
        catch (IOException)
        {
            // The caller closed the connection while we wrote.
            fault = null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(held);
            ArrayPool<byte>.Shared.Return(next);
        }
        await BreakAsync(call, fault);
    }

    private async ValueTask<int> ReadAsync(ModelAnswer answer, Stream source, byte[] buffer)
    {
        answer.AwaitChunk(time);
        var read = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), answer.Timeout.Token);
        // A slow reader holds us up: the upstream is not to blame for what follows.
        answer.Timeout.Arm(null);
        return read;
    }

    private async ValueTask BreakAsync(GatewayCall call, UpstreamFault? fault)
    {
        if (call.Settled)
        {
            return;
        }
        call.Record.ErrorType = ErrorCatalog.Of(fault is null ? ErrorKind.ClientGone : ErrorKind.StreamBroken).Type ?? "";
        await WriteDownAsync(call, fault is null ? RequestOutcome.ClientGone : RequestOutcome.Broken, call.Http.Response.StatusCode);
        if (fault is not null && !call.Http.Response.HasStarted)
        {
            call.Http.Response.Headers.Clear();
            throw new GatewayException(new GatewayError(ErrorKind.UpstreamBadResponse, fault.Message));
        }
        // There is no word for "broken" in bytes but a connection that ends too early.
        call.Http.Abort();
    }

    private async ValueTask WriteDownAsync(GatewayCall call, RequestOutcome outcome, int status)
    {
        call.Record.Outcome = outcome;
        call.Record.Status = status;
        call.Record.Duration = time.GetElapsedTime(call.StartedAt);
        await spender.WriteAsync(call);
        call.Settled = true;
    }
}
