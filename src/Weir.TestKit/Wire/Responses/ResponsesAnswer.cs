using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Responses;

/// <summary>A response, whole or streamed, kept when the request does not forbid it.</summary>
internal sealed class ResponsesAnswer : OpenAIAnswer
{
    private readonly ResponsesRequest _request;
    private readonly Spoken _spoken;
    private readonly ResponseWriter _writer;
    private int _sequence;

    public ResponsesAnswer(ScriptedModelOptions options, ModelScript script, ServerMemory<StoredResponse> memory, ResponsesRequest request)
        : base(options, request)
    {
        _request = request;
        _spoken = Spoken.Of(options, script, request);
        _writer = new ResponseWriter(request, _spoken);
        if (request.Store)
        {
            memory.Keep(_writer.Id, Stored());
        }
    }

    public override WireShape Shape => ResponsesShape.Instance;

    public override bool Streams => Request.Stream;

    public override void WriteBody(IBufferWriter<byte> output) => output.Write(Body(_request.Background ? "queued" : _writer.EndStatus));

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer();
        _sequence = 0;
        yield return Whole(buffer, "response.created", "in_progress");
        yield return Whole(buffer, "response.in_progress", "in_progress");
        var index = 0;
        if (_spoken.Reasoning is { } reasoning)
        {
            foreach (var bytes in Reasoning(buffer, reasoning, index++))
            {
                yield return bytes;
            }
        }

        if (_writer.HasMessage)
        {
            foreach (var bytes in Message(buffer, index++))
            {
                yield return bytes;
            }
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            foreach (var bytes in Call(buffer, call, index))
            {
                yield return bytes;
            }

            index++;
        }

        yield return Whole(buffer, "response." + _writer.EndStatus, _writer.EndStatus);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Reasoning(EventBuffer buffer, string reasoning, int index)
    {
        yield return Item(buffer, "added", index, json => _writer.WriteReasoning(json, ended: false));
        if (_request.WantsSummary)
        {
            yield return Summary(buffer, "response.reasoning_summary_part.added", index, json => WritePart(json, ""));
            foreach (var word in Spoken.Words(reasoning))
            {
                yield return Summary(buffer, "response.reasoning_summary_text.delta", index, json => json.WriteString("delta", word));
            }

            yield return Summary(buffer, "response.reasoning_summary_text.done", index, json => json.WriteString("text", reasoning));
            yield return Summary(buffer, "response.reasoning_summary_part.done", index, json => WritePart(json, reasoning));
        }

        yield return Item(buffer, "done", index, json => _writer.WriteReasoning(json, ended: true));

        static void WritePart(Utf8JsonWriter json, string text)
        {
            json.WritePropertyName("part");
            ResponseWriter.WriteSummary(json, text);
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Message(EventBuffer buffer, int index)
    {
        var text = _spoken.Refusal ?? _spoken.Text ?? "";
        var kind = _spoken.Refusal is null ? "output_text" : "refusal";
        yield return Item(buffer, "added", index, json => _writer.WriteMessage(json, "in_progress"));
        yield return Part(buffer, "response.content_part.added", index, json => WritePart(json, ""));
        foreach (var word in Spoken.Words(text))
        {
            yield return Part(buffer, $"response.{kind}.delta", index, json => WriteText(json, "delta", word));
        }

        yield return Part(buffer, $"response.{kind}.done", index, json => WriteText(json, _spoken.Refusal is null ? "text" : "refusal", text));
        yield return Part(buffer, "response.content_part.done", index, json => WritePart(json, text));
        yield return Item(buffer, "done", index, json => _writer.WriteMessage(json, _writer.EndStatus));

        void WritePart(Utf8JsonWriter json, string said)
        {
            json.WritePropertyName("part");
            _writer.WritePart(json, said);
        }

        void WriteText(Utf8JsonWriter json, string member, string said)
        {
            json.WriteString(member, said);
            if (_spoken.Refusal is null)
            {
                json.WriteStartArray("logprobs");
                json.WriteEndArray();
            }
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Call(EventBuffer buffer, int call, int index)
    {
        var said = _spoken.Calls[call];
        yield return Item(buffer, "added", index, json => _writer.WriteCall(json, call, "in_progress"));
        foreach (var piece in Spoken.Pieces(said.Arguments))
        {
            yield return OfItem(buffer, "response.function_call_arguments.delta", _writer.CallItemId(call), index, json => json.WriteString("delta", piece));
        }

        yield return OfItem(buffer, "response.function_call_arguments.done", _writer.CallItemId(call), index, json =>
        {
            json.WriteString("name", said.Name);
            json.WriteString("arguments", said.Arguments);
        });
        yield return Item(buffer, "done", index, json => _writer.WriteCall(json, call, "completed"));
    }

    private ReadOnlyMemory<byte> Whole(EventBuffer buffer, string name, string status)
    {
        var json = Begin(buffer, name);
        json.WriteStartObject("response");
        _writer.Write(json, status);
        json.WriteEndObject();
        return buffer.EndObject();
    }

    private ReadOnlyMemory<byte> Item(EventBuffer buffer, string what, int index, Action<Utf8JsonWriter> write)
    {
        var json = Begin(buffer, "response.output_item." + what);
        json.WriteNumber("output_index", index);
        json.WritePropertyName("item");
        write(json);
        return buffer.EndObject();
    }

    private ReadOnlyMemory<byte> Summary(EventBuffer buffer, string name, int index, Action<Utf8JsonWriter> write) =>
        OfItem(buffer, name, _writer.ReasoningId, index, json =>
        {
            json.WriteNumber("summary_index", 0);
            write(json);
        });

    private ReadOnlyMemory<byte> Part(EventBuffer buffer, string name, int index, Action<Utf8JsonWriter> write) =>
        OfItem(buffer, name, _writer.MessageId, index, json =>
        {
            json.WriteNumber("content_index", 0);
            write(json);
        });

    private ReadOnlyMemory<byte> OfItem(EventBuffer buffer, string name, string item, int index, Action<Utf8JsonWriter> write)
    {
        var json = Begin(buffer, name);
        json.WriteString("item_id", item);
        json.WriteNumber("output_index", index);
        write(json);
        return buffer.EndObject();
    }

    private Utf8JsonWriter Begin(EventBuffer buffer, string name)
    {
        var json = buffer.Start(name);
        json.WriteNumber("sequence_number", _sequence++);
        return json;
    }

    private byte[] Body(string status)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Lenient))
        {
            json.WriteStartObject();
            _writer.Write(json, status);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private StoredResponse Stored()
    {
        var input = _request.Input.Select(WithId).ToList();
        using var whole = JsonDocument.Parse(Body(_writer.EndStatus));
        var output = whole.RootElement.Items("output").Select(o => o.Clone());
        var before = _request.Previous?.Conversation ?? [];
        return new StoredResponse(
            _writer.Id, Body(_writer.EndStatus), _request.Background ? Body("queued") : null, Body("cancelled"), input, [.. before, .. input, .. output]);
    }

    /// <summary>The item with an id, a type, and its text as a list of parts, as the list of input items shows it.</summary>
    private JsonElement WithId(JsonElement item, int index)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Lenient))
        {
            json.WriteStartObject();
            if (item.Text("id") is null)
            {
                json.WriteString("id", $"{(item.Text("type") is { } type and not "message" ? type[..2] : "msg")}_{Request.Number:D6}_in{index}");
            }

            if (item.Text("type") is null)
            {
                json.WriteString("type", "message");
            }

            foreach (var member in item.EnumerateObject())
            {
                if (member.NameEquals("content") && member.Value.ValueKind == JsonValueKind.String)
                {
                    json.WriteStartArray("content");
                    json.WriteStartObject();
                    json.WriteString("type", item.Is("role", "assistant") ? "output_text" : "input_text");
                    json.WriteString("text", member.Value.GetString());
                    json.WriteEndObject();
                    json.WriteEndArray();
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }
}
