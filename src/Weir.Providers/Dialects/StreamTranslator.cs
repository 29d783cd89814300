using System.Buffers;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;

namespace Weir.Providers.Dialects;

/// <summary>
/// Turns the events of one upstream stream into those of the client's dialect. Takes whole events, as <see cref="UpstreamStream"/> hands them
/// out: framing, caps and cuts are its business. The bytes that it returns are valid until the next call.
/// </summary>
/// <param name="reader">Reads the upstream's events.</param>
/// <param name="writer">Writes the client's.</param>
/// <param name="marker">Marks seals; null = they stay as they are.</param>
public sealed class StreamTranslator(IDeltaReader reader, IDeltaWriter writer, SealMarker? marker = null) : IStreamTranslation
{
    private readonly ArrayBufferWriter<byte> _target = new(1024);
    private readonly List<ChatDelta> _deltas = [];
    private bool _usageTold;
    private bool _ended;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> events)
    {
        _target.ResetWrittenCount();
        Read(events);
        Write();
        return _target.WrittenMemory;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> terminal, TokenUsage settled)
    {
        _target.ResetWrittenCount();
        Read(terminal);
        reader.Finish(_deltas);
        if (_deltas.Count > 0 && _deltas[^1].Kind == DeltaKind.End)
        {
            _deltas.RemoveAt(_deltas.Count - 1);
        }
        Write();
        if (!_usageTold)
        {
            writer.Write(new ChatDelta(DeltaKind.Usage) { Usage = settled }, _target);
        }
        if (!_ended)
        {
            _ended = true;
            writer.Write(new ChatDelta(DeltaKind.End), _target);
        }
        return _target.WrittenMemory;
    }

    private void Read(ReadOnlySpan<byte> events)
    {
        var scanner = default(SseScanner);
        while (scanner.TryRead(events, ended: true, out var found))
        {
            var data = events[found.DataStart..found.DataEnd];
            if (data.IsEmpty)
            {
                continue;
            }
            reader.Read(events[found.NameStart..found.NameEnd], found.DataLines > 1 ? SseData.Join(data) : data, _deltas);
        }
    }

    private void Write()
    {
        foreach (var delta in _deltas)
        {
            // The end waits for Finish, wherever the upstream said it.
            if (delta.Kind == DeltaKind.End)
            {
                continue;
            }
            _usageTold |= delta.Kind == DeltaKind.Usage;
            writer.Write(marker is null ? delta : marker.Mark(delta), _target);
        }
        _deltas.Clear();
    }
}
