using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Wire.Files;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Responses;

/// <summary>What is asked of a stored response: to see it, its input, to stop it or to forget it.</summary>
internal sealed class StoredResponseAnswer(ScriptedModelOptions options, ModelRequest request, byte[] body) : OpenAIAnswer(options, request)
{
    public override void WriteBody(IBufferWriter<byte> output) => output.Write(body);

    public static Answer Of(ScriptedModelOptions options, ModelRequest request, string method, ServerMemory<StoredResponse> memory, bool ascending, bool stream)
    {
        if (memory.Find(request.Id) is not { } stored)
        {
            return ResponsesShape.Instance.Error(options, OpenAIRefusal.NotFound($"Response with id '{request.Id}' not found."), request);
        }

        if (request.Kind == RouteKind.ResponseInput)
        {
            return new StoredResponseAnswer(options, request, List(ascending ? stored.Input : [.. stored.Input.Reverse()]));
        }

        if (request.Kind == RouteKind.ResponseCancel)
        {
            return stored.Cancel() is { } cancelled ? new StoredResponseAnswer(options, request, cancelled)
                : ResponsesShape.Instance.Error(options, OpenAIRefusal.Invalid("", "Cannot cancel a synchronous response.", "") with { Param = null }, request);
        }

        if (method != "DELETE")
        {
            return stream ? new BytesAnswer(options, request, "text/event-stream", Events(stored.Look())) : new StoredResponseAnswer(options, request, stored.Look());
        }

        memory.Forget(stored.Id);
        return new StoredResponseAnswer(options, request, [.. "{\"id\":\""u8, .. System.Text.Encoding.UTF8.GetBytes(stored.Id), .. "\",\"object\":\"response\",\"deleted\":true}"u8]);
    }

    /// <summary>The stream of a response that has ended, as short as it can be.</summary>
    private static byte[] Events(byte[] response) =>
    [
        .. "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":"u8, .. response,
        .. "}\n\nevent: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"again\"}\n\n"u8,
        .. "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":"u8, .. response, .. "}\n\n"u8,
    ];

    private static byte[] List(IReadOnlyList<JsonElement> items)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Lenient))
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var item in items)
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteString("first_id", items.Count > 0 ? items[0].Text("id") : null);
            json.WriteString("last_id", items.Count > 0 ? items[^1].Text("id") : null);
            json.WriteBoolean("has_more", false);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
