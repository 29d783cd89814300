using System.Buffers;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;

namespace Weir.Providers.Ids;

/// <summary>
/// A stream with its ids wrapped: the bytes of ids change, all others pass as they are.
/// </summary>
/// <param name="rewriter">Finds and wraps; of this call alone.</param>
/// <param name="deployment">Who streams.</param>
/// <param name="inner">Says the stream in this format first; null when the upstream speaks it.</param>
public sealed class AnswerIdStream(IAnswerIds rewriter, string deployment, IStreamTranslation? inner) : IStreamTranslation
{
    private readonly ArrayBufferWriter<byte> _target = new(1024);
    private readonly List<IdEdit> _edits = [];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> events) => Wrap(inner is null ? events : inner.Translate(events).Span);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> terminal, TokenUsage settled) => Wrap(inner is null ? terminal : inner.Finish(terminal, settled).Span);

    private ReadOnlyMemory<byte> Wrap(ReadOnlySpan<byte> events)
    {
        _target.ResetWrittenCount();
        if (!rewriter.MayBeIn(events))
        {
            _target.Write(events);
            return _target.WrittenMemory;
        }
        var scanner = new SseScanner();
        var passed = 0;
        while (scanner.TryRead(events, ended: true, out var found))
        {
            var data = events[found.DataStart..found.DataEnd];
            if (found.DataLines == 0)
            {
                continue;
            }
            if (found.DataLines > 1)
            {
                // A line break inside JSON is white space: the same data on one line.
                var joined = SseData.Join(data);
                joined.AsSpan().Replace((byte)'\n', (byte)' ');
                data = joined;
            }
            _edits.Clear();
            rewriter.ReadEvent(data, deployment, _edits);
            if (_edits.Count > 0)
            {
                _target.Write(events[passed..found.DataStart]);
                IdEdit.Apply(data, _edits, _target);
                passed = found.DataEnd;
            }
        }
        _target.Write(events[passed..]);
        return _target.WrittenMemory;
    }
}
