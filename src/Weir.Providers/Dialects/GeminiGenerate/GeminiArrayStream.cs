using System.Buffers;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// A stream of Gemini's as one JSON array, which is what a client gets that does not ask for <c>alt=sse</c>: each event is an element, and the
/// closing bracket is the end.
/// </summary>
/// <param name="inner">Says the stream in Gemini's format first; null when the upstream speaks it.</param>
public sealed class GeminiArrayStream(IStreamTranslation? inner) : IStreamTranslation
{
    private readonly ArrayBufferWriter<byte> _target = new(1024);
    private bool _begun;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> events)
    {
        _target.ResetWrittenCount();
        Write(inner is null ? events : inner.Translate(events).Span);
        return _target.WrittenMemory;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> terminal, TokenUsage settled) => Close(inner is null ? terminal : inner.Finish(terminal, settled).Span);

    /// <summary>What ends the stream when it fails: an event in Gemini's format, as the last element.</summary>
    public ReadOnlyMemory<byte> Fail(ReadOnlySpan<byte> error) => Close(error);

    private ReadOnlyMemory<byte> Close(ReadOnlySpan<byte> events)
    {
        _target.ResetWrittenCount();
        Write(events);
        _target.Write(_begun ? "\r\n]"u8 : "[]"u8);
        return _target.WrittenMemory;
    }

    private void Write(ReadOnlySpan<byte> events)
    {
        var scanner = default(SseScanner);
        while (scanner.TryRead(events, ended: true, out var found))
        {
            var data = events[found.DataStart..found.DataEnd];
            if (data.IsEmpty)
            {
                continue;
            }
            _target.Write(_begun ? ",\r\n"u8 : "["u8);
            _begun = true;
            _target.Write(found.DataLines > 1 ? SseData.Join(data) : data);
        }
    }
}
