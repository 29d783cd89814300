using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>A legacy text completion, whole or streamed. It repeats the prompt.</summary>
internal sealed class CompletionAnswer : OpenAIAnswer
{
    private const int LongestEcho = 200;

    private readonly string _text;
    private readonly string _finish;
    private readonly int _promptTokens;
    private readonly ChatRequest _request;

    public CompletionAnswer(ScriptedModelOptions options, ChatRequest request)
        : base(options, request)
    {
        _request = request;
        var prompt = request.Text("prompt") ?? FirstText(request.Member("prompt"));
        _promptTokens = Tokens.Count(prompt);
        var whole = options.AnswerPrefix + Tokens.Take(prompt, LongestEcho);
        _text = request.MaxTokens is { } max ? Tokens.Take(whole, max) : whole;
        _finish = _text.Length < whole.Length ? "length" : "stop";
    }

    public override bool Streams => Request.Stream;

    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        WriteHead(json);
        json.WriteStartArray("choices");
        for (var i = 0; i < Request.Choices; i++)
        {
            WriteChoice(json, i, _text, _finish);
        }

        json.WriteEndArray();
        WriteUsage(json, _promptTokens, Request.Choices * Tokens.Count(_text), 0, 0);
        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer();
        for (var choice = 0; choice < Request.Choices; choice++)
        {
            for (var at = 0; at < _text.Length;)
            {
                var length = Tokens.FirstLength(_text.AsSpan(at));
                var last = at + length == _text.Length;
                yield return Chunk(buffer, choice, _text.Substring(at, length), last ? _finish : null);
                at += length;
            }
        }

        if (_request.IncludeUsage)
        {
            buffer.Start();
            buffer.Json.WriteStartObject();
            WriteHead(buffer.Json);
            buffer.Json.WriteStartArray("choices");
            buffer.Json.WriteEndArray();
            WriteUsage(buffer.Json, _promptTokens, Request.Choices * Tokens.Count(_text), 0, 0);
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        yield return EventBuffer.Done;
    }

    private ReadOnlyMemory<byte> Chunk(EventBuffer buffer, int choice, string text, string? finish)
    {
        buffer.Start();
        buffer.Json.WriteStartObject();
        WriteHead(buffer.Json);
        buffer.Json.WriteStartArray("choices");
        WriteChoice(buffer.Json, choice, text, finish);
        buffer.Json.WriteEndArray();
        if (_request.IncludeUsage)
        {
            buffer.Json.WriteNull("usage");
        }

        buffer.Json.WriteEndObject();
        return buffer.End();
    }

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteString("id", $"cmpl-{Request.Number:D6}");
        json.WriteString("object", "text_completion");
        json.WriteNumber("created", Created);
        json.WriteString("model", Request.Model);
    }

    private void WriteChoice(Utf8JsonWriter json, int index, string text, string? finish)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteNumber("index", index);
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        if (Azure)
        {
            WriteFilterResults(json, "content_filter_results");
        }

        json.WriteEndObject();
    }

    private static string FirstText(JsonElement? prompt) =>
        prompt is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String
            ? list[0].GetString() ?? "" : "";
}
