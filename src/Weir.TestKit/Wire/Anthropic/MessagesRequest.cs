using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>A message, or a count of its tokens, as it is asked for.</summary>
internal sealed class MessagesRequest : ModelRequest
{
    /// <summary>Kind of the seal on a thought.</summary>
    public const string Sealed = "thinking";

    /// <summary>Kind of the seal on a thought that nobody may read.</summary>
    public const string Redacted = "redacted";

    public override bool Stream => Kind == RouteKind.InvokeStream || base.Stream;

    public MessagesRequest(ModelRoute route, JsonElement? root, int number)
        : base(route, root, number)
    {
        Tools = [.. Root.Items("tools").Where(t => t.Text("name") is not null).Select(t => new OfferedTool(t.Text("name") ?? "", t.Member("input_schema")))];
        if (Member("system") is { } system)
        {
            PromptTokens += Tokens.PerMessage + Tokens.Count(Joined(system));
        }

        foreach (var message in Root.Items("messages"))
        {
            var content = message.Member("content");
            var results = content.Items().Where(p => p.Is("type", "tool_result")).ToList();
            var text = results.Count > 0 ? string.Join('\n', results.Select(r => r.Member("content").Joined())) : content.Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (message.Is("role", "user"))
            {
                LastText = text;
                AfterTool = results.Count > 0;
            }
        }

        AddTools();
    }

    public override int? MaxTokens => Number32("max_tokens");

    public override ImmutableArray<OfferedTool> Tools { get; }

    public override OfferedTool? ForcedTool => AfterTool || Tools.IsEmpty ? null : Member("tool_choice")?.Text("type") switch
    {
        "any" => Tools[0],
        "tool" => ToolNamed(Member("tool_choice")?.Text("name")),
        _ => null,
    };

    public override JsonElement? Schema => (Member("output_config")?.Member("format") ?? Member("output_format"))?.Member("schema");

    public override bool WantsReasoning => Member("thinking")?.Text("type") is "enabled" or "adaptive";

    public override ImmutableArray<string> StopSequences => [.. Root.Items("stop_sequences").Select(s => s.GetString() ?? "")];

    public override Fault? Refusal(HttpRequest http) => MessagesRules.Refusal(http, this);

    private static string Joined(JsonElement? content) => content.Joined();
}
