using System.Text;
using CsCheck;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Whatever Anthropic can say comes back as it was.</summary>
public sealed class KeepsTests
{
    private static readonly Gen<string> Words = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 1, 12].Where(text => text.Trim().Length > 0), Gen.OneOf("Grüße 世界 🙂", "\"\\\n\u2028", "</script>", "a"))
        .Select(text => text.Trim());

    private static readonly Gen<RawJson> Cache = Gen.OneOf(default, default, Claude.Raw("""{"type":"ephemeral"}"""), Claude.Raw("""{"type":"ephemeral","ttl":"1h"}"""));

    private static readonly Gen<ContentPart> Texts = Gen.Select(Words, Cache, (text, cache) => (ContentPart)new TextPart(text) { CacheControl = cache });

    private static readonly Gen<ContentPart> Media = Gen.Select(Gen.Int[0, 6], Words, Cache, Gen.Bool, (kind, name, cache, cites) => (ContentPart)(kind switch
    {
        0 => new ImagePart("image/png", MediaSource.OfBase64("iVBORw==")) { CacheControl = cache },
        1 => new ImagePart(null, MediaSource.OfUrl("https://example.com/a.png")) { CacheControl = cache },
        2 => new ImagePart(null, MediaSource.OfFile("file_1")) { CacheControl = cache },
        3 => new DocumentPart("application/pdf", MediaSource.OfBase64("JVBERg==")) { Name = name, CacheControl = cache, Citations = cites ? true : null },
        4 => new DocumentPart(null, MediaSource.OfUrl("https://example.com/a.pdf")) { Context = name, CacheControl = cache },
        5 => new DocumentPart("text/plain", MediaSource.OfBase64(Convert.ToBase64String(Encoding.UTF8.GetBytes(name)))) { Name = name },
        _ => new OpaquePart(WireFormat.AnthropicMessages, "search_result", Claude.Raw("""{"type":"search_result","source":"s","title":"t","content":[]}""")),
    }));

    private static readonly Gen<List<ContentPart>> Said = Gen.OneOf(Texts, Texts, Media).List[1, 3];

    private static readonly Gen<ContentPart> Thoughts = Gen.Select(Words, Gen.Bool, (text, sealedUp) =>
        (ContentPart)(sealedUp ? new ThinkingPart("") { Redacted = true, Signature = text } : new ThinkingPart(text) { Signature = "c2VhbA==" }));

    private static readonly Gen<string> Arguments = Gen.OneOf("{}", """{"city": "Bern"}""", """{"a":[1,{"b":null}],"c":"ü"}""");

    /// <summary>A turn: the user speaks, the model answers; now and then it calls tools and gets results.</summary>
    private static readonly Gen<List<ChatMessage>> Turns = Gen.Select(Said, Thoughts.List[0, 1], Texts.List[1, 2], Arguments.List[0, 3], Gen.OneOf(Texts, Media).List[0, 2], Gen.Bool, (said, thoughts, answer, calls, content, failed) =>
    {
        var messages = new List<ChatMessage> { new(ChatRole.User, said) };
        var assistant = new List<ContentPart>([.. thoughts, .. answer]);
        assistant.AddRange(calls.Select((arguments, index) => new ToolCallPart($"toolu_{index}", "f" + index, arguments)));
        messages.Add(new ChatMessage(ChatRole.Assistant, assistant));
        if (calls.Count > 0)
        {
            messages.Add(new ChatMessage(ChatRole.Tool, [.. calls.Select((_, index) => new ToolResultPart($"toolu_{index}", content) { Name = "f" + index, IsError = failed && index == 0 })]));
        }
        return messages;
    });

    private static readonly Gen<ChatTurn> Conversations = Gen.Select(Turns.List[1, 4], Texts.List[0, 2], Gen.Int[1, 9000], Gen.Bool, Words, (turns, system, max, stream, last) =>
    {
        var turn = new ChatTurn { Model = "claude-3-5-sonnet-latest", MaxTokens = max, Stream = stream, EndUser = "u1", ServiceTier = "auto", TopK = 5, Temperature = 0.25 };
        if (system.Count > 0)
        {
            turn.Messages.Add(new ChatMessage(ChatRole.System, system));
        }
        foreach (var messages in turns)
        {
            turn.Messages.AddRange(messages);
        }
        turn.Messages.Add(Claude.User(last));
        turn.Stop.Add(last);
        turn.Tools.Add(Claude.Tool("f0") with { Description = last, CacheControl = Claude.Raw("""{"type":"ephemeral"}""") });
        turn.ToolChoice = new ToolChoice(ToolChoiceKind.Auto);
        turn.ParallelToolCalls = false;
        return turn;
    });

    [Fact]
    public void A_conversation_comes_back_as_it_was() => Conversations.Sample(
        turn =>
        {
            var dropped = new Dropped();
            var body = Crossing.WriteRequest(Claude.Dialect, turn, dropped);
            Assert.Equal(NeutralText.Of(turn), NeutralText.Of(Claude.Dialect.ReadRequest(body)));
            Assert.Empty(dropped.Names);
        },
        iter: 1500);

    [Fact]
    public void A_stream_comes_back_as_it_was() => Gen.Select(Gen.Select(Gen.Int[0, 5], Words.List[1, 4]).List[0, 6], Gen.OneOf(StopReason.EndTurn, StopReason.MaxTokens, StopReason.Pause), Gen.Int[0, 500]).Sample(
        (parts, stop, tokens) =>
        {
            var deltas = new List<ChatDelta> { new(DeltaKind.Start) { Id = "msg_1", Name = "m", Usage = new TokenUsage { Prompt = tokens + 3, CachedPrompt = 3 } } };
            for (var index = 0; index < parts.Count; index++)
            {
                AddPart(deltas, index, parts[index].Item1, parts[index].Item2);
            }
            var calls = parts.Exists(part => part.Item1 == 2);
            deltas.Add(new ChatDelta(DeltaKind.Usage) { Usage = new TokenUsage { Prompt = tokens + 3, CachedPrompt = 3, Completion = tokens } });
            deltas.Add(new ChatDelta(DeltaKind.Stop) { Stop = calls && stop == StopReason.EndTurn ? StopReason.ToolUse : stop });
            deltas.Add(new ChatDelta(DeltaKind.End));
            var stream = Crossing.WriteStream(Claude.Dialect, deltas);
            var back = Crossing.ReadStream(Claude.Dialect, WireText.Events(WireFormat.AnthropicMessages, stream));
            Assert.Equal(NeutralText.Of(DeltaSum.Of(deltas)), NeutralText.Of(DeltaSum.Of(back)));
            var facts = default(Weir.Providers.Dialects.StreamFacts);
            foreach (var one in WireText.Events(WireFormat.AnthropicMessages, stream))
            {
                Claude.Dialect.Look(one.Name, one.Data, false, ref facts);
            }
            Assert.Equal(DeltaSum.Of(deltas).Usage, facts.Usage);
        },
        iter: 1500);

    private static void AddPart(List<ChatDelta> deltas, int index, int kind, List<string> texts)
    {
        if (kind == 4)
        {
            deltas.Add(new ChatDelta(DeltaKind.Opaque) { Index = index, Opaque = new OpaquePart(WireFormat.AnthropicMessages, "later", Claude.Raw("""{"type":"later","x":[1]}""")) });
            return;
        }
        var part = kind switch { 1 => DeltaPart.Thinking, 2 => DeltaPart.ToolCall, 3 => DeltaPart.RedactedThinking, _ => DeltaPart.Text };
        deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = index, Part = part, Id = kind == 2 ? "toolu_1" : null, Name = kind == 2 ? "f" : null });
        foreach (var text in texts.Where(_ => part != DeltaPart.RedactedThinking))
        {
            deltas.Add(new ChatDelta(DeltaKind.Text) { Index = index, Part = part, Text = text });
        }
        if (part is DeltaPart.Thinking or DeltaPart.RedactedThinking)
        {
            deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = index, Part = part, Text = texts[0] });
        }
        deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = index, Part = part });
    }
}
