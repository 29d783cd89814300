using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIResponses;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>What this dialect can say survives being said in it.</summary>
public sealed class ResponsesPropertyTests
{
    private static readonly OpenAIResponsesDialect Dialect = new();

    private static readonly Gen<StopReason> Stops = Conversations.OneOf(StopReason.EndTurn, StopReason.MaxTokens, StopReason.ContentFilter);

    private static readonly Gen<TokenUsage> Usages = Gen.Select(Gen.Long[1, 9000], Gen.Long[1, 9000], Gen.Bool,
        (prompt, completion, more) => new TokenUsage
        {
            Prompt = prompt, Completion = completion, Total = prompt + completion, CachedPrompt = more ? prompt / 2 : 0, CacheWrite = more ? prompt / 3 : 0, Reasoning = more ? completion / 2 : 0,
        });

    [Fact]
    public void A_conversation_survives_being_written_and_read() => Conversations.Turn.Sample(
        turn =>
        {
            var body = Crossing.WriteRequest(Dialect, turn, new Dropped());
            JsonDocument.Parse(body).Dispose();
            Assert.Equal(Shown.Of(Normal(turn)), Shown.Of(Dialect.ReadRequest(body)));
        },
        iter: 3000);

    [Fact]
    public void In_which_order_the_members_of_an_object_come_does_not_matter() => Gen.Select(
        Conversations.OneOf(OpenAIResponsesFuzzTests.Cases(DialectCase.Requests)), Gen.Int[0, 1 << 20]).Sample(
        (one, seed) =>
        {
            Assert.Equal(Outcome(one.Body), Outcome(Shuffled(one.Body, new Random(seed))));

            static string Outcome(byte[] body)
            {
                try
                {
                    var turn = Dialect.ReadRequest(body);
                    turn.Extras.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
                    // What is carried raw keeps its spaces and its own order of members.
                    return string.Concat(Shown.Of(turn).Where(c => !char.IsWhiteSpace(c)).Order());
                }
                catch (DialectException refused)
                {
                    return refused.Member;
                }
            }
        },
        iter: 2000);

    [Fact]
    public void An_answer_survives_being_written_and_read() => Gen.Select(Conversations.Answer, Stops, Usages).Sample(
        (parts, stop, usage) =>
        {
            var result = Result(parts, stop, usage);
            var target = new ArrayBufferWriter<byte>();
            Dialect.WriteAnswer(result, Context(), target);
            using var document = JsonDocument.Parse(target.WrittenMemory);
            StrictClient.Whole(document.RootElement);
            Assert.Equal(Shown.Of(Result(Normal(parts), stop, usage)), Shown.Of(Dialect.ReadAnswer(target.WrittenSpan)));
        },
        iter: 3000);

    [Fact]
    public void A_stream_pleases_the_strictest_client_and_survives_being_read() => Gen.Select(Conversations.Answer, Stops, Usages, Gen.Int[1, 7], Gen.Bool).Sample(
        (parts, stop, usage, piece, usageFirst) =>
        {
            var deltas = Deltas(parts, Stop(parts, stop), usage, piece, usageFirst);
            var stream = Write(deltas);
            var response = StrictClient.Read(stream);
            Assert.Equal(usage.Prompt, response.GetProperty("usage").GetProperty("input_tokens").GetInt64());
            var told = DeltaSum.Of(Crossing.ReadStream(Dialect, WireText.Sse(stream, () => int.MaxValue)));
            Assert.Equal(Shown.Of(Result(Unmarked(Normal(parts)), stop, usage)), Shown.Of(told));
        },
        iter: 3000);

    [Fact]
    public void A_whole_answer_and_the_end_of_a_stream_tell_the_same() => Gen.Select(Conversations.Answer, Stops, Usages).Sample(
        (parts, stop, usage) =>
        {
            // A stream can't tell an empty summary from none, nor a call without arguments from one with an empty object.
            var result = Result(parts, stop, usage);
            var whole = new ArrayBufferWriter<byte>();
            Dialect.WriteAnswer(result, Context(), whole);
            using var document = JsonDocument.Parse(whole.WrittenMemory);
            var streamed = StrictClient.Read(Write(Deltas(parts, Stop(parts, stop), usage, 3, false)));
            Assert.Equal(document.RootElement.GetRawText(), streamed.GetRawText());
        },
        iter: 1000);

    [Fact]
    public void However_a_server_mixes_the_events_of_its_items_the_same_is_told() => Gen.Select(Conversations.Answer, Usages, Gen.Int[0, 5].Array[1, 40]).Sample(
        (parts, usage, order) =>
        {
            var events = WireText.Sse(Write(Deltas(parts, Stop(parts, StopReason.EndTurn), usage, 2, false)), () => int.MaxValue);
            var told = DeltaSum.Of(Crossing.ReadStream(Dialect, events));
            var mixed = DeltaSum.Of(Crossing.ReadStream(Dialect, Mixed(events, order)));
            Assert.Equal(Sorted(told), Sorted(mixed));
        },
        iter: 2000);

    [Fact]
    public void A_stream_without_pieces_tells_what_one_with_pieces_tells() => Gen.Select(Conversations.Answer, Usages).Sample(
        (parts, usage) =>
        {
            var events = WireText.Sse(Write(Deltas(parts, Stop(parts, StopReason.EndTurn), usage, 2, false)), () => int.MaxValue);
            var told = Shown.Of(DeltaSum.Of(Crossing.ReadStream(Dialect, events)));
            var items = events.Where(one => !Encoding.UTF8.GetString(one.Name).Contains("delta", StringComparison.Ordinal)).ToList();
            Assert.Equal(told, Shown.Of(DeltaSum.Of(Crossing.ReadStream(Dialect, items))));
            var whole = events.Where(one => Encoding.UTF8.GetString(one.Name) is "response.created" or "response.output_item.done" or "response.completed").ToList();
            Assert.Equal(told, Shown.Of(DeltaSum.Of(Crossing.ReadStream(Dialect, whole))));
            var last = events.Where(one => Encoding.UTF8.GetString(one.Name) is "response.created" or "response.completed").ToList();
            Assert.Equal(told, Shown.Of(DeltaSum.Of(Crossing.ReadStream(Dialect, last))));
        },
        iter: 1000);

    private static byte[] Shuffled(byte[] json, Random random)
    {
        using var document = JsonDocument.Parse(json);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonForm.Options))
        {
            Write(document.RootElement);

            void Write(JsonElement element)
            {
                switch (element.ValueKind)
                {
                    case JsonValueKind.Object:
                        writer.WriteStartObject();
                        foreach (var member in element.EnumerateObject().OrderBy(_ => random.Next()))
                        {
                            writer.WritePropertyName(member.Name);
                            Write(member.Value);
                        }
                        writer.WriteEndObject();
                        break;
                    case JsonValueKind.Array:
                        writer.WriteStartArray();
                        foreach (var one in element.EnumerateArray())
                        {
                            Write(one);
                        }
                        writer.WriteEndArray();
                        break;
                    default:
                        element.WriteTo(writer);
                        break;
                }
            }
        }
        return buffer.ToArray();
    }

    private static AnswerContext Context()
    {
        var turn = new ChatTurn { Model = "asked-model" };
        turn.Tools.Add(Conversations.FreeFormTool(default));
        return new AnswerContext(turn, "0123456789abcdefghijklmn", 1_750_000_000);
    }

    private static byte[] Write(List<ChatDelta> deltas)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = Dialect.NewWriter(Context());
        foreach (var delta in deltas)
        {
            writer.Write(delta, target);
        }
        return target.WrittenSpan.ToArray();
    }

    private static ChatResult Result(List<ContentPart> parts, StopReason stop, TokenUsage usage)
    {
        var choice = new ChatChoice { Stop = Stop(parts, stop) };
        choice.Parts.AddRange(parts);
        return new ChatResult { Id = "", Model = "asked-model", Usage = usage, Choices = { choice } };
    }

    private static StopReason Stop(List<ContentPart> parts, StopReason stop) =>
        stop == StopReason.EndTurn && parts.Exists(part => part is ToolCallPart) ? StopReason.ToolUse : stop;

    private static List<ChatDelta> Deltas(List<ContentPart> parts, StopReason stop, TokenUsage usage, int piece, bool usageFirst)
    {
        var deltas = new List<ChatDelta> { new(DeltaKind.Start) { Id = "", Name = "asked-model" } };
        for (var n = 0; n < parts.Count; n++)
        {
            var (kind, text, seal) = parts[n] switch
            {
                TextPart said => (DeltaPart.Text, said.Text, null),
                RefusalPart refusal => (DeltaPart.Refusal, refusal.Text, null),
                ToolCallPart call => (DeltaPart.ToolCall, call.Arguments, null),
                ThinkingPart thinking => (thinking.Redacted ? DeltaPart.RedactedThinking : DeltaPart.Thinking, thinking.Text, thinking.Signature),
                _ => (DeltaPart.Text, "", (string?)null),
            };
            if (parts[n] is OpaquePart opaque)
            {
                deltas.Add(new ChatDelta(DeltaKind.Opaque) { Index = n, Opaque = opaque });
                continue;
            }
            var called = parts[n] as ToolCallPart;
            deltas.Add(new ChatDelta(DeltaKind.PartStart) { Index = n, Part = kind, Id = called?.Id, Name = called?.Name });
            for (var at = 0; at < text.Length;)
            {
                var end = Math.Min(text.Length, at + piece);
                end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
                deltas.Add(new ChatDelta(DeltaKind.Text) { Index = n, Part = kind, Text = text[at..end] });
                at = end;
            }
            if (seal is not null)
            {
                deltas.Add(new ChatDelta(DeltaKind.Signature) { Index = n, Part = kind, Text = seal });
            }
            var sources = parts[n] is TextPart { Citations.IsAbsent: false } cited ? new OpaquePart(cited.CitationsFrom, "citations", cited.Citations) : null;
            deltas.Add(new ChatDelta(DeltaKind.PartEnd) { Index = n, Part = kind, Opaque = sources });
        }
        var told = new ChatDelta(DeltaKind.Usage) { Usage = usage };
        var stopped = new ChatDelta(DeltaKind.Stop) { Stop = stop };
        deltas.AddRange(usageFirst ? [told, stopped] : [stopped, told]);
        deltas.Add(new ChatDelta(DeltaKind.End));
        return deltas;
    }

    /// <summary>Reorders events of different items and leaves those of one item in their order; the first and last of the stream stay.</summary>
    private static List<CaseEvent> Mixed(List<CaseEvent> events, int[] order)
    {
        var queues = events.Skip(2).SkipLast(1).GroupBy(OutputIndex).Select(group => new Queue<CaseEvent>(group)).ToList();
        var mixed = events.Take(2).ToList();
        for (var at = 0; queues.Count > 0; at++)
        {
            var queue = queues[order[at % order.Length] % queues.Count];
            mixed.Add(queue.Dequeue());
            queues.RemoveAll(left => left.Count == 0);
        }
        mixed.Add(events[^1]);
        return mixed;
    }

    private static int OutputIndex(CaseEvent one)
    {
        using var document = JsonDocument.Parse(one.Data);
        return document.RootElement.GetProperty("output_index").GetInt32();
    }

    // Which of two items that begin at the same time is told first is the server's choice.
    private static string Sorted(ChatResult result) => string.Join('\n', Shown.Of(result).Split('\n').Order(StringComparer.Ordinal));

    /// <summary>What one message is in the other form: neighbours of one role are one message, an assistant that says nothing is none.</summary>
    private static ChatTurn Normal(ChatTurn turn)
    {
        var normal = new ChatTurn
        {
            Model = turn.Model, Stream = turn.Stream, MaxTokens = turn.MaxTokens, Temperature = turn.Temperature, TopP = turn.TopP, EndUser = turn.EndUser,
            ServiceTier = turn.ServiceTier, ParallelToolCalls = turn.ParallelToolCalls, ToolChoice = turn.ToolChoice, Format = turn.Format, Reasoning = turn.Reasoning,
        };
        normal.Tools.AddRange(turn.Tools);
        foreach (var message in turn.Messages)
        {
            var parts = Normal(message.Parts);
            if (message.Role is ChatRole.Assistant or ChatRole.Tool)
            {
                if (normal.Messages is [.., var last] && last.Role == message.Role)
                {
                    last.Parts.AddRange(parts);
                }
                else if (parts.Count > 0)
                {
                    normal.Messages.Add(new ChatMessage(message.Role, parts));
                }
                continue;
            }
            normal.Messages.Add(new ChatMessage(message.Role, parts));
        }
        return normal;
    }

    private static List<ContentPart> Normal(List<ContentPart> parts) =>
        [.. parts.Select(part => part is ToolResultPart { Content.Count: 0 } empty ? new ToolResultPart(empty.CallId, [new TextPart("")]) : part)];

    /// <summary>A step of a stream does not tell whether a tool takes free text.</summary>
    private static List<ContentPart> Unmarked(List<ContentPart> parts) => [.. parts.Select(part => part is ToolCallPart call ? call with { FreeForm = false } : part)];
}
