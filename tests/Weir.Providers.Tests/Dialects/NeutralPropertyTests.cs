using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>What two dialects can both say survives the way through both; how a stream is cut makes no difference.</summary>
public sealed class NeutralPropertyTests
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 100_000 : 1500;

    public static TheoryData<WireFormat> Dialects => [.. ChatDialects.All.Select(dialect => dialect.Format)];

    public static TheoryData<WireFormat, WireFormat> Pairs
    {
        get
        {
            var pairs = new TheoryData<WireFormat, WireFormat>();
            foreach (var from in ChatDialects.All)
            {
                foreach (var to in ChatDialects.All)
                {
                    pairs.Add(from.Format, to.Format);
                }
            }
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_conversation_through_two_dialects_keeps_what_both_can_say(WireFormat first, WireFormat second)
    {
        var (one, two) = (ChatDialects.Find(first)!, ChatDialects.Find(second)!);
        var limits = Expresses.Of(first).And(Expresses.Of(second));
        NeutralGen.Tapes.Sample(
            tape =>
            {
                var turn = NeutralGen.Turn(tape, limits);
                var before = NeutralFacts.Of(turn, limits);
                var after = Through(one, Through(two, Through(one, turn)));
                Assert.Equal(before, NeutralFacts.Of(after, limits));
            },
            iter: Iterations);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_answer_through_two_dialects_keeps_what_both_can_say(WireFormat first, WireFormat second)
    {
        var (one, two) = (ChatDialects.Find(first)!, ChatDialects.Find(second)!);
        var limits = Expresses.Of(first).And(Expresses.Of(second));
        NeutralGen.Tapes.Sample(
            tape =>
            {
                var result = DeltaSum.Of(NeutralGen.Stream(tape, limits));
                var before = NeutralFacts.Of(result, limits);
                var after = two.ReadAnswer(Crossing.WriteAnswer(two, one.ReadAnswer(Crossing.WriteAnswer(one, result))));
                Assert.Equal(before, NeutralFacts.Of(after, limits));
            },
            iter: Iterations);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_stream_through_two_dialects_keeps_what_both_can_say_and_adds_up_to_the_whole_answer(WireFormat first, WireFormat second)
    {
        var (one, two) = (ChatDialects.Find(first)!, ChatDialects.Find(second)!);
        var limits = Expresses.Of(first).And(Expresses.Of(second));
        NeutralGen.Tapes.Sample(
            tape =>
            {
                var deltas = NeutralGen.Stream(tape, limits);
                var before = NeutralFacts.Of(DeltaSum.Of(deltas), limits);
                var upstream = WireText.Events(first, Crossing.WriteStream(one, deltas));
                var client = WireText.Events(second, Crossing.Stream(one, two, upstream));
                Assert.Equal(before, NeutralFacts.Of(DeltaSum.Of(Crossing.ReadStream(two, client)), limits));
            },
            iter: Iterations);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void However_the_bytes_of_an_upstream_are_cut_every_client_gets_the_same(WireFormat format)
    {
        var from = ChatDialects.Find(format)!;
        Gen.Select(NeutralGen.Tapes, Gen.Int[1, 40].Array[1, 20], Gen.OneOf("\n", "\r\n", "\r")).Sample(
            (tape, cuts, line) =>
            {
                var whole = WireText.Events(format, Crossing.WriteStream(from, NeutralGen.Stream(tape, Expresses.Of(format))));
                var at = 0;
                var cut = WireText.Sse(WireText.ToSse(whole, line), () => cuts[at++ % cuts.Length]);
                foreach (var to in ChatDialects.All)
                {
                    Assert.Equal(Crossing.Stream(from, to, whole), Crossing.Stream(from, to, cut));
                }
            },
            iter: Iterations / 3);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_glance_sees_content_usage_and_the_end_of_what_the_writer_wrote(WireFormat format)
    {
        var dialect = ChatDialects.Find(format)!;
        NeutralGen.Tapes.Sample(
            tape =>
            {
                var limits = Expresses.Of(format);
                var deltas = NeutralGen.Stream(tape, limits);
                var facts = default(StreamFacts);
                var seen = EventTraits.None;
                var last = EventTraits.None;
                foreach (var one in WireText.Events(format, Crossing.WriteStream(dialect, deltas)))
                {
                    last = dialect.Look(one.Name, one.Data, (seen & EventTraits.Content) != 0, ref facts);
                    seen |= last;
                }
                Assert.Equal(EventTraits.None, seen & (EventTraits.Error | EventTraits.Garbage));
                Assert.NotEqual(EventTraits.None, seen & EventTraits.Content);
                Assert.NotEqual(EventTraits.None, last & (EventTraits.Terminal | EventTraits.MayBeLast));
                var told = DeltaSum.Of(deltas).Usage;
                Assert.Equal((told.Prompt, told.Completion, told.CachedPrompt), (facts.Usage.Prompt, facts.Usage.Completion, facts.Usage.CachedPrompt));
            },
            iter: Iterations / 3);
    }

    private static ChatTurn Through(IChatDialect dialect, ChatTurn turn)
    {
        turn.Model = Crossing.ModelOf(dialect.Format);
        return dialect.ReadRequest(Crossing.WriteRequest(dialect, turn, new Dropped()));
    }
}
