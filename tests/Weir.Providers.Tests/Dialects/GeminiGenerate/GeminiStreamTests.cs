using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>What Google's SDKs need of a stream beyond its words.</summary>
public sealed class GeminiStreamTests
{
    [Fact]
    public void Every_event_has_a_part_for_the_SDKs_chats_forget_a_turn_in_which_one_has_none()
    {
        var sources = new OpaquePart(WireFormat.GeminiGenerate, "groundingMetadata", Gemini.Json("""{"webSearchQueries":["x"]}"""));
        var events = Events(
            new(DeltaKind.Start) { Id = "r", Name = "m" },
            new(DeltaKind.PartStart) { Part = DeltaPart.Text },
            new(DeltaKind.Text) { Part = DeltaPart.Text, Text = "Hi" },
            new(DeltaKind.PartEnd) { Part = DeltaPart.Text },
            new(DeltaKind.Opaque) { Index = 1, Opaque = sources },
            new(DeltaKind.Opaque) { Index = 2, Opaque = new(WireFormat.AnthropicMessages, "server_tool_use", Gemini.Json("{}")) },
            new(DeltaKind.Stop) { Stop = StopReason.EndTurn },
            new(DeltaKind.End));
        Assert.Equal(3, events.Count);
        Assert.All(events, one => Assert.NotEqual(0, one.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").GetArrayLength()));
    }

    [Fact]
    public void The_last_event_has_a_reason_and_a_usage_even_if_the_upstream_told_none()
    {
        var last = Assert.Single(Events(new(DeltaKind.Start), new(DeltaKind.End), new(DeltaKind.End)));
        Assert.Equal("STOP", last.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Equal(0, last.GetProperty("usageMetadata").GetProperty("totalTokenCount").GetInt64());
        Assert.Equal("asked-model", last.GetProperty("modelVersion").GetString());
    }

    [Fact]
    public void A_call_goes_out_whole_however_its_arguments_came()
    {
        var call = Events(
            new(DeltaKind.Start),
            new(DeltaKind.PartStart) { Part = DeltaPart.ToolCall, Id = "c", Name = "f" },
            new(DeltaKind.Text) { Part = DeltaPart.ToolCall, Text = "{\"a\":" },
            new(DeltaKind.Text) { Part = DeltaPart.ToolCall, Text = "[1,2]}" },
            new(DeltaKind.PartEnd) { Part = DeltaPart.ToolCall },
            new(DeltaKind.End))[0].GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("functionCall");
        Assert.Equal("""{"id":"c","name":"f","args":{"a":[1,2]}}""", call.GetRawText());
    }

    [Fact]
    public void A_streamed_turn_that_comes_back_event_by_event_is_the_turn_that_went_out()
    {
        var events = Events(
            new(DeltaKind.Start),
            new(DeltaKind.PartStart) { Part = DeltaPart.Thinking },
            new(DeltaKind.Text) { Part = DeltaPart.Thinking, Text = "Two " },
            new(DeltaKind.Text) { Part = DeltaPart.Thinking, Text = "and two." },
            new(DeltaKind.Signature) { Part = DeltaPart.Thinking, Text = "EqQB+/seal==" },
            new(DeltaKind.PartEnd) { Part = DeltaPart.Thinking },
            new(DeltaKind.PartStart) { Index = 1, Part = DeltaPart.RedactedThinking },
            new(DeltaKind.Signature) { Index = 1, Part = DeltaPart.RedactedThinking, Text = "data" },
            new(DeltaKind.PartEnd) { Index = 1, Part = DeltaPart.RedactedThinking },
            new(DeltaKind.PartStart) { Index = 2, Part = DeltaPart.Text },
            new(DeltaKind.Text) { Index = 2, Part = DeltaPart.Text, Text = "I " },
            new(DeltaKind.Text) { Index = 2, Part = DeltaPart.Text, Text = "look." },
            new(DeltaKind.PartEnd) { Index = 2, Part = DeltaPart.Text },
            new(DeltaKind.PartStart) { Index = 3, Part = DeltaPart.ToolCall, Id = "toolu_1", Name = "f" },
            new(DeltaKind.PartEnd) { Index = 3, Part = DeltaPart.ToolCall },
            new(DeltaKind.Stop) { Stop = StopReason.ToolUse },
            new(DeltaKind.End));
        ContentPart[] whole =
        [
            new ThinkingPart("Two and two.") { Signature = "EqQB+/seal==" }, new ThinkingPart("") { Signature = "data", Redacted = true },
            new TextPart("I look."), new ToolCallPart("toolu_1", "f", "{}"),
        ];

        // As Google's SDKs keep a chat: each event's content.
        var contents = string.Join(',', events.Select(one => one.GetProperty("candidates")[0].GetProperty("content").GetRawText()));
        Assert.Equal(whole, Assert.Single(Gemini.Read($$"""{"contents":[{{contents}}]}""").Messages).Parts);
    }

    private static List<JsonElement> Events(params ChatDelta[] deltas) =>
        [.. WireText.Events(WireFormat.GeminiGenerate, Crossing.WriteStream(Gemini.Dialect, deltas)).Select(one => JsonDocument.Parse(one.Data).RootElement)];
}
