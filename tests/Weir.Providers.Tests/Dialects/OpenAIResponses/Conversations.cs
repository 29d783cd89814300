using CsCheck;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>Neutral values of every kind that this dialect can say.</summary>
internal static class Conversations
{
    internal static readonly Gen<string> Text = OneOf("a", "", "Grüße 🙂", "\"quoted\"\n\t\\", "東京", "{\"x\":1}", " ", "\u2028", "<b>&amp;'", "data: [DONE]\n\n");

    private static readonly Gen<string> Said = Text.Where(text => text.Length > 0);

    private static readonly Gen<ContentPart> TextPart = Text.Select(text => (ContentPart)new TextPart(text));

    private static readonly Gen<ContentPart> CitedPart = Said.Select(text => (ContentPart)new TextPart(text)
    {
        Citations = RawJson.Of("[{\"type\":\"url_citation\",\"start_index\":0,\"end_index\":1,\"url\":\"https://x.example/\",\"title\":\"X\"},{\"type\":\"file_path\",\"file_id\":\"file-1\"}]"u8),
        CitationsFrom = WireFormat.OpenAIResponses,
    });

    private static readonly Gen<MediaSource> Source = OneOf(MediaSource.OfBase64("QUJD"), MediaSource.OfUrl("https://x.example/y"), MediaSource.OfFile("file-1"));

    private static readonly Gen<ContentPart> Image = Gen.Select(Source, OneOf(null, "low", "high"), OneOf("image/png", "image/webp"),
        (source, detail, type) => (ContentPart)new ImagePart(source.Base64 is null ? null : type, source) { Detail = detail });

    private static readonly Gen<ContentPart> Document = Gen.Select(Source, OneOf("a.pdf", "b.txt"),
        (source, name) => (ContentPart)(source.Base64 is null
            ? new DocumentPart(null, source)
            : new DocumentPart(name == "a.pdf" ? "application/pdf" : "text/plain", source) { Name = name }));

    private static readonly Gen<ContentPart> Audio = OneOf("audio/wav", "audio/mpeg", "audio/flac").Select(type => (ContentPart)new MediaPart(type, MediaSource.OfBase64("QUJD")));

    private static readonly Gen<ContentPart> Call = Gen.Select(Gen.Int[0, 99], OneOf("f", "get_weather"), OneOf("{}", "{\"a\":\"ü\"}", "{broken"),
        (id, name, arguments) => (ContentPart)new ToolCallPart($"call_{id}", name, arguments));

    private static readonly Gen<ContentPart> Patch = Gen.Select(Gen.Int[100, 199], Text,
        (id, input) => (ContentPart)new ToolCallPart($"call_{id}", "apply_patch", Providers.Dialects.OpenAIResponses.FreeForm.Wrap(input)) { FreeForm = true });

    private static readonly Gen<ContentPart> Thinking = Gen.Select(Text, OneOf("gAAA", "sealed=="), Gen.Bool,
        (text, seal, redacted) => (ContentPart)new ThinkingPart(redacted ? "" : text) { Signature = seal, Redacted = redacted });

    private static readonly Gen<ContentPart> Refusal = Said.Select(text => (ContentPart)new RefusalPart(text));

    private static readonly Gen<ContentPart> Opaque = Gen.Const((ContentPart)new OpaquePart(WireFormat.OpenAIResponses, "web_search_call",
        RawJson.Of("{\"id\":\"ws_1\",\"type\":\"web_search_call\",\"status\":\"completed\"}"u8)));

    private static readonly Gen<ContentPart> Result = Gen.Select(Gen.Int[0, 99], Gen.OneOf(TextPart, Image, Document).Array[0, 3],
        (id, content) => (ContentPart)new ToolResultPart($"call_{id}", [.. content]));

    /// <summary>What a model says, in an answer.</summary>
    internal static readonly Gen<List<ContentPart>> Answer =
        Gen.OneOf(TextPart, TextPart, CitedPart, Call, Patch, Thinking, Refusal, Opaque).Array[0, 8].Select(parts => Distinct(parts));

    private static readonly Gen<ChatMessage> Message = Gen.OneOf(
        Gen.OneOf(TextPart, Image, Document, Audio).Array[0, 4].Select(parts => new ChatMessage(ChatRole.User, [.. parts])),
        TextPart.Array[0, 2].Select(parts => new ChatMessage(ChatRole.Developer, [.. parts])),
        TextPart.Array[0, 2].Select(parts => new ChatMessage(ChatRole.System, [.. parts])),
        Answer.Select(parts => new ChatMessage(ChatRole.Assistant, parts)),
        Result.Array[1, 3].Select(parts => new ChatMessage(ChatRole.Tool, [.. parts])));

    private static readonly Gen<ToolDefinition> Tool = OneOf(
        new ToolDefinition("f") { Parameters = RawJson.Of("{\"type\":\"object\"}"u8), Strict = true, Description = "Does ü" },
        new ToolDefinition("get_weather") { Parameters = RawJson.Of("{\"type\":\"object\",\"properties\":{\"a\":{}}}"u8), Strict = false },
        FreeFormTool(default),
        FreeFormTool(RawJson.Of("{\"type\":\"grammar\",\"syntax\":\"lark\",\"definition\":\"start: \\\"x\\\"\"}"u8)),
        new ToolDefinition("web_search") { BuiltIn = RawJson.Of("{\"type\":\"web_search\"}"u8), BuiltInFrom = WireFormat.OpenAIResponses });

    private static readonly Gen<ToolChoice?> Choice = OneOf<ToolChoice?>(null, new ToolChoice(ToolChoiceKind.Auto), new ToolChoice(ToolChoiceKind.None),
        new ToolChoice(ToolChoiceKind.Required), new ToolChoice(ToolChoiceKind.Named, "f"), new ToolChoice(ToolChoiceKind.Required) { Allowed = ["f", "apply_patch"] },
        new ToolChoice(ToolChoiceKind.Auto) { Allowed = ["get_weather"] });

    private static readonly Gen<OutputFormat?> Format = OneOf<OutputFormat?>(null, new OutputFormat(default(RawJson)),
        new OutputFormat(RawJson.Of("{\"type\":\"object\"}"u8)) { Name = "x", Strict = true }, new OutputFormat(RawJson.Of("{}"u8)) { Name = "y", Description = "d" });

    private static readonly Gen<ReasoningWish?> Reasoning = OneOf<ReasoningWish?>(null, new ReasoningWish { Effort = "high", Enabled = true },
        new ReasoningWish { Effort = "none", Enabled = false }, new ReasoningWish { Summary = "auto", Tell = true }, new ReasoningWish { Effort = "low", Enabled = true, Summary = "detailed", Tell = true });

    /// <summary>A whole request.</summary>
    internal static readonly Gen<ChatTurn> Turn = Gen.Select(
        Message.Array[0, 6], Gen.Select(Tool.Array[0, 3], Choice, OneOf<bool?>(null, true, false)), Format, Reasoning,
        Gen.Select(OneOf<long?>(null, 16, 4000), OneOf<double?>(null, 0.0, 0.7), OneOf<double?>(null, 0.5), OneOf(null, "u-1"), OneOf(null, "flex", "auto")),
        Gen.Bool,
        (messages, tools, format, reasoning, numbers, stream) =>
        {
            var turn = new ChatTurn
            {
                Model = "m", Stream = stream, Format = format, Reasoning = reasoning,
                MaxTokens = numbers.Item1, Temperature = numbers.Item2, TopP = numbers.Item3, EndUser = numbers.Item4, ServiceTier = numbers.Item5,
            };
            turn.Messages.AddRange(messages);
            turn.Tools.AddRange(tools.Item1.DistinctBy(tool => tool.Name));
            if (turn.Tools.Count > 0)
            {
                turn.ToolChoice = tools.Item2;
                turn.ParallelToolCalls = tools.Item3;
            }
            return turn;
        });

    /// <summary>One of some values.</summary>
    internal static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);

    /// <summary>The tool that <see cref="Answer"/> calls with free text.</summary>
    internal static ToolDefinition FreeFormTool(RawJson grammar) => new("apply_patch")
    {
        FreeForm = true, Grammar = grammar, Parameters = Providers.Dialects.OpenAIResponses.FreeForm.Schema(grammar),
    };

    /// <summary>No item comes twice in an answer.</summary>
    private static List<ContentPart> Distinct(ContentPart[] parts)
    {
        var kept = new List<ContentPart>();
        foreach (var part in parts)
        {
            if (part is not OpaquePart || !kept.Exists(other => other is OpaquePart))
            {
                kept.Add(part);
            }
        }
        return kept;
    }
}
