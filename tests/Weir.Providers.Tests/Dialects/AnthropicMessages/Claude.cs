using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.AnthropicMessages;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Short ways to read and write Anthropic's dialect, for tests.</summary>
internal static class Claude
{
    internal static readonly AnthropicMessagesDialect Dialect = new();

    internal static RawJson Raw(string json) => RawJson.Of(Encoding.UTF8.GetBytes(json));

    internal static ChatTurn Read(string body) => Dialect.ReadRequest(Encoding.UTF8.GetBytes(body));

    internal static ChatResult ReadAnswer(string body) => Dialect.ReadAnswer(Encoding.UTF8.GetBytes(body));

    /// <summary>A request of one word to <paramref name="model"/>.</summary>
    internal static ChatTurn Turn(string model = "claude-sonnet-4-5", params ChatMessage[] messages)
    {
        var turn = new ChatTurn { Model = model, MaxTokens = 2000 };
        turn.Messages.AddRange(messages.Length > 0 ? messages : [User("Hello")]);
        return turn;
    }

    internal static ChatMessage User(params ContentPart[] parts) => new(ChatRole.User, [.. parts]);

    internal static ChatMessage User(string text) => User(new TextPart(text));

    internal static ChatMessage Assistant(params ContentPart[] parts) => new(ChatRole.Assistant, [.. parts]);

    internal static ChatMessage Results(params ContentPart[] parts) => new(ChatRole.Tool, [.. parts]);

    internal static ToolDefinition Tool(string name) => new(name) { Parameters = Raw("""{"type":"object","properties":{"city":{"type":"string"}}}""") };

    /// <summary>The body that is written, as one line of JSON.</summary>
    internal static string Write(ChatTurn turn, Dropped? dropped = null) => Encoding.UTF8.GetString(Crossing.WriteRequest(Dialect, turn, dropped ?? new Dropped()));

    /// <summary>One member of the body that is written, as text; null when it is not there.</summary>
    internal static string? Member(ChatTurn turn, string path, Dropped? dropped = null)
    {
        using var document = JsonDocument.Parse(Write(turn, dropped));
        var element = document.RootElement;
        foreach (var name in path.Split('.'))
        {
            if (int.TryParse(name, out var index) ? element.GetArrayLength() <= index : !element.TryGetProperty(name, out _))
            {
                return null;
            }
            element = int.TryParse(name, out index) ? element[index] : element.GetProperty(name);
        }
        return element.GetRawText();
    }

    internal static List<ChatDelta> Steps(params string[] events) => Crossing.ReadStream(Dialect, events.Select(data => new CaseEvent([], Encoding.UTF8.GetBytes(data))));

    internal static EventTraits Look(string name, string data, bool contentSeen, ref StreamFacts facts) =>
        Dialect.Look(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(data), contentSeen, ref facts);
}
