using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// A request body in one rented array: parsed from there, sent from there, and there for every retry. The array has one owner, this
/// object, which gives it back on <see cref="Dispose"/>.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>A compressed body may grow by this factor at most (once it is past <see cref="RatioFreeBytes"/>).</summary>
    private const int MaxInflation = 100;
    private const int RatioFreeBytes = 1 << 20;

    /// <summary>A body's announced length is believed so far; more is rented as it comes.</summary>
    private const int MostRentedAhead = 4 << 20;
    private const int SmallestGzip = 18;
    private static int s_rented;

    private byte[]? _array;

    private RequestBody(byte[] array, int length)
    {
        _array = array;
        Length = length;
        Interlocked.Increment(ref s_rented);
    }

    /// <summary>Bodies that are held right now; tests prove that none leaks.</summary>
    internal static int Outstanding => Volatile.Read(ref s_rented);

    /// <summary>Length in bytes, after inflation.</summary>
    internal int Length { get; }

    /// <summary>The bytes.</summary>
    internal ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Reads the whole body. <paramref name="maxBytes"/> bounds it before and after inflation.</summary>
    /// <exception cref="GatewayException">Too large, an encoding that is not served, or a broken gzip stream.</exception>
    internal static async ValueTask<RequestBody> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        RefuseForms(request);
        var gzip = IsGzip(request);
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }
        var body = await ReadRawAsync(request, maxBytes, cancellationToken);
        if (!gzip)
        {
            return body;
        }
        await ThreadHop.ToPool();
        using (body)
        {
            return await InflateAsync(body.Memory, maxBytes, cancellationToken);
        }
    }

    /// <summary>A body that was made here.</summary>
    internal static RequestBody Of(ReadOnlySpan<byte> bytes)
    {
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes.Length));
        bytes.CopyTo(array);
        return new RequestBody(array, bytes.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            Interlocked.Decrement(ref s_rented);
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private static async ValueTask<RequestBody> ReadRawAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? 16384, 1024, MostRentedAhead));
        var length = 0;
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                if (length + buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(buffer.End);
                    throw TooLarge(maxBytes);
                }
                Grow(ref array, length, (int)buffer.Length);
                buffer.CopyTo(array.AsSpan(length));
                length += (int)buffer.Length;
                reader.AdvanceTo(buffer.End);
                if (read.IsCompleted)
                {
                    var body = new RequestBody(array, length);
                    array = null;
                    return body;
                }
            }
        }
        finally
        {
            if (array is not null)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }

    private static async ValueTask<RequestBody> InflateAsync(ReadOnlyMemory<byte> packed, long maxBytes, CancellationToken cancellationToken)
    {
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(packed.Length * 4L, 4096, MostRentedAhead));
        var length = 0;
        try
        {
            using var source = new MemoryStream(packed.ToArray(), writable: false);
            await using var inflater = new GZipStream(source, CompressionMode.Decompress);
            while (true)
            {
                Grow(ref array, length, 4096);
                var read = await inflater.ReadAsync(array.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    break;
                }
                length += read;
                if (length > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }
                if (length > RatioFreeBytes && length / MaxInflation > packed.Length)
                {
                    throw new GatewayException(new GatewayError(ErrorKind.BodyTooLarge,
                        $"The gzip body grows by more than {MaxInflation} times; send it uncompressed."));
                }
            }
            if (!EndsAfter(packed.Span, length))
            {
                throw NotGzip();
            }
            var body = new RequestBody(array, length);
            array = null;
            return body;
        }
        catch (InvalidDataException)
        {
            throw NotGzip();
        }
        finally
        {
            if (array is not null)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }

    /// <summary>
    /// The inflater takes the end of its input for the end of the stream. A gzip stream ends with its length (RFC 1952, section 2.3.1): one
    /// that was cut, or that something follows, ends otherwise.
    /// </summary>
    private static bool EndsAfter(ReadOnlySpan<byte> packed, int length) =>
        packed.Length >= SmallestGzip && BinaryPrimitives.ReadUInt32LittleEndian(packed[^4..]) == (uint)length;

    private static GatewayException NotGzip() =>
        new(new GatewayError(ErrorKind.InvalidJson, "The request says Content-Encoding: gzip, but its body is not one whole gzip stream.") { Param = "request_body" });

    private static void Grow(ref byte[] array, int used, int more)
    {
        if (used + more <= array.Length)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(used + more, array.Length * 2));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }

    private static bool IsGzip(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count == 0)
        {
            return false;
        }
        var text = encoding.ToString().Trim();
        return text.Length != 0 && !text.Equals("identity", StringComparison.OrdinalIgnoreCase) && (text.Equals("gzip", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new GatewayException(new GatewayError(ErrorKind.UnsupportedEncoding,
                $"Content-Encoding '{Shorten(text)}' is not served; send the body plain or as one gzip stream.")));
    }

    private static void RefuseForms(HttpRequest request)
    {
        // curl says "form" for any -d: the body itself tells whether it is JSON.
        if (request.ContentType is { } type && type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            throw new GatewayException(new GatewayError(ErrorKind.UnsupportedMediaType, $"Content-Type '{Shorten(type)}' is not served here; send application/json."));
        }
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";

    private static GatewayException TooLarge(long maxBytes) =>
        new(new GatewayError(ErrorKind.BodyTooLarge, $"The request body is larger than {maxBytes} bytes."));
}
