using System.Globalization;
using CsCheck;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>
/// Makes neutral conversations and streams from a tape of numbers: each decision takes the next one, and an empty tape decides for the least.
/// A shorter tape with smaller numbers is a simpler case, which is all that shrinking needs.
/// </summary>
internal sealed class NeutralGen(int[] tape, Expresses limits)
{
    internal static readonly Gen<int[]> Tapes = Gen.Int[0, 999].Array[0, 160];

    private static readonly string[] Words =
    [
        "Hello", "Lima", "a\"b", "back\\slash", "Grüße", "世界", "🙂", "line\nbreak", "tab\tstop", "<b>&amp;</b>", "{\"not\":\"json\"}", "data: [DONE]", "a\u2028b", "é", "0",
        "event: end",
    ];

    private static readonly string[] Arguments =
        ["{}", "{\"city\":\"Quito\"}", "{\"city\":\"Zürich\",\"days\":3}", "{\"a\":{\"b\":[1,2,{\"c\":null}]},\"q\":\"say \\\"hi\\\" {\"}", "{\"text\":\"line\\nbreak 🙂\"}"];

    private const string Png = "iVBORw0KGgoAAAANSUhEUg==";
    private const string Pdf = "JVBERi0xLjQKJSVFT0YK";

    private int _at;
    private int _ids;

    internal static ChatTurn Turn(int[] tape, Expresses limits) => new NeutralGen(tape, limits).Turn();

    internal static List<ChatDelta> Stream(int[] tape, Expresses limits) => new NeutralGen(tape, limits).Stream();

    /// <summary>A number below <paramref name="count"/>.</summary>
    private int Next(int count) => _at < tape.Length ? tape[_at++] % count : 0;

    /// <summary>True once in <paramref name="times"/>.</summary>
    private bool Rarely(int times) => Next(times) == times - 1;

    private string Text()
    {
        var text = Words[Next(Words.Length)];
        for (var more = Next(4); more > 0; more--)
        {
            text += " " + Words[Next(Words.Length)];
        }
        return text;
    }

    private string Seal() => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"seal {Next(100)} of {_ids++}"));

    private ChatTurn Turn()
    {
        var turn = new ChatTurn { Model = "some-model" };
        if (Rarely(2))
        {
            turn.Messages.Add(new ChatMessage(ChatRole.System, Many(2, () => Marked(new TextPart(Text())))));
        }
        turn.Messages.Add(new ChatMessage(ChatRole.User, UserParts()));
        for (var turns = Next(4); turns > 0; turns--)
        {
            AddRound(turn.Messages);
        }
        Wishes(turn);
        Tools(turn);
        return turn;
    }

    /// <summary>An answer of the model, what its tools said, and the user again.</summary>
    private void AddRound(List<ChatMessage> messages)
    {
        var parts = AssistantParts(out var calls);
        messages.Add(new ChatMessage(ChatRole.Assistant, parts));
        foreach (var call in calls)
        {
            var content = new List<ContentPart> { new TextPart(Text()) };
            if (limits.ToolResultImage && Rarely(4))
            {
                content.Add(new ImagePart("image/png", MediaSource.OfBase64(Png)));
            }
            messages.Add(new ChatMessage(ChatRole.Tool, [new ToolResultPart(call.Id, content) { Name = call.Name, IsError = Rarely(5) }]));
        }
        if (calls.Count == 0 || Rarely(2))
        {
            messages.Add(new ChatMessage(ChatRole.User, UserParts()));
        }
    }

    private List<ContentPart> UserParts()
    {
        var parts = new List<ContentPart>();
        if (Rarely(4))
        {
            parts.Add(Marked(limits.ImageUrl && Rarely(2) ? new ImagePart(null, MediaSource.OfUrl("https://example.com/a.png")) : new ImagePart("image/png", MediaSource.OfBase64(Png))));
        }
        if (limits.Documents && Rarely(5))
        {
            var source = limits.DocumentUrl && Rarely(2) ? MediaSource.OfUrl("https://example.com/a.pdf") : MediaSource.OfBase64(Pdf);
            parts.Add(new DocumentPart("application/pdf", source) { Name = "report.pdf" });
        }
        if (limits.Audio && Rarely(6))
        {
            parts.Add(new MediaPart("audio/wav", MediaSource.OfBase64("UklGRiQA")));
        }
        parts.Add(Marked(new TextPart(Text())));
        return parts;
    }

    private List<ContentPart> AssistantParts(out List<ToolCallPart> calls)
    {
        var parts = new List<ContentPart>();
        if (Rarely(3))
        {
            parts.Add(new ThinkingPart(Text()) { Signature = Seal() });
            if (limits.RedactedThinking && Rarely(3))
            {
                parts.Add(new ThinkingPart("") { Signature = Seal(), Redacted = true });
            }
        }
        calls = Rarely(2) ? Many(3, Call) : [];
        if (calls.Count == 0 || Rarely(2))
        {
            parts.Add(new TextPart(Text()));
        }
        parts.AddRange(calls);
        return parts;
    }

    private ToolCallPart Call()
    {
        var name = Next(2) == 0 ? "get_weather" : "get_time";
        return new ToolCallPart(string.Create(CultureInfo.InvariantCulture, $"call_{_ids++}"), name, Arguments[Next(Arguments.Length)]) { Signature = limits.CallSignature && Rarely(4) ? Seal() : null };
    }

    private ContentPart Marked(ContentPart part) => limits.CacheControl && Rarely(6) ? part with { CacheControl = RawJson.Of("{\"type\":\"ephemeral\"}"u8) } : part;

    private void Wishes(ChatTurn turn)
    {
        turn.MaxTokens = 100 + Next(900);
        turn.Temperature = Rarely(3) ? Next(4) * 0.25 : null;
        // Newer models of Anthropic's take one of the two.
        turn.TopP = turn.Temperature is null && Rarely(3) ? 0.25 + (Next(3) * 0.25) : null;
        turn.TopK = Rarely(4) ? 1 + Next(50) : null;
        turn.PresencePenalty = Rarely(4) ? 0.5 : null;
        turn.FrequencyPenalty = Rarely(4) ? -0.5 : null;
        turn.Seed = Rarely(4) ? Next(999) : null;
        turn.EndUser = Rarely(4) ? "user-1" : null;
        turn.Stream = Rarely(2);
        if (Rarely(4))
        {
            turn.Stop.AddRange(Many(2, () => "STOP" + Next(9).ToString(CultureInfo.InvariantCulture)));
        }
        turn.Format = Next(6) switch
        {
            4 when limits.JsonObject => new OutputFormat(default(RawJson)),
            5 when limits.JsonSchema => new OutputFormat(RawJson.Of("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}"u8)) { Name = "thing" },
            _ => null,
        };
        turn.Reasoning = Rarely(4) ? new ReasoningWish { Enabled = true, Effort = Next(3) switch { 0 => "low", 1 => "medium", _ => "high" } } : null;
    }

    private void Tools(ChatTurn turn)
    {
        // A conversation with calls whose tools are gone is refused by some vendors.
        if (!turn.Messages.Exists(message => message.Parts.Exists(part => part is ToolCallPart)) && !Rarely(3))
        {
            return;
        }
        turn.Tools.Add(new ToolDefinition("get_weather")
        {
            Description = Text(),
            Parameters = RawJson.Of("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}},\"required\":[\"city\"]}"u8),
            Strict = limits.Strict && Rarely(3) ? true : null,
        });
        turn.Tools.Add(new ToolDefinition("get_time") { Description = "Time", Parameters = RawJson.Of("{\"type\":\"object\",\"properties\":{}}"u8) });
        turn.ToolChoice = Next(6) switch
        {
            1 => new ToolChoice(ToolChoiceKind.Auto),
            2 => new ToolChoice(ToolChoiceKind.Required),
            3 => new ToolChoice(ToolChoiceKind.Named, "get_time"),
            4 when limits.ToolChoiceNone => new ToolChoice(ToolChoiceKind.None),
            _ => null,
        };
        turn.ParallelToolCalls = turn.ToolChoice is { Kind: not ToolChoiceKind.None } && Rarely(3) ? false : null;
        if (turn.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
        {
            // Anthropic's models do not think when they have to call.
            turn.Reasoning = null;
            // A forced tool is how some dialects say a format.
            turn.Format = null;
        }
    }

    private List<ChatDelta> Stream()
    {
        var deltas = new List<ChatDelta> { new(DeltaKind.Start) { Id = "answer-1", Name = "some-model" } };
        var choices = limits.Choices && Rarely(5) ? 2 : 1;
        for (var choice = 0; choice < choices; choice++)
        {
            StreamChoice(deltas, choice);
        }
        var usage = Usage();
        if (Rarely(4))
        {
            deltas.Insert(deltas.Count - 1, usage);
        }
        else
        {
            deltas.Add(usage);
        }
        deltas.Add(new ChatDelta(DeltaKind.End));
        return deltas;
    }

    private void StreamChoice(List<ChatDelta> deltas, int choice)
    {
        var parts = limits.Refusal && Rarely(8) ? [new RefusalPart(Text())] : AssistantParts(out _);
        for (var index = 0; index < parts.Count; index++)
        {
            StreamPart(deltas, choice, index, parts[index]);
        }
        var stop = parts.Exists(part => part is ToolCallPart)
            ? Rarely(5) ? StopReason.MaxTokens : StopReason.ToolUse
            : Next(6) switch { 3 => StopReason.MaxTokens, 4 => StopReason.StopSequence, 5 => StopReason.ContentFilter, _ => StopReason.EndTurn };
        deltas.Add(new ChatDelta(DeltaKind.Stop) { Choice = choice, Stop = stop, Text = stop == StopReason.StopSequence ? "STOP" : null });
    }

    private void StreamPart(List<ChatDelta> deltas, int choice, int index, ContentPart part)
    {
        var (kind, text) = part switch
        {
            TextPart one => (DeltaPart.Text, one.Text),
            RefusalPart one => (DeltaPart.Refusal, one.Text),
            ThinkingPart { Redacted: true } => (DeltaPart.RedactedThinking, ""),
            ThinkingPart one => (DeltaPart.Thinking, one.Text),
            ToolCallPart one => (DeltaPart.ToolCall, one.Arguments),
            _ => throw new InvalidOperationException($"{part.GetType().Name} is not streamed."),
        };
        var step = new ChatDelta(DeltaKind.PartStart) { Choice = choice, Index = index, Part = kind };
        deltas.Add(part is ToolCallPart call ? step with { Id = call.Id, Name = call.Name, Signature = call.Signature } : step);
        while (text.Length > 0)
        {
            var length = Math.Min(text.Length, 1 + Next(12));
            if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
            {
                length++;
            }
            deltas.Add(step with { Kind = DeltaKind.Text, Text = text[..length] });
            text = text[length..];
        }
        if (part is ThinkingPart { Signature: { } seal })
        {
            deltas.Add(step with { Kind = DeltaKind.Signature, Text = seal });
        }
        deltas.Add(step with { Kind = DeltaKind.PartEnd });
    }

    private ChatDelta Usage()
    {
        var cached = Rarely(3) ? Next(500) : 0;
        var write = limits.CacheWrite && Rarely(3) ? Next(500) : 0;
        var reasoning = Rarely(3) ? Next(200) : 0;
        var prompt = 1 + Next(900) + cached + write;
        var completion = 1 + Next(900) + reasoning;
        return new ChatDelta(DeltaKind.Usage)
        {
            Usage = new TokenUsage { Prompt = prompt, Completion = completion, Total = prompt + completion, CachedPrompt = cached, CacheWrite = write, Reasoning = reasoning },
        };
    }

    private List<T> Many<T>(int most, Func<T> one)
    {
        var list = new List<T> { one() };
        for (var more = Next(most); more > 0; more--)
        {
            list.Add(one());
        }
        return list;
    }
}
