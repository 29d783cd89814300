using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Files;

/// <summary>Making, listing, seeing and stopping batches of chat or embedding requests.</summary>
internal static class BatchesAnswer
{
    public static Answer Of(ScriptedModelOptions options, ModelScript script, ModelRequest request, HttpRequest http, ServerState state)
    {
        if (request.Kind == RouteKind.Batches)
        {
            return HttpMethods.IsPost(http.Method) ? Create(options, script, request, state)
                : JsonAnswer.List(options, request, [.. state.Batches.All.Reverse()], b => b.Id, (b, json) => b.Write(json));
        }

        if (state.Batches.Find(request.Id) is not { } found)
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.NotFound($"No batch found with id '{request.Id}'."), request);
        }

        if (request.Kind == RouteKind.BatchCancel)
        {
            return found.Cancel() ? new JsonAnswer(options, request, found.Write) : OpenAIShape.Instance.Error(
                options, Fault.Http(409) with { Message = $"Cannot cancel a batch with status '{found.Status}'.", Type = "invalid_request_error", Code = "" }, request);
        }

        found.Advance();
        if (found.Status == "completed")
        {
            state.Files.Keep(found.Output.Id, found.Output);
        }

        return new JsonAnswer(options, request, found.Write);
    }

    private static Answer Create(ScriptedModelOptions options, ModelScript script, ModelRequest request, ServerState state)
    {
        foreach (var name in (ReadOnlySpan<string>)["input_file_id", "endpoint", "completion_window"])
        {
            if (request.Text(name) is null)
            {
                return OpenAIShape.Instance.Error(options, OpenAIRefusal.Missing(name), request);
            }
        }

        var endpoint = request.Text("endpoint") ?? "";
        if (endpoint is not ("/v1/chat/completions" or "/v1/embeddings"))
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.Invalid("endpoint", $"Invalid value: '{endpoint}'. Supported values are: '/v1/chat/completions' and '/v1/embeddings'."), request);
        }

        if (state.Files.Find(request.Text("input_file_id")) is not { } input)
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.Invalid("input_file_id", $"Invalid file ID '{request.Text("input_file_id")}'.", "invalid_file"), request);
        }

        if (input.Purpose != "batch")
        {
            return OpenAIShape.Instance.Error(options, OpenAIRefusal.Invalid("input_file_id", "Invalid 'purpose' for the input file: it should be 'batch'.", "invalid_file"), request);
        }

        var lines = Encoding.UTF8.GetString(input.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var results = new MemoryStream();
        for (var line = 0; line < lines.Length; line++)
        {
            results.Write(Result(options, script, lines[line], endpoint, request.Number, line));
            results.WriteByte((byte)'\n');
        }

        var output = new StoredFile($"file-{request.Number:D6}-output", $"batch_{request.Number:D6}_output.jsonl", "batch_output", results.ToArray());
        var batch = new StoredBatch($"batch_{request.Number:D6}", endpoint, request.Text("completion_window") ?? "", input, output, lines.Length, request.Member("metadata")?.Clone());
        state.Batches.Keep(batch.Id, batch);
        return new JsonAnswer(options, request, batch.Write);
    }

    private static ReadOnlySpan<byte> Result(ScriptedModelOptions options, ModelScript script, string line, string endpoint, int number, int index)
    {
        using var document = JsonDocument.Parse(line);
        var asked = document.RootElement;
        var kind = endpoint == "/v1/embeddings" ? RouteKind.Embedding : RouteKind.Chat;
        var request = new ChatRequest(new ModelRoute(kind, null), asked.Member("body"), number, strict: false);
        Answer answer = kind == RouteKind.Embedding ? new EmbeddingAnswer(options, request) : new ChatAnswer(options, script, request);
        var body = new ArrayBufferWriter<byte>();
        answer.WriteBody(body);
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Answer.Lenient))
        {
            json.WriteStartObject();
            json.WriteString("id", $"batch_req_{number:D6}_{index}");
            json.WriteString("custom_id", asked.Text("custom_id"));
            json.WriteStartObject("response");
            json.WriteNumber("status_code", 200);
            json.WriteString("request_id", $"req-{number:D6}-{index}");
            json.WritePropertyName("body");
            json.WriteRawValue(body.WrittenSpan);
            json.WriteEndObject();
            json.WriteNull("error");
            json.WriteEndObject();
        }

        return bytes.WrittenSpan;
    }
}
