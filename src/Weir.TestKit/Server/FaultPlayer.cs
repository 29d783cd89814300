using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire;

namespace Weir.TestKit.Server;

/// <summary>Sends an answer, properly or with a fault.</summary>
internal sealed class FaultPlayer(HttpContext context, ScriptedModelOptions options)
{
    /// <summary>The server itself ended the connection, so the end is no abort by the client.</summary>
    public bool EndedConnection { get; set; }

    public async Task PlayAsync(Fault fault, Answer answer, CancellationToken cancellationToken)
    {
        if (fault.Kind == FaultKind.ErrorEvent && answer.Streams && answer.Shape.ErrorEvent(options, fault, answer.Request, 0).IsEmpty)
        {
            // A stream without words for an error just breaks.
            fault = Fault.CutAfter(fault.Chunks);
        }

        switch (fault.Kind)
        {
            case FaultKind.HangBeforeHeaders:
                await fault.Gate.PassAsync(cancellationToken);
                await SendAsync(answer, fault, cancellationToken);
                break;
            case FaultKind.None or FaultKind.Status or FaultKind.HangAfterChunks or FaultKind.NoDone or FaultKind.ErrorEvent or FaultKind.HugeHeaders:
                await SendAsync(answer, fault, cancellationToken);
                break;
            case FaultKind.EmptyBody:
                SetHead(answer);
                context.Response.ContentLength = answer.Streams ? null : 0;
                break;
            case FaultKind.Redirect:
                context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                context.Response.Headers.Location = fault.Location;
                break;
            case FaultKind.Gzip:
                await SendGzipAsync(answer, cancellationToken);
                break;
            default:
                await new RawFaults(new RawSocket(context), options).PlayAsync(fault, answer, () => EndedConnection = true, cancellationToken);
                break;
        }
    }

    private async Task SendAsync(Answer answer, Fault fault, CancellationToken cancellationToken)
    {
        if (fault.Kind == FaultKind.ErrorEvent && !answer.Streams)
        {
            answer = answer.Shape.Error(options, fault, answer.Request);
        }

        SetHead(answer);
        if (fault.Kind == FaultKind.HugeHeaders)
        {
            context.Response.Headers["x-huge"] = new StringValues(new string('h', checked((int)fault.Bytes)));
        }

        if (answer.Streams)
        {
            await SendEventsAsync(answer, fault, cancellationToken);
            return;
        }

        var body = Body(answer);
        context.Response.ContentLength = body.Length;
        if (fault.Kind == FaultKind.HangAfterChunks)
        {
            await WriteAsync(body[..(body.Length / 2)], cancellationToken);
            await fault.Gate.PassAsync(cancellationToken);
            body = body[(body.Length / 2)..];
        }

        await WriteAsync(body, cancellationToken);
    }

    private async Task SendEventsAsync(Answer answer, Fault fault, CancellationToken cancellationToken)
    {
        var sent = 0;
        byte[]? held = null;
        foreach (var chunk in answer.Events())
        {
            if (fault.Kind == FaultKind.HangAfterChunks && sent == fault.Chunks)
            {
                await context.Response.BodyWriter.FlushAsync(cancellationToken);
                await fault.Gate.PassAsync(cancellationToken);
            }

            if (fault.Kind == FaultKind.ErrorEvent && sent == fault.Chunks)
            {
                await WriteAsync(answer.Shape.ErrorEvent(options, fault, answer.Request, sent), cancellationToken);
                return;
            }

            if (sent > 0 && options.ChunkInterval > TimeSpan.Zero)
            {
                await Task.Delay(options.ChunkInterval, options.Clock, cancellationToken);
            }

            sent++;
            if (fault.Kind != FaultKind.NoDone)
            {
                await WriteAsync(chunk, cancellationToken);
                continue;
            }

            // One behind, so that the last one, which ends the stream, is never sent.
            if (held is not null)
            {
                await WriteAsync(held, cancellationToken);
            }

            held = chunk.ToArray();
        }
    }

    private async Task SendGzipAsync(Answer answer, CancellationToken cancellationToken)
    {
        SetHead(answer);
        context.Response.Headers.ContentEncoding = "gzip";
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            if (answer.Streams)
            {
                foreach (var chunk in answer.Events())
                {
                    await gzip.WriteAsync(chunk, cancellationToken);
                }
            }
            else
            {
                await gzip.WriteAsync(Body(answer), cancellationToken);
            }
        }

        await WriteAsync(compressed.ToArray(), cancellationToken);
    }

    private void SetHead(Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers())
        {
            context.Response.Headers[name] = value;
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);

    internal static ReadOnlyMemory<byte> Body(Answer answer)
    {
        var body = new ArrayBufferWriter<byte>(1_024);
        answer.WriteBody(body);
        return body.WrittenMemory;
    }
}
