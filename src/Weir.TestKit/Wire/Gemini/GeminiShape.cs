using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>Google's way with keys, errors and streams.</summary>
internal sealed class GeminiShape : WireShape
{
    public static readonly GeminiShape Instance = new();

    public override string StreamType => "text/event-stream";

    public override ReadOnlyMemory<byte> EndlessStart { get; } = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""u8.ToArray();

    public override ReadOnlyMemory<byte> FloodEvent { get; } =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}],\"role\":\"model\"},\"index\":0}]}\r\n\r\n"u8.ToArray();

    public override ReadOnlyMemory<byte> BrokenEvent { get; } = "data: {\"candidates\": [ <html>oops\r\n\r\n"u8.ToArray();

    public override bool Carries(HttpRequest http, string key) =>
        http.Headers["x-goog-api-key"] == key || http.Query["key"] == key || Bearer(http, key);

    /// <summary>The Gemini API says 400 to a wrong key and 403 to none; Vertex says 401 to both.</summary>
    public override Fault WrongKey(HttpRequest http)
    {
        if ((http.Path.Value ?? "").Contains("/projects/", StringComparison.Ordinal))
        {
            return Fault.Http(401);
        }

        return http.Headers.ContainsKey("x-goog-api-key") || http.Query.ContainsKey("key") || http.Headers.ContainsKey("Authorization")
            ? Fault.Http(400) with { Message = "API key not valid. Please pass a valid API key.", Code = "API_KEY_INVALID" }
            : Fault.Http(403) with { Message = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API." };
    }

    public override Fault NoModel(ScriptedModelOptions options, string name) => Fault.Http(404) with
    {
        Message = $"models/{name} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.",
    };

    /// <summary>A blocked prompt is no HTTP error here: 200 without candidates.</summary>
    public override Answer Error(ScriptedModelOptions options, Fault fault, ModelRequest request) =>
        fault is { Status: 400, Code: "content_filter" } ? new BlockedAnswer(options, request) : new GeminiError(options, fault, request);

    public override ReadOnlyMemory<byte> ErrorEvent(ScriptedModelOptions options, Fault fault, ModelRequest request, int sent)
    {
        using var frame = new GeminiFrame(array: false);
        new GeminiError(options, fault, request).WriteMembers(frame.Start());
        return frame.End();
    }
}
