using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>A caller's body that leaves while it comes, byte for byte and up to a bound. It can be sent once.</summary>
internal sealed class RelayedBody : HttpContent
{
    private const int ChunkBytes = 64 << 10;
    private readonly HttpRequest _request;
    private readonly long _mostBytes;

    /// <summary>The body of <paramref name="request"/>.</summary>
    internal RelayedBody(HttpRequest request, long mostBytes)
    {
        (_request, _mostBytes) = (request, mostBytes);
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding)
        {
            Headers.TryAddWithoutValidation("Content-Encoding", encoding.ToString());
        }
    }

    /// <summary>The body was longer than the bound: what has left of it is worth nothing.</summary>
    internal bool WasTooLong { get; private set; }

    /// <summary>The caller's body broke; null while it did not.</summary>
    internal Exception? Broken { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var total = 0L;
            while (await ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                total += read;
                if (total > _mostBytes)
                {
                    WasTooLong = true;
                    throw new IOException("The caller's body is too long.");
                }
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _request.ContentLength ?? 0;
        return _request.ContentLength is not null;
    }

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _request.Body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException)
        {
            Broken = error;
            throw new IOException("The caller's body broke.", error);
        }
    }
}
