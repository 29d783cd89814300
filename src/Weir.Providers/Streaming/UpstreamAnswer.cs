using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Providers.Upstream;

namespace Weir.Providers.Streaming;

/// <summary>The body of an unstreamed answer in one rented array. One owner; <see cref="Dispose"/> gives it back.</summary>
public sealed class UpstreamAnswer : IDisposable
{
    private static int s_outstanding;
    private byte[]? _array;

    private UpstreamAnswer(byte[] array, int length)
    {
        _array = array;
        Length = length;
        Interlocked.Increment(ref s_outstanding);
    }

    /// <summary>Answers that hold an array right now; tests prove that none leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Reads the whole body; a fault when it is cut short, broken or longer than <paramref name="maxBytes"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<(UpstreamAnswer? Answer, UpstreamFault? Fault)> ReadAsync(
        HttpResponseMessage response, long maxBytes, CancellationToken cancellationToken)
    {
        var expected = response.Content.Headers.ContentLength;
        if (expected > maxBytes)
        {
            return (null, TooLong(response, maxBytes));
        }
        var array = ArrayPool<byte>.Shared.Rent((int)Math.Max(1024, (expected ?? 8191) + 1));
        var length = 0;
        try
        {
            var source = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (true)
            {
                if (length == array.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(array.Length * 2);
                    array.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(array);
                    array = larger;
                }
                var read = await source.ReadAsync(array.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    break;
                }
                length += read;
                if (length > maxBytes)
                {
                    return (null, TooLong(response, maxBytes));
                }
            }
            var answer = new UpstreamAnswer(array, length);
            array = null;
            return (answer, null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // Cut by ourselves: a read that was cancelled may fail in its own way.
            cancellationToken.ThrowIfCancellationRequested();
            return (null, new UpstreamFault(FaultKind.BadResponse, (int)response.StatusCode, "The upstream closed the connection in the middle of its answer."));
        }
        finally
        {
            if (array is not null)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            Interlocked.Decrement(ref s_outstanding);
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private static UpstreamFault TooLong(HttpResponseMessage response, long maxBytes) =>
        new(FaultKind.BadResponse, (int)response.StatusCode, $"The upstream's answer is longer than {maxBytes} bytes.") { Code = StreamCaps.ExceededCode };
}
