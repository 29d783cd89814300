using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Server.Demo;

/// <summary>What a call brought: its text, the tool it wants called, and who answered.</summary>
/// <param name="Text">The answer's text.</param>
/// <param name="ToolName">The tool to call; null for none.</param>
/// <param name="ToolArguments">Its arguments.</param>
/// <param name="CallId">The gateway's id of the call.</param>
/// <param name="Fallbacks">Groups that were tried after the first.</param>
internal sealed record DemoReply(string Text, string? ToolName, string? ToolArguments, string CallId, string Fallbacks);

/// <summary>A plain OpenAI client, as small as the demo needs it: one streamed chat call.</summary>
internal sealed class DemoClient(OutboundConnector connector, Uri gateway, string key)
{
    /// <summary>Calls the model <c>gpt-4o</c> and hands each piece of text to <paramref name="onText"/> as it comes.</summary>
    internal async Task<DemoReply> ChatAsync(string messages, bool withTool, Action<string> onText, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent($$"""{"model":"gpt-4o","stream":true,"messages":{{messages}}{{(withTool ? Tools : "")}}}""", Encoding.UTF8, "application/json");
        using var response = await connector.Invoker(TlsTrust.Default).SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            using var error = new StreamReader(body);
            throw new StartException($"the demo's call failed with {(int)response.StatusCode}: {await error.ReadToEndAsync(cancellationToken)}");
        }
        var (text, arguments) = (new StringBuilder(), new StringBuilder());
        string? tool = null;
        using var lines = new StreamReader(body);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }
            using var chunk = JsonDocument.Parse(line["data: ".Length..]);
            foreach (var choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
            {
                tool = ReadDelta(choice, text, arguments, onText) ?? tool;
            }
        }
        return new DemoReply(text.ToString(), tool, arguments.ToString(), Header(response, "x-litellm-call-id"), Header(response, "x-litellm-attempted-fallbacks"));
    }

    private const string Tools =
        ""","tools":[{"type":"function","function":{"name":"get_pod_logs","description":"Logs of a pod","parameters":{"type":"object","properties":{"namespace":{"type":"string"},"pod":{"type":"string"}}}}}]""";

    private static string? ReadDelta(JsonElement choice, StringBuilder text, StringBuilder arguments, Action<string> onText)
    {
        string? tool = null;
        if (!choice.TryGetProperty("delta", out var delta))
        {
            return null;
        }
        if (delta.TryGetProperty("content", out var content) && content.GetString() is { Length: > 0 } piece)
        {
            text.Append(piece);
            onText(piece);
        }
        if (delta.TryGetProperty("tool_calls", out var calls))
        {
            var function = calls[0].GetProperty("function");
            tool = function.TryGetProperty("name", out var name) ? name.GetString() : null;
            arguments.Append(function.TryGetProperty("arguments", out var part) ? part.GetString() : null);
        }
        return tool;
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : "";
}
