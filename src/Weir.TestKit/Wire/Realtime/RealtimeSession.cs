using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Realtime;

/// <summary>What a realtime session says to each event of its client. It knows no socket: it makes events.</summary>
internal sealed class RealtimeSession(ScriptedModelOptions options, ModelScript script, ModelRoute route, int number)
{
    private readonly List<JsonElement> _items = [];
    private JsonElement _session;
    private int _events;
    private int _responses;

    /// <summary>The first event of a session.</summary>
    public byte[] Opening() => Event("session.created", WriteSession);

    /// <summary>The events that answer <paramref name="message"/>.</summary>
    public IEnumerable<byte[]> Answer(ReadOnlyMemory<byte> message)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(message);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return [Error(OpenAIRefusal.Invalid("", "The event is not valid JSON.", "invalid_json"), null)];
        }

        return root.Text("type") switch
        {
            "session.update" => Update(root.Member("session") ?? default),
            "conversation.item.create" => Create(root.Member("item") ?? default),
            "input_audio_buffer.append" => [],
            "input_audio_buffer.commit" => [Event("input_audio_buffer.committed", json => json.WriteString("item_id", $"item_{number:D6}_audio"))],
            "input_audio_buffer.clear" => [Event("input_audio_buffer.cleared", static _ => { })],
            "response.create" => Respond(root.Member("response")),
            "response.cancel" => [Error(OpenAIRefusal.Invalid("", "Cancellation failed: no active response found", "response_cancel_not_active"), root.Text("event_id"))],
            var type => [Error(OpenAIRefusal.Invalid("type", $"Invalid value: '{type}'."), root.Text("event_id"))],
        };
    }

    /// <summary>An error event, for what the client did or for a fault.</summary>
    public byte[] Error(Fault fault, string? eventId) => Event("error", json =>
    {
        json.WriteStartObject("error");
        json.WriteString("type", fault.Status >= 500 ? "server_error" : "invalid_request_error");
        json.WriteString("code", fault.Code is "" ? null : fault.Code);
        json.WriteString("message", fault.Message ?? "The server had an error while processing your request. Sorry about that!");
        json.WriteString("param", fault.Param is "" ? null : fault.Param);
        json.WriteString("event_id", eventId);
        json.WriteEndObject();
    });

    private IEnumerable<byte[]> Update(JsonElement session)
    {
        _session = session;
        yield return Event("session.updated", WriteSession);
    }

    private IEnumerable<byte[]> Create(JsonElement item)
    {
        _items.Add(item);
        var id = item.Text("id") ?? $"item_{number:D6}_{_items.Count}";
        foreach (var name in (string[])["conversation.item.added", "conversation.item.done"])
        {
            yield return Event(name, json =>
            {
                json.WriteNull("previous_item_id");
                WriteItem(json, item, id);
            });
        }
    }

    private IEnumerable<byte[]> Respond(JsonElement? asked)
    {
        var turn = new RealtimeTurn(route, asked, _items, _session, number);
        var spoken = Spoken.Of(options, script, turn);
        var response = $"resp_{number:D6}_{++_responses}";
        var item = $"item_{number:D6}_r{_responses}";
        yield return Event("response.created", json => WriteResponse(json, response, "in_progress", null, item));
        var index = 0;
        if (spoken.Text is { } text)
        {
            yield return Item("response.output_item.added", response, index, json => WriteMessage(json, item, null));
            yield return Part("response.content_part.added", response, item, index, json => WritePart(json, ""));
            foreach (var word in Spoken.Words(text))
            {
                yield return Part("response.output_text.delta", response, item, index, json => json.WriteString("delta", word));
            }

            yield return Part("response.output_text.done", response, item, index, json => json.WriteString("text", text));
            yield return Part("response.content_part.done", response, item, index, json => WritePart(json, text));
            yield return Item("response.output_item.done", response, index++, json => WriteMessage(json, item, text));
        }

        for (var call = 0; call < spoken.Calls.Length; call++)
        {
            var made = spoken.Calls[call];
            var at = call;
            yield return Item("response.output_item.added", response, index, json => WriteCall(json, item, at, made.Name, ""));
            foreach (var piece in Spoken.Pieces(made.Arguments))
            {
                yield return Call("response.function_call_arguments.delta", response, item, index, at, json => json.WriteString("delta", piece));
            }

            yield return Call("response.function_call_arguments.done", response, item, index, at, json => json.WriteString("arguments", made.Arguments));
            yield return Item("response.output_item.done", response, index++, json => WriteCall(json, item, at, made.Name, made.Arguments));
        }

        yield return Event("response.done", json => WriteResponse(json, response, "completed", spoken, item));
    }

    private byte[] Item(string name, string response, int index, Action<Utf8JsonWriter> write) => Event(name, json =>
    {
        json.WriteString("response_id", response);
        json.WriteNumber("output_index", index);
        json.WritePropertyName("item");
        write(json);
    });

    private byte[] Part(string name, string response, string item, int index, Action<Utf8JsonWriter> write) => Event(name, json =>
    {
        json.WriteString("response_id", response);
        json.WriteString("item_id", item);
        json.WriteNumber("output_index", index);
        json.WriteNumber("content_index", 0);
        write(json);
    });

    private byte[] Call(string name, string response, string item, int index, int call, Action<Utf8JsonWriter> write) => Event(name, json =>
    {
        json.WriteString("response_id", response);
        json.WriteString("item_id", $"{item}_{call}");
        json.WriteNumber("output_index", index);
        json.WriteString("call_id", $"call_{number:D6}_{call}");
        write(json);
    });

    private byte[] Event(string type, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Wire.Answer.Lenient))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("event_id", $"event_{number:D6}_{++_events}");
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private void WriteSession(Utf8JsonWriter json)
    {
        json.WriteStartObject("session");
        json.WriteString("object", "realtime.session");
        json.WriteString("type", "realtime");
        json.WriteString("id", $"sess_{number:D6}");
        json.WriteString("model", route.Model);
        json.WriteStartArray("output_modalities");
        json.WriteStringValue("text");
        json.WriteEndArray();
        json.WriteString("instructions", _session.Text("instructions") ?? "");
        json.WritePropertyName("tools");
        json.WriteRawValue(_session.Member("tools")?.GetRawText() ?? "[]");
        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, JsonElement item, string id)
    {
        json.WriteStartObject("item");
        json.WriteString("id", id);
        json.WriteString("object", "realtime.item");
        if (item.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in item.EnumerateObject())
            {
                if (!member.NameEquals("id") && !member.NameEquals("object"))
                {
                    member.WriteTo(json);
                }
            }
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string id, string? text)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "realtime.item");
        json.WriteString("type", "message");
        json.WriteString("status", text is null ? "in_progress" : "completed");
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        if (text is not null)
        {
            json.WriteStartObject();
            json.WriteString("type", "output_text");
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject("part");
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter json, string item, int call, string name, string arguments)
    {
        json.WriteStartObject();
        json.WriteString("id", $"{item}_{call}");
        json.WriteString("object", "realtime.item");
        json.WriteString("type", "function_call");
        json.WriteString("status", arguments.Length == 0 ? "in_progress" : "completed");
        json.WriteString("call_id", $"call_{number:D6}_{call}");
        json.WriteString("name", name);
        json.WriteString("arguments", arguments);
        json.WriteEndObject();
    }

    private void WriteResponse(Utf8JsonWriter json, string id, string status, Spoken? spoken, string item)
    {
        json.WriteStartObject("response");
        json.WriteString("object", "realtime.response");
        json.WriteString("id", id);
        json.WriteString("status", status);
        json.WriteNull("status_details");
        json.WriteStartArray("output");
        if (spoken?.Text is { } text)
        {
            WriteMessage(json, item, text);
        }

        for (var call = 0; call < (spoken?.Calls.Length ?? 0); call++)
        {
            WriteCall(json, item, call, spoken?.Calls[call].Name ?? "", spoken?.Calls[call].Arguments ?? "");
        }

        json.WriteEndArray();
        if (spoken is null)
        {
            json.WriteNull("usage");
        }
        else
        {
            WriteUsage(json, spoken.Usage);
        }

        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, ScriptedUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("total_tokens", usage.PromptTokens + usage.CompletionTokens);
        json.WriteNumber("input_tokens", usage.PromptTokens);
        json.WriteNumber("output_tokens", usage.CompletionTokens);
        json.WriteStartObject("input_token_details");
        json.WriteNumber("text_tokens", usage.PromptTokens);
        json.WriteNumber("audio_tokens", 0);
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteEndObject();
        json.WriteStartObject("output_token_details");
        json.WriteNumber("text_tokens", usage.CompletionTokens);
        json.WriteNumber("audio_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
