using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Reads one stream. OpenAI streams item after item; others mix them, leave deltas out, or send nothing but whole items. So every part is
/// told once, by whichever event says it first, and parts that overlap are told one after the other (<see cref="PartQueue"/>).
/// </summary>
internal sealed class ResponsesDeltaReader : IDeltaReader
{
    // A response has a few dozen items. A stream that opens more is not one, and must not fill the memory with their names.
    private const int MostItems = 4096;

    private readonly PartQueue _queue = new();
    private readonly HashSet<long> _finished = [];
    private long _current;
    private bool _started;
    private bool _stopped;
    private bool _ended;

    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (_ended || data.SequenceEqual("[DONE]"u8))
        {
            return;
        }
        StreamEvent found;
        try
        {
            found = StreamEvent.Read(name, data);
            Take(found, data, deltas);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DialectException("", "An event of the upstream's stream is not valid JSON.");
        }
    }

    public void Finish(List<ChatDelta> deltas)
    {
        if (_ended)
        {
            return;
        }
        _ended = true;
        _queue.EndAll(deltas);
        deltas.Add(new ChatDelta(DeltaKind.End));
    }

    private void Take(in StreamEvent found, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (found.Kind is StreamEventKind.None || (_stopped && found.Kind != StreamEventKind.Terminal))
        {
            return;
        }
        Start(found, data, deltas);
        if (found.Output >= 0)
        {
            _current = found.Output;
        }
        switch (found.Kind)
        {
            case StreamEventKind.ItemAdded:
                Added(found, data, deltas);
                break;
            case StreamEventKind.ItemDone:
                Done(found.Item, data, deltas);
                break;
            case StreamEventKind.TextDelta or StreamEventKind.TextDone:
                Say(DeltaPart.Text, found.Part, found.Delta, found.Whole, found.Kind == StreamEventKind.TextDone, deltas);
                break;
            case StreamEventKind.RefusalDelta or StreamEventKind.RefusalDone:
                Say(DeltaPart.Refusal, found.Part, found.Delta, found.Whole, found.Kind == StreamEventKind.RefusalDone, deltas);
                break;
            case StreamEventKind.PartDone:
                PartDone(found, data, deltas);
                break;
            case StreamEventKind.ArgumentsDelta or StreamEventKind.CustomInputDelta:
                _queue.Input(_current, found.Delta, deltas);
                break;
            case StreamEventKind.ArgumentsDone or StreamEventKind.CustomInputDone:
                _queue.EndInput(_current, found.Whole, deltas);
                break;
            case StreamEventKind.SummaryDelta or StreamEventKind.ReasoningDelta:
                Think(found, deltas);
                break;
            case StreamEventKind.Terminal:
                Terminate(found.Response, data, deltas);
                break;
            case StreamEventKind.Error:
                Stop(StopReason.Error, deltas);
                break;
        }
    }

    private void Start(in StreamEvent found, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (_started)
        {
            return;
        }
        var answer = new ResponsesAnswerReader();
        if (found.Response.End > 0)
        {
            ReadResponse(answer, found.Response, data, withOutput: false);
        }
        _started = true;
        deltas.Add(new ChatDelta(DeltaKind.Start) { Id = answer.Result.Id, Name = answer.Result.Model, Usage = answer.Result.Usage, ServiceTier = Served(answer) });
    }

    private void Added(in StreamEvent found, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (found.Item.End == 0 || _finished.Contains(_current))
        {
            return;
        }
        var reader = new Utf8JsonReader(data[found.Item.Start..found.Item.End], Fields.Options);
        reader.Read();
        var item = Item.Read(ref reader, data[found.Item.Start..found.Item.End], Place.InAnswer);
        if (item.Type is Item.FunctionCall or Item.CustomToolCall && item.Name is { Length: > 0 } && (item.CallId ?? item.Id) is { Length: > 0 } id)
        {
            _queue.Call(_current, id, item.Name, item.Type == Item.CustomToolCall, deltas);
        }
    }

    private void Done(ByteSpan span, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (span.End == 0 || _finished.Count > MostItems || _finished.Contains(_current))
        {
            return;
        }
        var source = data[span.Start..span.End];
        var reader = new Utf8JsonReader(source, Fields.Options);
        reader.Read();
        var item = Item.Read(ref reader, source, Place.InAnswer);
        _finished.Add(_current);
        Finished(_current, item, deltas);
    }

    /// <summary>Tells what no earlier event told of a whole item, and closes what one opened.</summary>
    private void Finished(long output, Item item, List<ChatDelta> deltas)
    {
        if (item.Type == Item.Reasoning)
        {
            if (item.ToThinking() is { } thinking)
            {
                _queue.EndThinking(output, thinking, deltas);
            }
            _queue.EndItem(output, deltas);
            return;
        }
        if (item.Type is Item.FunctionCall or Item.CustomToolCall && _queue.Knows(output, 0))
        {
            _queue.EndInput(output, item.Input, deltas);
            return;
        }
        var parts = new List<ContentPart>();
        item.AddTo(parts);
        for (var n = 0; n < parts.Count; n++)
        {
            _queue.Cite(output, n, parts[n]);
        }
        _queue.EndItem(output, deltas);
        for (var n = 0; n < parts.Count; n++)
        {
            if (!_queue.Knows(output, n))
            {
                _queue.Whole(output, n, parts[n], deltas);
            }
        }
    }

    private void Say(DeltaPart kind, long part, string? delta, string? whole, bool ends, List<ChatDelta> deltas)
    {
        if (_finished.Contains(_current))
        {
            return;
        }
        var text = ends && !_queue.Knows(_current, part) ? whole : delta;
        // The part stays open until it is whole: its sources come after its text.
        if (text is not null)
        {
            _queue.Say(_current, part, kind, text, deltas);
        }
    }

    private void PartDone(in StreamEvent found, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        if (found.Content.End > 0)
        {
            var source = data[found.Content.Start..found.Content.End];
            var reader = new Utf8JsonReader(source, Fields.Options);
            reader.Read();
            _queue.Cite(_current, found.Part, ContentReader.ReadPart(ref reader, source, Place.InAnswer));
        }
        _queue.End(_current, found.Part, deltas);
    }

    private void Think(in StreamEvent found, List<ChatDelta> deltas)
    {
        if (!_finished.Contains(_current) && found.Delta is { Length: > 0 } text)
        {
            _queue.Think(_current, found.Kind == StreamEventKind.SummaryDelta, found.Part, text, deltas);
        }
    }

    private void Terminate(ByteSpan response, ReadOnlySpan<byte> data, List<ChatDelta> deltas)
    {
        var answer = new ResponsesAnswerReader();
        var nothingTold = _finished.Count == 0 && !_queue.Any;
        if (response.End > 0)
        {
            ReadResponse(answer, response, data, nothingTold && !_stopped);
        }
        _queue.EndAll(deltas);
        for (var n = 0; n < answer.Parts.Count; n++)
        {
            _queue.Whole(n, 0, answer.Parts[n], deltas);
        }
        if (answer.HasUsage)
        {
            deltas.Add(new ChatDelta(DeltaKind.Usage) { Usage = answer.Result.Usage, ServiceTier = Served(answer) });
        }
        Stop(answer.Stop(_queue.CalledTool), deltas);
        _ended = true;
        deltas.Add(new ChatDelta(DeltaKind.End));
    }

    private void Stop(StopReason reason, List<ChatDelta> deltas)
    {
        if (_stopped)
        {
            return;
        }
        _stopped = true;
        _queue.EndAll(deltas);
        deltas.Add(new ChatDelta(DeltaKind.Stop) { Stop = reason });
    }

    /// <summary>Until the end OpenAI repeats what was asked: <c>auto</c> is no tier.</summary>
    private static string? Served(ResponsesAnswerReader answer) => answer.Result.ServiceTier is "auto" ? null : answer.Result.ServiceTier;

    private static void ReadResponse(ResponsesAnswerReader answer, ByteSpan span, ReadOnlySpan<byte> data, bool withOutput)
    {
        var source = data[span.Start..span.End];
        var reader = new Utf8JsonReader(source, Fields.Options);
        reader.Read();
        answer.ReadObject(ref reader, source, withOutput);
    }
}
