using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Providers;
using Weir.Providers.Tokens;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// LiteLLM's <c>mock_response</c>: an answer made here, in the upstream's wire form, so that it takes the same way as a real one. The texts
/// <c>litellm.RateLimitError</c>, <c>litellm.ContextWindowExceededError</c>, <c>litellm.ContentPolicyViolationError</c> and
/// <c>litellm.InternalServerError[: message]</c> fail instead.
/// </summary>
internal static class MockUpstream
{
    private const int ChunkLength = 16;

    internal static UpstreamReply Answer(string text, GatewayCall call, string model)
    {
        if (FaultOf(text) is { } fault)
        {
            return UpstreamReply.Of(fault);
        }
        var prompt = PromptTokens.Count(call, model);
        var completion = call.Operation == Operation.Embedding ? 0 : TokenCounter.CountText(model, text).Tokens;
        var facts = new Facts(text, model, call.Record.CallId, call.Record.StartedAt.ToUnixTimeSeconds(), prompt, completion, call.Operation);
        var stream = call.Stream && call.Operation != Operation.Embedding;
        var content = new ByteArrayContent(stream ? Stream(facts) : Whole(facts));
        content.Headers.ContentType = new MediaTypeHeaderValue(stream ? "text/event-stream" : "application/json");
        return UpstreamReply.Of(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }

    /// <summary>The failure that a mock text asks for; null when it is an answer.</summary>
    internal static UpstreamFault? FaultOf(string text)
    {
        if (!text.StartsWith("litellm.", StringComparison.Ordinal))
        {
            return null;
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? text : text[..colon])["litellm.".Length..];
        var message = colon < 0 ? $"Mocked {name}" : text[(colon + 1)..].Trim();
        return name switch
        {
            "RateLimitError" => new UpstreamFault(FaultKind.RateLimited, 429, message),
            "ContextWindowExceededError" => new UpstreamFault(FaultKind.ContextWindowExceeded, 400, message),
            "ContentPolicyViolationError" => new UpstreamFault(FaultKind.ContentPolicyViolation, 400, message),
            "InternalServerError" => new UpstreamFault(FaultKind.ServerError, 500, message),
            _ => null,
        };
    }

    private sealed record Facts(string Text, string Model, string CallId, long Created, long Prompt, long Completion, Operation Operation)
    {
        internal string Id => (Operation == Operation.Chat ? "chatcmpl-" : "cmpl-") + CallId;
    }

    private static byte[] Whole(Facts facts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (facts.Operation == Operation.Embedding)
        {
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, 0);
            json.WriteStartArray("embedding"u8);
            foreach (var part in JsonValues(facts.Text))
            {
                json.WriteNumberValue(part);
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("model"u8, facts.Model);
        }
        else
        {
            Head(json, facts, facts.Operation == Operation.Chat ? "chat.completion" : "text_completion");
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            if (facts.Operation == Operation.Chat)
            {
                json.WriteStartObject("message"u8);
                json.WriteString("role"u8, "assistant"u8);
                json.WriteString("content"u8, facts.Text);
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("text"u8, facts.Text);
            }
            json.WriteString("finish_reason"u8, "stop"u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        Usage(json, facts);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An embedding's mock text is a JSON list of numbers; anything else is one zero.</summary>
    private static double[] JsonValues(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Number).Select(v => v.GetDouble()).Where(double.IsFinite)]
                : [0];
        }
        catch (JsonException)
        {
            return [0];
        }
    }

    private static byte[] Stream(Facts facts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var elements = new List<string>();
        var chunk = new StringBuilder();
        foreach (var rune in facts.Text.EnumerateRunes())
        {
            chunk.Append(rune);
            if (chunk.Length >= ChunkLength)
            {
                elements.Add(chunk.ToString());
                chunk.Clear();
            }
        }
        elements.Add(chunk.ToString());
        for (var i = 0; i < elements.Count; i++)
        {
            Event(buffer, json => Chunk(json, facts, elements[i], first: i == 0, finish: null));
        }
        Event(buffer, json => Chunk(json, facts, null, first: false, finish: "stop"));
        Event(buffer, json =>
        {
            Head(json, facts, facts.Operation == Operation.Chat ? "chat.completion.chunk" : "text_completion");
            json.WriteStartArray("choices"u8);
            json.WriteEndArray();
            Usage(json, facts);
        });
        buffer.Write("data: [DONE]\n\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Chunk(Utf8JsonWriter json, Facts facts, string? text, bool first, string? finish)
    {
        Head(json, facts, facts.Operation == Operation.Chat ? "chat.completion.chunk" : "text_completion");
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        if (facts.Operation == Operation.Chat)
        {
            json.WriteStartObject("delta"u8);
            if (first)
            {
                json.WriteString("role"u8, "assistant"u8);
            }
            if (text is not null)
            {
                json.WriteString("content"u8, text);
            }
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text"u8, text ?? "");
        }
        json.WriteString("finish_reason"u8, finish);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Event(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.Write("\n\n"u8);
    }

    private static void Head(Utf8JsonWriter json, Facts facts, string kind)
    {
        json.WriteString("id"u8, facts.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, facts.Created);
        json.WriteString("model"u8, facts.Model);
    }

    private static void Usage(Utf8JsonWriter json, Facts facts)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, facts.Prompt);
        if (facts.Operation != Operation.Embedding)
        {
            json.WriteNumber("completion_tokens"u8, facts.Completion);
        }
        json.WriteNumber("total_tokens"u8, facts.Prompt + facts.Completion);
        json.WriteEndObject();
    }
}
