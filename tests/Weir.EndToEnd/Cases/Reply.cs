using System.Text;
using System.Text.Json;

namespace Weir.EndToEnd.Cases;

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>With <c>[DONE]</c>.</summary>
    Done,

    /// <summary>With an error event, and no <c>[DONE]</c>.</summary>
    ErrorEvent,
}

/// <summary>An answer of the gateway, read to its end.</summary>
internal sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    public bool Streamed => Headers.TryGetValue("content-type", out var type) && type.StartsWith("text/event-stream", StringComparison.Ordinal);

    /// <summary>Data of the events; comments (keep-alives) left out.</summary>
    public IReadOnlyList<string> Events =>
    [
        .. Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(e => e.StartsWith("data:", StringComparison.Ordinal))
            .Select(e => e["data:".Length..].Trim()),
    ];

    public StreamEnd? End => Events switch
    {
        [.., "[DONE]"] => StreamEnd.Done,
        [.., var last] when last.StartsWith("{\"error\":", StringComparison.Ordinal) => StreamEnd.ErrorEvent,
        _ => null,
    };

    /// <summary>The body as JSON, or the last JSON event.</summary>
    public JsonElement Json => Parse(Streamed ? Events.Last(e => e != "[DONE]") : Body);

    public JsonElement Error => Json.TryGetProperty("error", out var error)
        ? error : throw new InvalidOperationException($"no error object in: {Body}");

    /// <summary>What the first choice says.</summary>
    public string? Text
    {
        get
        {
            if (!Streamed)
            {
                var choice = Json.GetProperty("choices")[0];
                return choice.TryGetProperty("text", out var text) ? text.GetString() : choice.GetProperty("message").GetProperty("content").GetString();
            }

            var joined = new StringBuilder();
            foreach (var data in Events.Where(e => e.StartsWith('{')))
            {
                if (Parse(data) is var chunk && chunk.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0
                    && choices[0].TryGetProperty("delta", out var delta) && delta.TryGetProperty("content", out var content)
                    && content.ValueKind == JsonValueKind.String)
                {
                    joined.Append(content.GetString());
                }
            }

            return joined.ToString();
        }
    }

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
