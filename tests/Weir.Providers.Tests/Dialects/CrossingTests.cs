using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>Every case crosses to every dialect, its own included; what comes out lies in <c>Golden/</c>.</summary>
public sealed class CrossingTests
{
    public static TheoryData<string> Requests => Paths(DialectCase.Requests);

    public static TheoryData<string> Answers => Paths(DialectCase.Answers);

    public static TheoryData<string> Streams => Paths(DialectCase.Streams);

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_crosses_to_every_dialect_as_written_down(string path) => HoldAgainstGolden(path, (from, to, one) =>
    {
        ChatTurn turn;
        try
        {
            turn = from.ReadRequest(one.Body);
        }
        catch (DialectException refused)
        {
            return $"unreadable: {refused.Member}: {refused.Message}\n";
        }
        var dropped = new Dropped();
        try
        {
            var body = Crossing.WriteRequest(to, Crossing.Aim(turn, from, to), dropped);
            to.ReadRequest(body);
            return WireText.Pretty(body) + (dropped.Names.Count > 0 ? $"\ndropped: {string.Join(", ", dropped.Names)}\n" : "\n");
        }
        catch (DialectException refused)
        {
            return $"refused: {refused.Member}: {refused.Message}\n";
        }
    });

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_crosses_to_every_dialect_as_written_down(string path) => HoldAgainstGolden(path, (from, to, one) =>
    {
        var result = from.ReadAnswer(one.Body);
        var body = Crossing.WriteAnswer(to, result);
        if (!result.Choices.Exists(choice => choice.Stop == StopReason.Error))
        {
            // What failed at the vendor is told as an error in some dialects, and then it is no answer.
            to.ReadAnswer(body);
            var facts = to.ReadFacts(body);
            Assert.True(facts.IsJsonObject && !facts.HasError, "The dialect's own glance does not know the answer that it wrote.");
        }
        return WireText.Pretty(body) + "\n";
    });

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_crosses_to_every_dialect_as_written_down(string path) => HoldAgainstGolden(path, (from, to, one) =>
    {
        var stream = Crossing.Stream(from, to, one.Events);
        var deltas = Crossing.ReadStream(from, one.Events);
        DeltaSum.Of(deltas);
        Assert.Equal(WireText.Stream(to.Format, Crossing.WriteStream(to, deltas)), WireText.Stream(to.Format, stream));
        DeltaSum.Of(Crossing.ReadStream(to, WireText.Events(to.Format, stream)));
        return WireText.Stream(to.Format, stream);
    });

    [Theory]
    [MemberData(nameof(Streams))]
    public void However_the_bytes_of_a_stream_are_cut_the_client_gets_the_same(string path)
    {
        var one = DialectCase.Find(path);
        var from = ChatDialects.Find(one.Format)!;
        foreach (var line in new[] { "\n", "\r\n", "\r" })
        {
            var bytes = WireText.ToSse(one.Events, line);
            foreach (var cut in new[] { 1, 7, 64, 1000 })
            {
                var events = WireText.Sse(bytes, () => cut);
                Assert.Equal(one.Events.Select(e => Encoding.UTF8.GetString(e.Data)), events.Select(e => Encoding.UTF8.GetString(e.Data)));
                Assert.Equal(Crossing.Stream(from, from, one.Events), Crossing.Stream(from, from, events));
            }
        }
    }

    [Fact]
    public void Every_golden_text_belongs_to_a_case()
    {
        if (!Directory.Exists(Repository.Golden))
        {
            return;
        }
        var wanted = DialectCase.All().Select(one => one.GoldenFile).ToHashSet(StringComparer.Ordinal);
        var listed = ChatDialects.All.Select(dialect => dialect.Format.ToString()).ToHashSet(StringComparer.Ordinal);
        var stray = Directory.EnumerateFiles(Repository.Golden, "*.txt", SearchOption.AllDirectories)
            .Where(file => listed.Contains(Path.GetFileName(Path.GetDirectoryName(file)) ?? "") && !wanted.Contains(file)).ToList();
        if (Repository.UpdatesGolden)
        {
            stray.ForEach(File.Delete);
            return;
        }
        Assert.Empty(stray);
    }

    [Fact]
    public void Every_feature_of_a_case_is_a_known_word()
    {
        var unknown = from one in DialectCase.All() from feature in one.Features where !Features.All.Contains(feature) select $"{one}: {feature}";
        Assert.Empty(unknown);
        Assert.DoesNotContain(DialectCase.All(), one => one.Features.Count == 0 || one.Title.Length == 0);
    }

    private static TheoryData<string> Paths(string kind) => [.. DialectCase.Of(kind).Select(one => one.Path)];

    private static void HoldAgainstGolden(string path, Func<IChatDialect, IChatDialect, DialectCase, string> cross)
    {
        var one = DialectCase.Find(path);
        var from = ChatDialects.Find(one.Format)!;
        var text = new StringBuilder($"{one.Title}\n");
        foreach (var to in ChatDialects.All)
        {
            text.Append($"\n== {to.Format}\n").Append(cross(from, to, one));
        }
        Repository.HoldAgainst(one.GoldenFile, text.ToString());
    }
}
