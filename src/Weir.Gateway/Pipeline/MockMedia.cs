using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary><c>mock_response</c> for images, sounds, judgements and rankings: the text is the image's address, the transcript, the sound's bytes.</summary>
internal static class MockMedia
{
    internal static UpstreamReply Answer(string text, GatewayCall call, string model)
    {
        if (MockUpstream.FaultOf(text) is { } fault)
        {
            return UpstreamReply.Of(fault);
        }
        if (call.Stream)
        {
            return Reply(Stream(text, call.Operation), "text/event-stream");
        }
        if (call.Operation == Operation.Speech)
        {
            return Reply(Encoding.UTF8.GetBytes(text), "audio/mpeg");
        }
        var asText = call.Surface.TakesForm && call.View.Text(call.Bytes.Span, RequestMember.ResponseFormat) is "text" or "srt" or "vtt";
        return asText ? Reply(Encoding.UTF8.GetBytes(text), "text/plain") : Reply(Whole(text, call, model), "application/json");
    }

    private static byte[] Whole(string text, GatewayCall call, string model)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        switch (call.Operation)
        {
            case Operation.ImageGeneration or Operation.ImageEdit:
                json.WriteNumber("created"u8, call.Record.StartedAt.ToUnixTimeSeconds());
                json.WriteStartArray("data"u8);
                json.WriteStartObject();
                json.WriteString("url"u8, text);
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            case Operation.Moderation:
                json.WriteString("id"u8, "modr-" + call.Record.CallId);
                json.WriteString("model"u8, model);
                json.WriteStartArray("results"u8);
                json.WriteStartObject();
                json.WriteBoolean("flagged"u8, false);
                json.WriteStartObject("categories"u8);
                json.WriteEndObject();
                json.WriteStartObject("category_scores"u8);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            case Operation.Rerank:
                json.WriteString("id"u8, call.Record.CallId);
                json.WriteStartArray("results"u8);
                json.WriteStartObject();
                json.WriteNumber("index"u8, 0);
                json.WriteNumber("relevance_score"u8, 1);
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            default:
                json.WriteString("text"u8, text);
                break;
        }
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static byte[] Stream(string text, Operation operation)
    {
        var (kind, member) = operation switch
        {
            Operation.Speech => ("speech.audio.done", "audio"),
            Operation.ImageGeneration => ("image_generation.completed", "b64_json"),
            Operation.ImageEdit => ("image_edit.completed", "b64_json"),
            _ => ("transcript.text.done", "text"),
        };
        return Encoding.UTF8.GetBytes($"data: {{\"type\":\"{kind}\",\"{member}\":\"{JsonEncodedText.Encode(text)}\"}}\n\n");
    }

    private static UpstreamReply Reply(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return UpstreamReply.Of(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }
}
