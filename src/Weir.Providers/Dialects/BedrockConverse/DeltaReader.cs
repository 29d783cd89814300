using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads the events of ConverseStream, one stream. Only tool calls announce their block; text and thoughts begin with their first piece.</summary>
internal sealed class DeltaReader : IDeltaReader
{
    private readonly List<RawJson> _citations = [];
    private DeltaPart _part;
    private long _block = -1;
    private int _index;
    private bool _started;
    private bool _open;
    private bool _isJsonTool;
    private bool _jsonToolSeen;
    private bool _toolSeen;
    private bool _stopped;
    private bool _ended;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        StreamEvent read;
        try
        {
            read = StreamEvent.Read(name, data);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new DialectException("event", "An event of the stream is not JSON.");
        }
        switch (read.Kind)
        {
            case StreamEventKind.MessageStart:
                Start(deltas);
                break;
            case StreamEventKind.BlockStart when read.ToolName is not null && !_stopped:
                Start(deltas);
                OpenTool(read, deltas);
                break;
            case StreamEventKind.BlockDelta when !_stopped:
                Start(deltas);
                Add(read, deltas);
                break;
            case StreamEventKind.BlockStop when read.Block == _block:
                Close(deltas);
                break;
            case StreamEventKind.MessageStop when !_stopped:
                Start(deltas);
                Close(deltas);
                _stopped = true;
                deltas.Add(new ChatDelta(DeltaKind.Stop)
                {
                    Stop = read.Stop == StopReason.ToolUse && _jsonToolSeen && !_toolSeen ? StopReason.EndTurn : read.Stop,
                    Text = read.StopText,
                });
                break;
            case StreamEventKind.Metadata:
                Start(deltas);
                if (read.HasUsage)
                {
                    deltas.Add(new ChatDelta(DeltaKind.Usage) { Usage = read.Usage, ServiceTier = read.Tier });
                }
                if (_stopped)
                {
                    End(deltas);
                }
                break;
        }
    }

    /// <inheritdoc/>
    public void Finish(List<ChatDelta> deltas)
    {
        if (!_ended)
        {
            Start(deltas);
            Close(deltas);
            if (!_stopped)
            {
                _stopped = true;
                deltas.Add(new ChatDelta(DeltaKind.Stop) { Stop = StopReason.None });
            }
            End(deltas);
        }
    }

    private void Start(List<ChatDelta> deltas)
    {
        if (!_started)
        {
            _started = true;
            deltas.Add(new ChatDelta(DeltaKind.Start) { Id = "", Name = "" });
        }
    }

    private void OpenTool(in StreamEvent read, List<ChatDelta> deltas)
    {
        Close(deltas);
        _isJsonTool = read.ToolName == Names.JsonTool;
        _jsonToolSeen |= _isJsonTool;
        _toolSeen |= !_isJsonTool;
        if (_isJsonTool)
        {
            Open(read.Block, DeltaPart.Text, deltas);
        }
        else
        {
            Open(read.Block, DeltaPart.ToolCall, deltas, read.ToolId, read.ToolName);
        }
    }

    private void Add(in StreamEvent read, List<ChatDelta> deltas)
    {
        if (read.ToolInput is { } input)
        {
            // Without its start nobody knows which tool it is for.
            if (_open && read.Block == _block && (_part == DeltaPart.ToolCall || _isJsonTool) && input.Length > 0)
            {
                deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _index, Part = _part, Text = input });
            }
        }
        else if (read.Text is { Length: > 0 } text)
        {
            Ensure(read.Block, DeltaPart.Text, deltas);
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _index, Part = DeltaPart.Text, Text = text });
        }
        else if (read.Citation.Utf8.Span is [(byte)'{', ..])
        {
            Ensure(read.Block, DeltaPart.Text, deltas);
            _citations.Add(read.Citation);
        }
        else if (read.Thought is { Length: > 0 } thought)
        {
            Ensure(read.Block, DeltaPart.Thinking, deltas);
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = _index, Part = DeltaPart.Thinking, Text = thought });
        }
        else if (read.Signature is { Length: > 0 } signature)
        {
            Ensure(read.Block, DeltaPart.Thinking, deltas);
            deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = _index, Part = DeltaPart.Thinking, Text = signature });
        }
        else if (read.Redacted is { Length: > 0 } redacted)
        {
            Ensure(read.Block, DeltaPart.RedactedThinking, deltas);
            deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = _index, Part = DeltaPart.RedactedThinking, Text = redacted });
        }
    }

    private void Ensure(long block, DeltaPart part, List<ChatDelta> deltas)
    {
        if (!_open || _block != block || _part != part || _isJsonTool)
        {
            Close(deltas);
            Open(block, part, deltas);
        }
    }

    private void Open(long block, DeltaPart part, List<ChatDelta> deltas, string? id = null, string? name = null)
    {
        (_open, _block, _part) = (true, block, part);
        deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = _index, Part = part, Id = id, Name = name });
    }

    private void Close(List<ChatDelta> deltas)
    {
        if (_open)
        {
            deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = _index++, Part = _part, Opaque = TakeCitations() });
            _open = _isJsonTool = false;
        }
    }

    /// <summary>The sources of the text that ends, as a whole answer lists them.</summary>
    private OpaquePart? TakeCitations()
    {
        if (_citations.Count == 0)
        {
            return null;
        }
        var list = new List<byte> { (byte)'[' };
        foreach (var one in _citations)
        {
            if (list.Count > 1)
            {
                list.Add((byte)',');
            }
            list.AddRange(one.Utf8.Span);
        }
        list.Add((byte)']');
        _citations.Clear();
        return new OpaquePart(WireFormat.BedrockConverse, "citations", new RawJson(list.ToArray()));
    }

    private void End(List<ChatDelta> deltas)
    {
        _ended = true;
        deltas.Add(new ChatDelta(DeltaKind.End));
    }
}
