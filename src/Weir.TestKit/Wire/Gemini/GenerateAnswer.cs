using System.Buffers;
using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>Generated content, whole or streamed. The first function call carries a signature that has to come back.</summary>
internal sealed class GenerateAnswer : Answer
{
    private readonly GenerateRequest _request;
    private readonly Spoken _spoken;

    public GenerateAnswer(ScriptedModelOptions options, ModelScript script, GenerateRequest request)
        : base(options, request)
    {
        _request = request;
        _spoken = Spoken.Of(options, script, request);
    }

    public override WireShape Shape => GeminiShape.Instance;

    public override bool Streams => Request.Stream;

    public override string ContentType => _request.AsArray ? "application/json; charset=UTF-8" : base.ContentType;

    private string FinishReason => _spoken.Refusal is not null ? "SAFETY" : _spoken.Finish switch
    {
        "stop" or "tool_calls" => "STOP",
        "length" => "MAX_TOKENS",
        "content_filter" => "SAFETY",
        var other => other,
    };

    /// <summary>A refusal has no words here.</summary>
    private string? Text => _spoken.Refusal is null ? _spoken.Text : null;

    private string? Thoughts => _request.WantsReasoning ? _spoken.Reasoning : null;

    public override IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("x-gemini-service-tier", "standard");
        yield return new("Server-Timing", "gfet4t7; dur=1");
    }

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteStartArray("candidates");
        for (var choice = 0; choice < Request.Choices; choice++)
        {
            json.WriteStartObject();
            if (_spoken.Refusal is null)
            {
                json.WriteStartObject("content");
                json.WriteStartArray("parts");
                WriteParts(json);
                json.WriteEndArray();
                json.WriteString("role", "model");
                json.WriteEndObject();
            }

            json.WriteString("finishReason", FinishReason);
            json.WriteNumber("index", choice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTail(json, _spoken.Usage.CompletionTokens);
        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var frame = new GeminiFrame(_request.AsArray);
        for (var choice = 0; choice < Request.Choices; choice++)
        {
            foreach (var word in Spoken.Words(Thoughts))
            {
                yield return Chunk(frame, choice, json => WriteText(json, word, thought: true));
            }

            foreach (var word in Spoken.Words(Text))
            {
                yield return Chunk(frame, choice, json => WriteText(json, word, thought: false));
            }

            for (var call = 0; call < _spoken.Calls.Length; call++)
            {
                yield return Chunk(frame, choice, json => WriteCall(json, call));
            }

            var last = choice == Request.Choices - 1;
            var end = Chunk(frame, choice, null, FinishReason);
            yield return last && _request.AsArray ? (byte[])[.. end.Span, .. GeminiFrame.ArrayEnd.Span] : end;
        }
    }

    private ReadOnlyMemory<byte> Chunk(GeminiFrame frame, int choice, Action<Utf8JsonWriter>? part, string? finish = null)
    {
        var json = frame.Start();
        json.WriteStartArray("candidates");
        json.WriteStartObject();
        if (part is not null || finish is "STOP" or "MAX_TOKENS")
        {
            json.WriteStartObject("content");
            json.WriteStartArray("parts");
            (part ?? (j => WriteText(j, "", thought: false)))(json);
            json.WriteEndArray();
            json.WriteString("role", "model");
            json.WriteEndObject();
        }

        if (finish is not null)
        {
            json.WriteString("finishReason", finish);
        }

        json.WriteNumber("index", choice);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteTail(json, finish is null ? null : _spoken.Usage.CompletionTokens);
        return frame.End();
    }

    private void WriteParts(Utf8JsonWriter json)
    {
        if (Thoughts is { } thoughts)
        {
            WriteText(json, thoughts, thought: true);
        }

        if (Text is { } text)
        {
            WriteText(json, text, thought: false);
        }

        for (var call = 0; call < _spoken.Calls.Length; call++)
        {
            WriteCall(json, call);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text, bool thought)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        if (thought)
        {
            json.WriteBoolean("thought", true);
        }

        json.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter json, int call)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionCall");
        json.WriteString("name", _spoken.Calls[call].Name);
        json.WritePropertyName("args");
        json.WriteRawValue(_spoken.Calls[call].Arguments);
        json.WriteEndObject();
        if (call == 0)
        {
            // Parallel calls share the signature of the first.
            json.WriteString("thoughtSignature", Seal.Of(GenerateRequest.Sealed, _spoken.Calls[call].Name));
        }

        json.WriteEndObject();
    }

    /// <summary>Usage and names; the chunks before the last know only the prompt.</summary>
    private void WriteTail(Utf8JsonWriter json, int? completion)
    {
        var usage = _spoken.Usage;
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", usage.PromptTokens);
        if (completion is { } tokens)
        {
            json.WriteNumber("candidatesTokenCount", tokens - usage.ReasoningTokens);
        }

        json.WriteNumber("totalTokenCount", usage.PromptTokens + (completion ?? 0));
        if (usage.CachedTokens > 0)
        {
            json.WriteNumber("cachedContentTokenCount", usage.CachedTokens);
        }

        json.WriteStartArray("promptTokensDetails");
        json.WriteStartObject();
        json.WriteString("modality", "TEXT");
        json.WriteNumber("tokenCount", usage.PromptTokens);
        json.WriteEndObject();
        json.WriteEndArray();
        if (completion is not null && usage.ReasoningTokens > 0)
        {
            json.WriteNumber("thoughtsTokenCount", usage.ReasoningTokens);
        }

        json.WriteEndObject();
        json.WriteString("modelVersion", Request.Model);
        json.WriteString("responseId", $"gemini-{Request.Number:D6}");
    }
}
