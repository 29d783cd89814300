using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Providers.Upstream;

namespace Weir.Providers.Streaming;

/// <summary>
/// An answer that is no text, such as spoken audio, on its way through: chunk by chunk in one buffer, so that playing can begin before the
/// last byte is there. One owner; <see cref="Dispose"/> closes the call.
/// </summary>
public sealed class UpstreamBytes : IDisposable
{
    private const int ChunkBytes = 32 << 10;
    private static int s_outstanding;

    private readonly HttpResponseMessage _response;
    private readonly Stream _source;
    private readonly long _mostBytes;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private int _first;
    private long _total;

    /// <summary>Takes over <paramref name="response"/>.</summary>
    public UpstreamBytes(HttpResponseMessage response, Stream source, long mostBytes)
    {
        _response = response;
        _source = source;
        _mostBytes = mostBytes;
        Interlocked.Increment(ref s_outstanding);
    }

    /// <summary>Answers that hold a buffer right now; tests prove that none leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>What the upstream says that it is.</summary>
    public string ContentType => _response.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";

    /// <summary>Reads the first chunk, so that another upstream can take over when there is none.</summary>
    public async ValueTask<UpstreamFault?> OpenAsync(CancellationToken cancellationToken)
    {
        var step = await NextAsync(cancellationToken);
        _first = step.Bytes.Length;
        return step.Kind switch
        {
            StreamStepKind.Forward => null,
            StreamStepKind.Broken => step.Fault,
            _ => new UpstreamFault(FaultKind.BadResponse, (int)_response.StatusCode, "The upstream's answer is empty."),
        };
    }

    /// <summary>The next bytes, the end, or the break. The bytes are valid until the next call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StreamStep> NextAsync(CancellationToken cancellationToken)
    {
        if (_first > 0)
        {
            var first = _buffer.AsMemory(0, _first);
            _first = 0;
            return new StreamStep(StreamStepKind.Forward, first, null);
        }
        try
        {
            var read = await _source.ReadAsync(_buffer, cancellationToken);
            _total += read;
            return _total > _mostBytes
                ? Broken($"The upstream's answer is longer than {_mostBytes} bytes.", StreamCaps.ExceededCode)
                : read > 0 ? new StreamStep(StreamStepKind.Forward, _buffer.AsMemory(0, read), null) : new StreamStep(StreamStepKind.Done, default, null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // Cut by ourselves: a read that was cancelled may fail in its own way.
            cancellationToken.ThrowIfCancellationRequested();
            return Broken("The upstream closed the connection in the middle of its answer.", null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            Interlocked.Decrement(ref s_outstanding);
            _response.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private StreamStep Broken(string message, string? code) =>
        new(StreamStepKind.Broken, default, new UpstreamFault(FaultKind.BadResponse, (int)_response.StatusCode, message) { Code = code });
}
