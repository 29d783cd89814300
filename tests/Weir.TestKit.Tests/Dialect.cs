namespace Weir.TestKit.Tests;

/// <summary>The dialects of a chat, with the smallest request of each.</summary>
public enum Dialect
{
    Chat,
    Responses,
    Messages,
    Gemini,
    Converse,
}

/// <summary>How each dialect asks the same question.</summary>
internal static class Asking
{
    public const string Weather = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    public static string Path(Dialect dialect, bool stream, string model = "m") => dialect switch
    {
        Dialect.Chat => "/v1/chat/completions",
        Dialect.Responses => "/v1/responses",
        Dialect.Messages => "/v1/messages",
        Dialect.Gemini => $"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}",
        _ => $"/model/{Uri.EscapeDataString(model)}/converse{(stream ? "-stream" : "")}",
    };

    public static string Body(Dialect dialect, string text, bool stream, string model = "m") => dialect switch
    {
        Dialect.Chat => Wired.Chat(text, stream, model),
        Dialect.Responses => $$"""{"model":"{{model}}","input":"{{text}}","stream":{{Bool(stream)}}}""",
        Dialect.Messages => $$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"{{text}}"}],"stream":{{Bool(stream)}}}""",
        Dialect.Gemini => $$$"""{"contents":[{"role":"user","parts":[{"text":"{{{text}}}"}]}]}""",
        _ => $$$"""{"messages":[{"role":"user","content":[{"text":"{{{text}}}"}]}]}""",
    };

    /// <summary>The words of an unstreamed answer.</summary>
    public static string? Text(Dialect dialect, System.Text.Json.JsonElement answer) => dialect switch
    {
        Dialect.Chat => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(),
        Dialect.Responses => answer.GetProperty("output").EnumerateArray().Last().GetProperty("content")[0].GetProperty("text").GetString(),
        Dialect.Messages => answer.GetProperty("content").EnumerateArray().Last().GetProperty("text").GetString(),
        Dialect.Gemini => answer.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").EnumerateArray().Last().GetProperty("text").GetString(),
        _ => answer.GetProperty("output").GetProperty("message").GetProperty("content").EnumerateArray().Last().GetProperty("text").GetString(),
    };

    private static string Bool(bool value) => value ? "true" : "false";
}
