using CsCheck;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>What Gemini can say of any conversation, answer or stream comes back as it was.</summary>
public sealed class GeminiPropertyTests
{
    private static readonly Gen<string> Words = Gen.OneOf(
        Gen.OneOf("a", "ü", "🙂", "\"", "\\", "\n", "\u2028", "{\"x\":1}", "data: x", "weir"), Gen.String[Gen.Char['!', '~'], 1, 20]);

    private const string Marked = "d2Vpci1zYQ==";

    private static readonly Gen<string> Seal = Gen.OneOf("CiQBjz1r", "seal+/==", Marked, "übel");

    private static readonly Gen<string> Arguments = Gen.OneOf("{}", "{\"city\":\"Paris\"}", "{\"a\":[1,{\"b\":null}],\"ü\":\"🙂\"}");

    private static readonly Gen<ContentPart> Said = Gen.OneOf(
        Words.Select(text => (ContentPart)new TextPart(text)),
        Gen.Select(Words, Seal, Gen.Bool, (text, seal, isSealed) => (ContentPart)new ThinkingPart(text) { Signature = isSealed ? seal : null }),
        Seal.Select(seal => (ContentPart)new ThinkingPart("") { Signature = seal, Redacted = true }),
        Gen.Select(Gen.Int[1, 999], Words, Arguments, Seal, Gen.Bool, (id, name, arguments, seal, isSealed) =>
            (ContentPart)new ToolCallPart($"call_{id}", name, arguments) { Signature = isSealed ? "Q2lRQg==" : null }));

    private static readonly Gen<TokenUsage> Usage = Gen.Select(Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], (prompt, completion, reasoning) => new TokenUsage
    {
        Prompt = prompt + 1,
        CachedPrompt = prompt / 2,
        Completion = completion + reasoning + 1,
        Reasoning = reasoning,
        Total = prompt + completion + reasoning + 2,
        AudioPrompt = prompt / 3,
    });

    private static readonly Gen<ChatResult> Results = Gen.Select(Said.List[0, 6], Usage, Gen.OneOf(StopReason.EndTurn, StopReason.MaxTokens, StopReason.ContentFilter, StopReason.Error)).Select((parts, usage, stop) =>
    {
        var result = new ChatResult { Id = "r1", Model = "m", Created = 1_750_000_000, Usage = usage };
        var choice = new ChatChoice { Stop = stop == StopReason.EndTurn && parts.Exists(part => part is ToolCallPart) ? StopReason.ToolUse : stop };
        choice.Parts.AddRange(parts);
        result.Choices.Add(choice);
        return result;
    });

    [Fact]
    public void Any_answer_written_and_read_is_the_same() => Results.Sample(
        result =>
        {
            var back = Gemini.Dialect.ReadAnswer(Crossing.WriteAnswer(Gemini.Dialect, result));
            Assert.Equal((result.Id, result.Model, result.Created, result.Usage), (back.Id, back.Model, back.Created, back.Usage));
            Same(result, back);
        },
        iter: 5000);

    [Fact]
    public void Any_stream_written_and_read_tells_the_same() => Gen.Select(Results, Gen.Int[1, 5]).Sample(
        (result, cut) =>
        {
            var stream = Crossing.WriteStream(Gemini.Dialect, Steps(result, cut));
            var back = DeltaSum.Of(Crossing.ReadStream(Gemini.Dialect, WireText.Events(WireFormat.GeminiGenerate, stream)));
            Assert.Equal((result.Id, result.Model, result.Usage), (back.Id, back.Model, back.Usage));
            Same(result, back);
        },
        iter: 5000);

    [Fact]
    public void Any_conversation_written_and_read_asks_the_same() => Gen.Select(Gen.Select(Said.List[1, 4], Words).List[1, 4], Words).Sample(
        (rounds, question) =>
        {
            var turn = new ChatTurn { MaxTokens = 100, Temperature = 0.25, TopK = 3, Seed = 7, Reasoning = new() { Enabled = true, BudgetTokens = 10, Tell = true } };
            turn.Messages.Add(new(ChatRole.System, [new TextPart(question)]));
            var calls = 0;
            foreach (var (said, answer) in rounds)
            {
                turn.Messages.Add(new(ChatRole.User, [new TextPart(answer), new ImagePart("image/png", MediaSource.OfBase64("AAAA"))]));
                // Towards Gemini nothing is wrapped: the mark of a wrapped seal can't come from there.
                List<ContentPart> parts = [.. said.Where(part => part is not ThinkingPart { Redacted: true } and not ThinkingPart { Signature: Marked }).Select(part => part is ToolCallPart call ? call with { Id = $"id{++calls}" } : part)];
                turn.Messages.Add(new(ChatRole.Assistant, [new TextPart("."), .. parts]));
                List<ContentPart> results = [.. parts.OfType<ToolCallPart>().Select(call => new ToolResultPart(call.Id, [new TextPart(answer)]) { Name = call.Name, IsError = answer.Length == 1 })];
                if (results.Count > 0)
                {
                    turn.Messages.Add(new(ChatRole.Tool, results));
                }
            }

            var back = Gemini.Read(Gemini.Write(turn).Body);
            Assert.Equal(turn.Messages.Select(Shown), back.Messages.Select(Shown));
            Assert.Equal((turn.MaxTokens, turn.Temperature, turn.TopK, turn.Seed, turn.Reasoning), (back.MaxTokens, back.Temperature, back.TopK, back.Seed, back.Reasoning));
        },
        iter: 3000);

    private static void Same(ChatResult result, ChatResult back)
    {
        var choice = Assert.Single(back.Choices);
        Assert.Equal(result.Choices[0].Stop, choice.Stop);
        Assert.Equal(Joined(result.Choices[0].Parts), Joined(choice.Parts));
    }

    private static string Shown(ChatMessage message) => $"{message.Role}: {string.Join(" | ", message.Parts.Select(Shown))}";

    private static string Shown(ContentPart part) => part is ToolResultPart result ? $"{result.CallId} {result.Name} {result.IsError} {string.Join(',', result.Content)}" : part.ToString();

    /// <summary>Neighbours that a stream can't tell apart: texts, and thoughts without a seal.</summary>
    private static List<ContentPart> Joined(List<ContentPart> parts)
    {
        var joined = new List<ContentPart>();
        foreach (var part in parts)
        {
            if (joined.Count > 0 && (joined[^1], part) is (TextPart before, TextPart after))
            {
                joined[^1] = new TextPart(before.Text + after.Text);
            }
            else if (joined.Count > 0 && (joined[^1], part) is (ThinkingPart { Signature: null } thought, ThinkingPart { Redacted: false } more))
            {
                joined[^1] = more with { Text = thought.Text + more.Text };
            }
            else
            {
                joined.Add(part);
            }
        }

        return joined;
    }

    private static IEnumerable<ChatDelta> Steps(ChatResult result, int cut)
    {
        yield return new(DeltaKind.Start) { Id = result.Id, Name = result.Model };
        var index = 0;
        foreach (var part in result.Choices[0].Parts)
        {
            var (kind, text, seal) = part switch
            {
                TextPart one => (DeltaPart.Text, one.Text, null),
                ThinkingPart one => (one.Redacted ? DeltaPart.RedactedThinking : DeltaPart.Thinking, one.Text, one.Signature),
                ToolCallPart one => (DeltaPart.ToolCall, one.Arguments, null),
                _ => throw new InvalidOperationException(),
            };
            var call = part as ToolCallPart;
            yield return new(DeltaKind.PartStart) { Index = index, Part = kind, Id = call?.Id, Name = call?.Name, Signature = call?.Signature };
            var runes = text.EnumerateRunes().Select(rune => rune.ToString()).Chunk(cut);
            foreach (var piece in runes)
            {
                yield return new(DeltaKind.Text) { Index = index, Part = kind, Text = string.Concat(piece) };
            }

            if (seal is not null)
            {
                yield return new(DeltaKind.Signature) { Index = index, Part = kind, Text = seal };
            }

            yield return new(DeltaKind.PartEnd) { Index = index++, Part = kind };
        }

        yield return new(DeltaKind.Stop) { Stop = result.Choices[0].Stop };
        yield return new(DeltaKind.Usage) { Usage = result.Usage };
        yield return new(DeltaKind.End);
    }
}
