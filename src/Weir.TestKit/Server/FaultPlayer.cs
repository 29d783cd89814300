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
    public bool EndedConnection { get; private set; }

    public async Task PlayAsync(Fault fault, Answer answer, CancellationToken cancellationToken)
    {
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
            answer = new ErrorAnswer(options, fault, new ModelRequest(default, null, 0));
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
        foreach (var chunk in answer.Events())
        {
            if (fault.Kind == FaultKind.HangAfterChunks && sent == fault.Chunks)
            {
                await context.Response.BodyWriter.FlushAsync(cancellationToken);
                await fault.Gate.PassAsync(cancellationToken);
            }

            if (fault.Kind == FaultKind.ErrorEvent && sent == fault.Chunks)
            {
                await WriteAsync(ErrorEvent(fault), cancellationToken);
                return;
            }

            if (fault.Kind == FaultKind.NoDone && chunk.Equals(EventBuffer.Done))
            {
                return;
            }

            if (sent > 0 && options.ChunkInterval > TimeSpan.Zero)
            {
                await Task.Delay(options.ChunkInterval, options.Clock, cancellationToken);
            }

            await WriteAsync(chunk, cancellationToken);
            sent++;
        }
    }

    private ReadOnlyMemory<byte> ErrorEvent(Fault fault)
    {
        using var buffer = new EventBuffer(default);
        buffer.Start();
        buffer.Json.WriteStartObject();
        new ErrorAnswer(options, fault, new ModelRequest(default, null, 0)).WriteError(buffer.Json);
        buffer.Json.WriteEndObject();
        return buffer.End();
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
        context.Response.ContentType = answer.Streams ? "text/event-stream; charset=utf-8" : "application/json";
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
