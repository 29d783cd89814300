using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Writes one stream. Text and refusals in a row are parts of one message item, as in whole answers; the item is closed when something else
/// begins or the answer ends. Every finished item is kept, for the terminal event repeats them all.
/// </summary>
#pragma warning disable CA1001 // The JSON writer holds no more than buffers of its own; it is flushed after every event.
internal sealed class ResponsesDeltaWriter(AnswerContext context) : IDeltaWriter
#pragma warning restore CA1001
{
    private readonly ResponseObject _response = new(context);
    private readonly List<ToolDefinition> _tools = context.Turn.Tools;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _item = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _seal = new();
    private readonly List<ContentPart> _said = [];
    private readonly Utf8JsonWriter _json = new(Stream.Null, JsonForm.Options);
    private readonly Utf8JsonWriter _itemJson = new(Stream.Null, JsonForm.Options);
    private long _sequence;
    private int _items;
    private bool _started;
    private bool _ended;
    private bool _messageOpen;
    private bool _summaryOpen;
    private DeltaPart _part;
    private string _itemId = "";
    private string _callId = "";
    private string _name = "";
    private bool _freeForm;
    private StopReason _stop;
    private TokenUsage _usage;
    private string? _tier;

    public void Write(in ChatDelta delta, IBufferWriter<byte> target)
    {
        if (_ended || delta.Choice > 0)
        {
            return;
        }
        if (delta.Kind == DeltaKind.Start)
        {
            _response.Take(delta.Id, delta.Name, 0);
            _usage = delta.Usage;
        }
        _tier = delta.ServiceTier ?? _tier;
        Start(target);
        switch (delta.Kind)
        {
            case DeltaKind.PartStart:
                Open(delta, target);
                break;
            case DeltaKind.Text when delta.Text is { Length: > 0 } text:
                Say(text, target);
                break;
            case DeltaKind.Signature:
                _seal.Append(delta.Text);
                break;
            case DeltaKind.PartEnd:
                Close(delta, target);
                break;
            case DeltaKind.Opaque when delta.Opaque is { Dialect: WireFormat.OpenAIResponses } opaque:
                CloseMessage(target);
                WriteOpaque(opaque, target);
                break;
            case DeltaKind.Media when delta.Media is ImagePart { Source.Base64: { } bytes } image:
                CloseMessage(target);
                ItemWriter.WriteImage(BeginItem(), _response.ItemId("ig", _items), image.MediaType, bytes);
                WriteItem("response.output_item.added"u8, target);
                FinishItem(target);
                break;
            case DeltaKind.Stop:
                _stop = delta.Stop;
                CloseMessage(target);
                break;
            case DeltaKind.Usage:
                _usage = delta.Usage;
                break;
            case DeltaKind.End:
                CloseMessage(target);
                End(target);
                break;
        }
    }

    private void Start(IBufferWriter<byte> target)
    {
        if (_started)
        {
            return;
        }
        _started = true;
        WriteResponse("response.created"u8, ItemWriter.InProgress, null, target);
        WriteResponse("response.in_progress"u8, ItemWriter.InProgress, null, target);
    }

    private void End(IBufferWriter<byte> target)
    {
        _ended = true;
        var status = ResponseObject.Status(_stop);
        WriteResponse(
            status.SequenceEqual(ItemWriter.Incomplete) ? "response.incomplete"u8 : status.SequenceEqual(ItemWriter.Completed) ? "response.completed"u8 : "response.failed"u8,
            status, _usage, target);
    }

    private void Open(in ChatDelta delta, IBufferWriter<byte> target)
    {
        _part = delta.Part;
        _text.Clear();
        _seal.Clear();
        switch (delta.Part)
        {
            case DeltaPart.Text or DeltaPart.Refusal:
                OpenMessage(target);
                Begin("response.content_part.added"u8, target);
                Place(content: true);
                _json.WritePropertyName("part"u8);
                ContentWriter.WriteOutput(_json, Said(""), complete: true);
                EndEvent(target);
                break;
            case DeltaPart.Thinking or DeltaPart.RedactedThinking:
                CloseMessage(target);
                _summaryOpen = false;
                _seal.Append(delta.Signature);
                _itemId = delta.Id is { } id && id.StartsWith("rs_", StringComparison.Ordinal) ? id : _response.ItemId("rs", _items);
                ItemWriter.WriteReasoning(BeginItem(), _itemId, "", null, false);
                WriteItem("response.output_item.added"u8, target);
                break;
            default:
                CloseMessage(target);
                _name = delta.Name ?? "";
                _callId = SignedToolIds.Join(delta.Id ?? "", delta.Signature);
                _freeForm = ToolWriter.IsFreeForm(_tools, _name);
                _itemId = _response.ItemId(_freeForm ? "ctc" : "fc", _items);
                ItemWriter.WriteCall(BeginItem(), _itemId, ItemWriter.InProgress, _callId, _name, _freeForm, "");
                WriteItem("response.output_item.added"u8, target);
                break;
        }
    }

    private void OpenMessage(IBufferWriter<byte> target)
    {
        if (_messageOpen)
        {
            return;
        }
        _messageOpen = true;
        _said.Clear();
        _itemId = _response.ItemId("msg", _items);
        ItemWriter.WriteMessage(BeginItem(), _itemId, ItemWriter.InProgress, _said, 0, 0);
        WriteItem("response.output_item.added"u8, target);
    }

    private void Say(string text, IBufferWriter<byte> target)
    {
        _text.Append(text);
        switch (_part)
        {
            case DeltaPart.Text:
                Begin("response.output_text.delta"u8, target);
                Place(content: true);
                _json.WriteString("delta"u8, text);
                _json.WriteStartArray("logprobs"u8);
                _json.WriteEndArray();
                EndEvent(target);
                break;
            case DeltaPart.Refusal:
                WriteDelta("response.refusal.delta"u8, text, content: true, target);
                break;
            case DeltaPart.ToolCall when !_freeForm:
                WriteDelta("response.function_call_arguments.delta"u8, text, content: false, target);
                break;
            case DeltaPart.Thinking:
                if (!_summaryOpen)
                {
                    _summaryOpen = true;
                    WriteSummaryEvent("response.reasoning_summary_part.added"u8, "", asPart: true, target);
                }
                Begin("response.reasoning_summary_text.delta"u8, target);
                PlaceInSummary();
                _json.WriteString("delta"u8, text);
                EndEvent(target);
                break;
        }
    }

    private void Close(in ChatDelta delta, IBufferWriter<byte> target)
    {
        var text = _text.ToString();
        switch (_part)
        {
            case DeltaPart.Text or DeltaPart.Refusal:
                CloseText(text, delta.Opaque, target);
                break;
            case DeltaPart.Thinking or DeltaPart.RedactedThinking:
                CloseThinking(text, target);
                break;
            default:
                CloseCall(text, target);
                break;
        }
    }

    private void CloseText(string text, OpaquePart? sources, IBufferWriter<byte> target)
    {
        var refusal = _part == DeltaPart.Refusal;
        var part = Said(text);
        if (part is TextPart plain && sources is { Kind: Annotations.Kind })
        {
            part = plain with { Citations = sources.Value, CitationsFrom = sources.Dialect };
            WriteSources((TextPart)part, target);
        }
        Begin(refusal ? "response.refusal.done"u8 : "response.output_text.done"u8, target);
        Place(content: true);
        _json.WriteString(refusal ? "refusal"u8 : "text"u8, text);
        if (!refusal)
        {
            _json.WriteStartArray("logprobs"u8);
            _json.WriteEndArray();
        }
        EndEvent(target);
        Begin("response.content_part.done"u8, target);
        Place(content: true);
        _json.WritePropertyName("part"u8);
        ContentWriter.WriteOutput(_json, part, complete: true);
        EndEvent(target);
        _said.Add(part);
    }

    private void WriteSources(TextPart text, IBufferWriter<byte> target)
    {
        var list = BeginItem();
        list.WriteStartArray();
        Annotations.Write(list, text);
        list.WriteEndArray();
        list.Flush();
        var reader = new Utf8JsonReader(_item.WrittenSpan, Fields.Options);
        reader.Read();
        for (var n = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; n++)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            Begin("response.output_text.annotation.added"u8, target);
            Place(content: true);
            _json.WriteNumber("annotation_index"u8, n);
            _json.WritePropertyName("annotation"u8);
            _json.WriteRawValue(_item.WrittenSpan[start..(int)reader.BytesConsumed], skipInputValidation: true);
            EndEvent(target);
        }
    }

    private void CloseThinking(string text, IBufferWriter<byte> target)
    {
        if (_summaryOpen)
        {
            WriteSummaryEvent("response.reasoning_summary_text.done"u8, text, asPart: false, target);
            WriteSummaryEvent("response.reasoning_summary_part.done"u8, text, asPart: true, target);
        }
        ItemWriter.WriteReasoning(BeginItem(), _itemId, text, _seal.ToString(), _part == DeltaPart.RedactedThinking);
        FinishItem(target);
    }

    private void CloseCall(string arguments, IBufferWriter<byte> target)
    {
        var input = _freeForm ? FreeForm.Unwrap(arguments) : arguments;
        if (_freeForm && input.Length > 0)
        {
            // The text is known only when the object around it is whole.
            WriteDelta("response.custom_tool_call_input.delta"u8, input, content: false, target);
        }
        else if (!_freeForm && input.Length == 0)
        {
            // A tool without arguments: clients parse what they get.
            input = "{}";
            WriteDelta("response.function_call_arguments.delta"u8, input, content: false, target);
        }
        Begin(_freeForm ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8, target);
        Place(content: false);
        if (!_freeForm)
        {
            _json.WriteString("name"u8, _name);
        }
        _json.WriteString(_freeForm ? "input"u8 : "arguments"u8, input);
        EndEvent(target);
        ItemWriter.WriteCall(BeginItem(), _itemId, ItemWriter.Completed, _callId, _name, _freeForm, input);
        FinishItem(target);
    }

    private void CloseMessage(IBufferWriter<byte> target)
    {
        if (!_messageOpen)
        {
            return;
        }
        _messageOpen = false;
        var status = ResponseObject.Status(_stop).SequenceEqual(ItemWriter.Completed) ? ItemWriter.Completed : ItemWriter.Incomplete;
        ItemWriter.WriteMessage(BeginItem(), _itemId, status, _said, 0, _said.Count);
        FinishItem(target);
    }

    private void WriteOpaque(OpaquePart opaque, IBufferWriter<byte> target)
    {
        opaque.Value.WriteTo(BeginItem());
        WriteItem("response.output_item.added"u8, target);
        FinishItem(target);
    }

    private ContentPart Said(string text) => _part == DeltaPart.Refusal ? new RefusalPart(text) : new TextPart(text);

    private Utf8JsonWriter BeginItem()
    {
        _item.ResetWrittenCount();
        _itemJson.Reset(_item);
        return _itemJson;
    }

    private void WriteItem(ReadOnlySpan<byte> name, IBufferWriter<byte> target)
    {
        _itemJson.Flush();
        Begin(name, target);
        _json.WriteNumber("output_index"u8, _items);
        _json.WritePropertyName("item"u8);
        _json.WriteRawValue(_item.WrittenSpan, skipInputValidation: true);
        EndEvent(target);
    }

    private void FinishItem(IBufferWriter<byte> target)
    {
        WriteItem("response.output_item.done"u8, target);
        if (_items > 0)
        {
            _output.Write(","u8);
        }
        _output.Write(_item.WrittenSpan);
        _items++;
    }

    private void WriteResponse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> status, TokenUsage? usage, IBufferWriter<byte> target)
    {
        Begin(name, target);
        _json.WritePropertyName("response"u8);
        _response.Write(_json, status, _stop, _output.WrittenSpan, usage, _tier);
        EndEvent(target);
    }

    private void WriteDelta(ReadOnlySpan<byte> name, string text, bool content, IBufferWriter<byte> target)
    {
        Begin(name, target);
        Place(content);
        _json.WriteString("delta"u8, text);
        EndEvent(target);
    }

    private void WriteSummaryEvent(ReadOnlySpan<byte> name, string text, bool asPart, IBufferWriter<byte> target)
    {
        Begin(name, target);
        PlaceInSummary();
        if (asPart)
        {
            _json.WritePropertyName("part"u8);
            ItemWriter.WriteSummaryPart(_json, text);
        }
        else
        {
            _json.WriteString("text"u8, text);
        }
        EndEvent(target);
    }

    private void Place(bool content)
    {
        _json.WriteString("item_id"u8, _itemId);
        _json.WriteNumber("output_index"u8, _items);
        if (content)
        {
            _json.WriteNumber("content_index"u8, _said.Count);
        }
    }

    private void PlaceInSummary()
    {
        Place(content: false);
        _json.WriteNumber("summary_index"u8, 0);
    }

    private void Begin(ReadOnlySpan<byte> name, IBufferWriter<byte> target)
    {
        target.Write("event: "u8);
        target.Write(name);
        target.Write("\ndata: "u8);
        _json.Reset(target);
        _json.WriteStartObject();
        _json.WriteString("type"u8, name);
        _json.WriteNumber("sequence_number"u8, _sequence++);
    }

    private void EndEvent(IBufferWriter<byte> target)
    {
        _json.WriteEndObject();
        _json.Flush();
        target.Write("\n\n"u8);
    }
}
