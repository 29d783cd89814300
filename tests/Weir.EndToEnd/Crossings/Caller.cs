using System.Text.Json;
using Weir.EndToEnd.Cases;

namespace Weir.EndToEnd.Crossings;

/// <summary>A client reduced to its bytes: where it asks, how it says a question, where the words are in what comes back.</summary>
/// <param name="Name">For the rows of a theory.</param>
/// <param name="Path">Where it asks <c>MODEL</c>; a stream may have another path.</param>
/// <param name="StreamPath">Where it asks for a stream.</param>
/// <param name="Members">The body of a question <c>TEXT</c>, without the members for the model and the stream.</param>
/// <param name="Saying">The words in a whole answer, or in one event.</param>
/// <param name="Ends">What the last event of a complete stream holds.</param>
/// <param name="Fails">What an event begins with that tells of an error.</param>
internal sealed record Caller(string Name, string Path, string StreamPath, string Members, Func<JsonElement, string> Saying, string Ends, string Fails)
{
    public static readonly IReadOnlyList<Caller> All =
    [
        new("chat", "/v1/chat/completions", "/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"TEXT"}]}""", OfChat, "[DONE]", """data: {"error":{"message":"litellm."""),
        new("responses", "/v1/responses", "/v1/responses", """{"model":"MODEL","input":"TEXT"}""", OfResponses, "response.completed", "event: error\ndata: {\"type\":\"error\",\"code\":"),
        new("messages", "/v1/messages", "/v1/messages", """{"model":"MODEL","max_tokens":100,"messages":[{"role":"user","content":"TEXT"}]}""", OfMessages, "message_stop",
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"litellm."),
        new("gemini", "/v1beta/models/MODEL:generateContent", "/v1beta/models/MODEL:streamGenerateContent?alt=sse", """{"contents":[{"role":"user","parts":[{"text":"TEXT"}]}]}""", OfGemini,
            "\"finishReason\":\"STOP\"", """data: {"error":{"code":500,"message":"litellm."""),
    ];

    public static Caller Of(string name) => All.Single(c => c.Name == name);

    /// <summary>The path for <paramref name="model"/>.</summary>
    public string PathFor(string model, bool stream) => (stream ? StreamPath : Path).Replace("MODEL", Uri.EscapeDataString(model), StringComparison.Ordinal);

    /// <summary>A question, with further members.</summary>
    public string Question(string model, string text, bool stream, string more = "")
    {
        var body = Members.Replace("MODEL", model, StringComparison.Ordinal).Replace("TEXT", text, StringComparison.Ordinal);
        var streams = stream && Path == StreamPath ? ",\"stream\":true" : "";
        return $"{body[..^1]}{streams}{more}}}";
    }

    /// <summary>The words of an answer, whole or streamed.</summary>
    public string TextOf(Reply reply) => reply.Streamed
        ? string.Concat(EventsOf(reply).Where(data => data.StartsWith('{')).Select(data => Saying(Reply.Parse(data))))
        : Saying(reply.Json);

    /// <summary>The data of each event.</summary>
    public static IEnumerable<string> EventsOf(Reply reply) =>
        Lines(reply).Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line["data:".Length..].Trim());

    /// <summary>The last event, whole.</summary>
    public static string LastOf(Reply reply) => Lines(reply).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];

    public override string ToString() => Name;

    /// <summary>Google ends lines in its own way.</summary>
    private static string Lines(Reply reply) => reply.Body.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string OfChat(JsonElement json) =>
        !json.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0 ? ""
        : choices[0].TryGetProperty("message", out var message) ? Text(message, "content") : Text(choices[0].GetProperty("delta"), "content");

    private static string OfResponses(JsonElement json) => json.TryGetProperty("output", out var output)
        ? string.Concat(output.EnumerateArray().Where(item => Text(item, "type") == "message").SelectMany(item => item.GetProperty("content").EnumerateArray()).Select(part => Text(part, "text")))
        : Text(json, "type") == "response.output_text.delta" ? Text(json, "delta") : "";

    private static string OfMessages(JsonElement json) => json.TryGetProperty("content", out var content)
        ? string.Concat(content.EnumerateArray().Select(block => Text(block, "text")))
        : Text(json, "type") == "content_block_delta" ? Text(json.GetProperty("delta"), "text") : "";

    private static string OfGemini(JsonElement json) => !json.TryGetProperty("candidates", out var candidates) ? ""
        : string.Concat(candidates[0].GetProperty("content").GetProperty("parts").EnumerateArray().Select(part => Text(part, "text")));

    private static string Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
