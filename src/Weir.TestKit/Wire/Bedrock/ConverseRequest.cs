using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>A conversation as it is asked for.</summary>
internal sealed class ConverseRequest : ModelRequest
{
    /// <summary>Kind of the seal on reasoning.</summary>
    public const string Sealed = "converse";

    private readonly JsonElement _inference;

    public ConverseRequest(ModelRoute route, JsonElement? root, int number)
        : base(route, root, number)
    {
        _inference = Member("inferenceConfig") ?? default;
        Tools = [.. (Member("toolConfig")?.Member("tools")).Items().Select(t => t.Member("toolSpec")).Where(s => s is not null)
            .Select(s => new OfferedTool(s?.Text("name") ?? "", s?.Member("inputSchema")?.Member("json")))];
        if (Member("system") is { } system)
        {
            PromptTokens += Tokens.PerMessage + Tokens.Count(((JsonElement?)system).Joined());
        }

        foreach (var message in Root.Items("messages"))
        {
            var results = message.Items("content").Select(c => c.Member("toolResult")).Where(r => r is not null).ToList();
            var text = results.Count > 0
                ? string.Join('\n', results.SelectMany(r => (r?.Member("content")).Items()).Select(c => c.Text("text") ?? c.Member("json")?.GetRawText() ?? ""))
                : message.Member("content").Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (message.Is("role", "user"))
            {
                LastText = text;
                AfterTool = results.Count > 0;
            }
        }

        AddTools();
        var format = Member("outputConfig")?.Member("textFormat");
        Schema = format?.Text("type") is "json_schema" ? ParsedSchema(format?.Member("structure")?.Member("jsonSchema")?.Text("schema")) : null;
    }

    public override bool Stream => Kind == RouteKind.ConverseStream;

    public override int? MaxTokens => _inference.Number32("maxTokens");

    public override ImmutableArray<OfferedTool> Tools { get; }

    public override OfferedTool? ForcedTool
    {
        get
        {
            var choice = Member("toolConfig")?.Member("toolChoice");
            return AfterTool || Tools.IsEmpty || choice is null ? null
                : choice.Value.Member("any") is not null ? Tools[0]
                : choice.Value.Member("tool") is { } named ? ToolNamed(named.Text("name")) : null;
        }
    }

    public override JsonElement? Schema { get; }

    public override bool WantsReasoning => Member("additionalModelRequestFields") is { } more
        && ((more.Member("thinking") ?? more.Member("reasoningConfig"))?.Text("type") is "enabled" or "adaptive");

    public override ImmutableArray<string> StopSequences => [.. _inference.Items("stopSequences").Select(s => s.GetString() ?? "")];

    public override Fault? Refusal(HttpRequest http) => ConverseRules.Refusal(this);

    /// <summary>The schema, which stands in a text here.</summary>
    private static JsonElement? ParsedSchema(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A schema that is none can't be obeyed.
            return null;
        }
    }
}
