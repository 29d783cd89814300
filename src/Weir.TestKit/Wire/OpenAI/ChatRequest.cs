using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>A chat completion, a legacy completion or an embedding as it is asked for.</summary>
internal sealed class ChatRequest : ModelRequest
{
    private readonly bool _strict;

    public ChatRequest(ModelRoute route, JsonElement? root, int number, bool strict)
        : base(route, root, number)
    {
        _strict = strict;
        Tools = [.. Root.Items("tools").Where(t => t.Member("function")?.Text("name") is not null)
            .Select(t => t.GetProperty("function")).Select(f => new OfferedTool(f.Text("name") ?? "", f.Member("parameters")))];
        foreach (var message in Root.Items("messages"))
        {
            var text = message.Member("content").Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (message.Text("role") is "user" or "tool")
            {
                LastText = text;
                AfterTool = message.Is("role", "tool");
            }
        }

        AddTools();
    }

    public bool IncludeUsage => Member("stream_options") is { } options && options.Flag("include_usage");

    public override int Choices => Math.Clamp(Number32("n") ?? 1, 1, 16);

    public override int? MaxTokens => Number32("max_completion_tokens") ?? Number32("max_tokens");

    public override ImmutableArray<OfferedTool> Tools { get; }

    public override OfferedTool? ForcedTool => AfterTool || Tools.IsEmpty || Member("tool_choice") is not { } choice ? null
        : choice.ValueKind == JsonValueKind.String ? (choice.ValueEquals("required") ? Tools[0] : null)
        : ToolNamed(choice.Member("function")?.Text("name"));

    public override JsonElement? Schema =>
        Member("response_format") is { } format && format.Is("type", "json_schema") ? format.Member("json_schema")?.Member("schema") : null;

    public override bool WantsJson => Member("response_format")?.Text("type") is "json_object";

    public override ImmutableArray<string> StopSequences => Text("stop") is { } one ? [one]
        : [.. Root.Items("stop").Select(s => s.GetString() ?? "")];

    public override Fault? Refusal(HttpRequest http)
    {
        var missing = Model is null ? "model" : Kind switch
        {
            RouteKind.Chat when Member("messages") is not { ValueKind: JsonValueKind.Array } => "messages",
            RouteKind.Completion when Member("prompt") is null => "prompt",
            RouteKind.Embedding when Member("input") is null => "input",
            _ => null,
        };
        return missing is not null ? OpenAIRefusal.Missing(missing) : _strict && Kind == RouteKind.Chat ? ChatRules.Refusal(this) : null;
    }
}
