using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>A vendor gets its own seals back as it made them, through any client's dialect, and never another vendor's.</summary>
public sealed class SealsTests
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 100_000 : 1000;

    private static readonly string[] Vendors = [Seals.Anthropic, Seals.Gemini, "openai", "azure", "bedrock", "openrouter"];

    public static TheoryData<WireFormat> Clients => [WireFormat.OpenAIChat, WireFormat.OpenAIResponses, WireFormat.AnthropicMessages, WireFormat.GeminiGenerate];

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_seal_comes_back_to_its_vendor_and_to_no_other(WireFormat format)
    {
        var client = ChatDialects.Find(format)!;
        var limits = Expresses.Of(format) with { Choices = false, Refusal = false };
        Gen.Select(NeutralGen.Tapes, Gen.Int[0, Vendors.Length - 1], Gen.Int[0, Vendors.Length - 1]).Sample(
            (tape, maker, next) =>
            {
                var (vendor, other) = (Vendors[maker], Vendors[next]);
                var made = DeltaSum.Of(NeutralGen.Stream(tape, limits));
                var seals = SealsOf(made.Choices[0].Parts);
                Seals.MarkAnswer(made, vendor, format);
                var held = client.ReadAnswer(Crossing.WriteAnswer(client, made));
                var turn = new ChatTurn { Model = Crossing.ModelOf(format), MaxTokens = 9000 };
                turn.Messages.Add(new ChatMessage(ChatRole.User, [new TextPart("hello")]));
                turn.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. held.Choices[0].Parts]));
                turn.Messages.Add(new ChatMessage(ChatRole.Tool, [.. held.Choices[0].Parts.OfType<ToolCallPart>().Select(call => new ToolResultPart(call.Id, [new TextPart("said")]) { Name = call.Name })]));
                turn.Messages.RemoveAll(message => message.Parts.Count == 0);
                turn.Messages.Add(new ChatMessage(ChatRole.User, [new TextPart("again")]));
                var body = Crossing.WriteRequest(client, turn, new Dropped());
                var asked = client.ReadRequest(body);
                Seals.Read(asked, format);
                var dropped = new Dropped();
                Assert.Equal(seals.Count > 0 && vendor != other, Seals.DropForeign(asked, other, format, dropped));
                var left = SealsOf(asked.Messages.Where(message => message.Role == ChatRole.Assistant).SelectMany(message => message.Parts));
                if (vendor == other)
                {
                    Assert.Equal(seals, left);
                }
                else
                {
                    Assert.Empty(left);
                    Assert.True(seals.Count == 0 || Seals.MayBeMarked(format, body) || vendor == OwnerOf(format));
                }
                Assert.Equal(seals.Count > 0 && vendor != other, dropped.Names.Count > 0);
            },
            iter: Iterations);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_stream_marks_seals_as_a_whole_answer_does(WireFormat format)
    {
        NeutralGen.Tapes.Sample(
            tape =>
            {
                var deltas = NeutralGen.Stream(tape, Expresses.Of(format));
                var whole = DeltaSum.Of(deltas);
                Seals.MarkAnswer(whole, "bedrock", format);
                var marker = new SealMarker("bedrock", format);
                var streamed = DeltaSum.Of([.. deltas.Select(delta => marker.Mark(delta))]);
                Assert.Equal(whole.Choices.SelectMany(choice => SealsOf(choice.Parts)), streamed.Choices.SelectMany(choice => SealsOf(choice.Parts)));
            },
            iter: Iterations);
    }

    [Theory]
    [InlineData(WireFormat.AnthropicMessages, "vertex_ai", "claude-sonnet-4-5", "anthropic")]
    [InlineData(WireFormat.BedrockConverse, "bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic")]
    [InlineData(WireFormat.BedrockConverse, "bedrock", "amazon.nova-pro-v1:0", "bedrock")]
    [InlineData(WireFormat.GeminiGenerate, "vertex_ai", "gemini-2.5-pro", "gemini")]
    [InlineData(WireFormat.OpenAIResponses, "azure", "gpt-5", "azure")]
    [InlineData(WireFormat.OpenAIChat, "openrouter", "x", "openrouter")]
    public void Who_seals_follows_from_the_model_not_from_its_host(WireFormat format, string provider, string model, string vendor) =>
        Assert.Equal(vendor, Seals.VendorOf(format, provider, model));

    [Fact]
    public void A_seal_in_pieces_bears_one_mark()
    {
        var marker = new SealMarker("gemini", WireFormat.AnthropicMessages);
        var seal = new ChatDelta(DeltaKind.Signature) { Part = DeltaPart.Thinking };
        marker.Mark(new ChatDelta(DeltaKind.PartStart) { Part = DeltaPart.Thinking });
        Assert.Equal(["weir1:gemini:abc", "def"], [marker.Mark(seal with { Text = "abc" }).Text, marker.Mark(seal with { Text = "def" }).Text]);
    }

    private static string? OwnerOf(WireFormat format) => Vendors.FirstOrDefault(vendor => Seals.Marked("x", vendor, format) == "x");

    private static List<string> SealsOf(IEnumerable<ContentPart> parts) =>
        [.. parts.Select(part => part is ThinkingPart thinking ? thinking.Signature : part is ToolCallPart call ? call.Signature : null).OfType<string>()];
}
