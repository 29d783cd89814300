using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

public sealed class ConversePropertyTests
{
    private static readonly Gen<string> Words = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.Const("Grüße, 世界 🙂"), Gen.Const("\"quoted\" \\ \u0001 \u2028 </script>"), Gen.Const("{\"a\":[1,{\"b\":null}]}"), Gen.Const("line\r\nline\tx"));

    private static readonly Gen<string> Ids = Gen.String[Gen.Char["abcXYZ019_-"], 1, 64];

    private static readonly Gen<RawJson> Marks = Gen.OneOf(
        Gen.Const(default(RawJson)), Gen.Const(default(RawJson)), Gen.Const(RawJson.Of("""{"type":"ephemeral"}"""u8)), Gen.Const(RawJson.Of("""{"type":"ephemeral","ttl":"1h"}"""u8)));

    private static readonly Gen<ContentPart> Plain = Gen.OneOf<ContentPart>(
        Words.Select(text => (ContentPart)new TextPart(text)),
        Gen.Select(Gen.OneOf("png", "jpeg", "gif", "webp"), Words, (format, bytes) => (ContentPart)new ImagePart("image/" + format, MediaSource.OfBase64(bytes))),
        Gen.Select(Gen.OneOf("application/pdf", "text/csv", "text/plain", "text/markdown"), Words, (type, bytes) => (ContentPart)new DocumentPart(type, MediaSource.OfBase64(bytes))));

    private static readonly Gen<ContentPart> OfUser = Gen.OneOf<ContentPart>(
        Plain,
        Gen.Select(Ids, Plain.List[0, 3], Gen.Bool, (id, content, failed) => (ContentPart)new ToolResultPart(id, content) { IsError = failed }));

    private static readonly Gen<ContentPart> OfAssistant = Gen.OneOf<ContentPart>(
        Words.Select(text => (ContentPart)new TextPart(text)),
        Gen.Select(Words, Words, (text, seal) => (ContentPart)new ThinkingPart(text) { Signature = seal }),
        Words.Select(seal => (ContentPart)new ThinkingPart("") { Signature = seal, Redacted = true }),
        Gen.Select(Ids, Ids, Gen.OneOf("{}", """{"city":"Köln","n":1.50}""", """{"deep":{"a":[[],{}]}}"""), (id, name, arguments) => (ContentPart)new ToolCallPart(id, name, arguments)));

    private static readonly Gen<ChatTurn> Turns = Gen.Select(
        Gen.Select(OfUser, Marks, (part, mark) => part with { CacheControl = mark }).List[1, 4].Array[1, 4],
        Gen.Select(OfAssistant, Marks, (part, mark) => part with { CacheControl = mark }).List[1, 4].Array[4],
        Words.Array[0, 2], Gen.Double[0, 1].Nullable(), Gen.Long[1, 100_000].Nullable(), Words.Array[0, 3],
        (user, assistant, system, temperature, most, stops) =>
        {
            var turn = new ChatTurn { Temperature = temperature, MaxTokens = most, TopP = temperature, TopK = most };
            turn.Stop.AddRange(stops);
            if (system.Length > 0)
            {
                turn.Messages.Add(new ChatMessage(ChatRole.System, [.. system.Select(text => new TextPart(text))]));
            }
            for (var i = 0; i < user.Length; i++)
            {
                turn.Messages.Add(new ChatMessage(ChatRole.User, user[i]));
                turn.Messages.Add(new ChatMessage(ChatRole.Assistant, assistant[i]));
            }
            turn.Tools.Add(new ToolDefinition("f") { Description = "d", Parameters = RawJson.Of("""{"type":"object"}"""u8) });
            return turn;
        });

    [Fact]
    public void A_conversation_through_Converse_and_back_keeps_what_Converse_expresses() => Turns.Sample(
        turn =>
        {
            var dropped = new Dropped();
            var back = Converse.Dialect.ReadRequest(Crossing.WriteRequest(Converse.Dialect, turn, dropped));
            Assert.Empty(dropped.Names);
            Assert.Equal(Describe(turn), Describe(back));
            Assert.Equal((turn.Temperature, turn.MaxTokens, turn.TopP, turn.TopK), (back.Temperature, back.MaxTokens, back.TopP, back.TopK));
            Assert.Equal(turn.Stop, back.Stop);
        },
        iter: 2000);

    [Fact]
    public void A_stream_through_Converse_and_back_tells_the_same_however_it_is_cut() => Gen.Select(OfAssistant.List[0, 5], Gen.Int[1, 5].Array[1, 20], Gen.Int[1, 90].Array[1, 20], Gen.OneOf(StopReason.EndTurn, StopReason.ToolUse, StopReason.MaxTokens)).Sample(
        (parts, pieces, cuts, stop) =>
        {
            var usage = new TokenUsage { Prompt = 30, CachedPrompt = 10, CacheWrite = 5, Completion = 7, Total = 37 };
            var deltas = Stream(parts, pieces, stop, usage);
            var binary = Crossing.WriteStream(Converse.Dialect, deltas);
            var at = 0;
            var back = DeltaSum.Of(Crossing.ReadStream(Converse.Dialect, RoundTripTests.Events(binary, () => cuts[at++ % cuts.Length])));
            Assert.Equal(Converse.Describe(DeltaSum.Of(deltas).Choices.SelectMany(c => c.Parts)), Converse.Describe(back.Choices.SelectMany(c => c.Parts)));
            Assert.Equal((stop, usage), (back.Choices[0].Stop, back.Usage));
        },
        iter: 2000);

    private static List<ChatDelta> Stream(List<ContentPart> parts, int[] pieces, StopReason stop, TokenUsage usage)
    {
        var deltas = new List<ChatDelta> { new(DeltaKind.Start) };
        var at = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var (kind, text, seal) = parts[i] switch
            {
                TextPart p => (DeltaPart.Text, p.Text, null),
                ThinkingPart { Redacted: true } p => (DeltaPart.RedactedThinking, "", p.Signature),
                ThinkingPart p => (DeltaPart.Thinking, p.Text, p.Signature),
                ToolCallPart p => (DeltaPart.ToolCall, p.Arguments, null),
                _ => throw new InvalidOperationException(),
            };
            deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = i, Part = kind, Id = (parts[i] as ToolCallPart)?.Id, Name = (parts[i] as ToolCallPart)?.Name });
            while (text.Length > 0)
            {
                var length = Math.Min(text.Length, pieces[at++ % pieces.Length]);
                length += char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
                deltas.Add(new ChatDelta(DeltaKind.Text) { Index = i, Part = kind, Text = text[..length] });
                text = text[length..];
            }
            if (seal is not null)
            {
                deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = i, Part = kind, Text = seal });
            }
            deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = i, Part = kind });
        }
        deltas.AddRange([new(DeltaKind.Stop) { Stop = stop }, new(DeltaKind.Usage) { Usage = usage }, new(DeltaKind.End)]);
        return deltas;
    }

    private static string Describe(ChatTurn turn) => string.Join("\n\n", turn.Messages.Select(m => $"{m.Role}\n{Converse.Describe(m.Parts.Select(Nameless))}"));

    /// <summary>Names that reading and writing give by rule.</summary>
    private static ContentPart Nameless(ContentPart part) => part switch
    {
        DocumentPart document => document with { Name = null },
        ToolResultPart result => result with { Name = null, Content = [.. result.Content.Select(Nameless)] },
        _ => part,
    };
}
