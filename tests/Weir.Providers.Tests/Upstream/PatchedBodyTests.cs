using System.Text;
using CsCheck;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class PatchedBodyTests
{
    /// <summary>Edits that do not overlap, in any order, made from cut positions.</summary>
    private static readonly Gen<(byte[] Source, (int Start, int End, string Text)[] Edits)> Cases =
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 60].Array[0, 12], Gen.String[Gen.Char.AlphaNumeric, 0, 5].Array[6], Gen.Bool.Array[6], Gen.Int[0, 1000])
            .Select((source, positions, texts, insert, seed) =>
            {
                var cuts = positions.Where(p => p <= source.Length).Order().ToArray();
                var edits = Enumerable.Range(0, cuts.Length / 2)
                    .Select(i => (Start: cuts[2 * i], End: insert[i % 6] ? cuts[2 * i] : cuts[(2 * i) + 1], Text: texts[i % 6]))
                    .DistinctBy(e => e.Start)
                    .ToArray();
                new Random(seed).Shuffle(edits);
                return (source, edits);
            });

    [Fact]
    public void Edits_in_any_order_give_what_a_naive_model_gives() => Cases.Sample(
        c =>
        {
            var body = Patch(c.Source, c.Edits);
            var expected = Naive(c.Source, c.Edits);
            Assert.Equal(expected, body.ToArray());
            Assert.Equal(expected.Length, body.Length);
        },
        iter: 10_000);

    [Fact]
    public async Task The_content_of_a_request_is_the_same_bytes_with_their_length()
    {
        var body = Patch(Encoding.UTF8.GetBytes("hello world"), [(0, 5, "good bye"), (11, 11, "!")]);
        using var content = body.ToContent();
        Assert.Equal("good bye world!", await content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(15, content.Headers.ContentLength);
    }

    [Fact]
    public void Insertions_at_one_place_keep_their_order_and_stand_before_a_replacement_there()
    {
        var body = Patch("abc"u8.ToArray(), [(1, 2, "X"), (1, 1, "1"), (1, 1, "2")]);
        Assert.Equal("a12Xc", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Theory]
    [InlineData(2, 4, 3, 5)]
    [InlineData(2, 4, 0, 3)]
    [InlineData(2, 4, 2, 4)]
    [InlineData(2, 4, 3, 3)]
    [InlineData(0, 6, 2, 3)]
    public void Overlapping_edits_are_refused(int start, int end, int otherStart, int otherEnd)
    {
        var body = Patch("abcdef"u8.ToArray(), [(start, end, "x")]);
        Assert.Throws<InvalidOperationException>(() => body.Replace(otherStart, otherEnd, default));
    }

    [Fact]
    public void A_body_that_starts_over_remembers_no_edit()
    {
        var body = Patch("abc"u8.ToArray(), [(0, 1, "x"), (2, 3, "y")]);
        body.Reset("def"u8.ToArray());
        Assert.Equal("def", Encoding.UTF8.GetString(body.ToArray()));
    }

    private static PatchedBody Patch(byte[] source, IEnumerable<(int Start, int End, string Text)> edits)
    {
        var body = new PatchedBody();
        body.Reset(source);
        foreach (var (start, end, text) in edits)
        {
            body.Replace(start, end, Encoding.UTF8.GetBytes(text));
        }
        return body;
    }

    private static byte[] Naive(byte[] source, IEnumerable<(int Start, int End, string Text)> edits)
    {
        var bytes = source.ToList();
        foreach (var (start, end, text) in edits.OrderByDescending(e => e.Start))
        {
            bytes.RemoveRange(start, end - start);
            bytes.InsertRange(start, Encoding.UTF8.GetBytes(text));
        }
        return [.. bytes];
    }
}
