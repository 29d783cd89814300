using System.Text;
using CsCheck;
using Weir.Providers.Dialects.Forms;

namespace Weir.Providers.Tests.Dialects.Forms;

public sealed class FormScannerTests
{
    private const string Head = "Content-Disposition: form-data; name=\"";

    private static readonly Gen<(string Name, bool File, byte[] Value)[]> AnyParts =
        Gen.Select(Gen.Int[0, 5].Select(static i => "n" + i), Gen.Bool, Gen.Byte.Select(static b => (byte)"\r\n-bB\0~"[b % 7]).Array[0, 200])
            .Select(static (name, file, value) => (name, file, value)).Array[1, 6];

    [Fact]
    public void Every_part_is_found_wherever_the_bytes_are_cut() =>
        Gen.Select(AnyParts, Gen.Int[1, 40]).Where(static item => item.Item1.All(static part => Encoding.Latin1.GetString(part.Value).Contains("--bB", StringComparison.Ordinal) is false))
            .Sample(static (parts, step) =>
            {
                var body = Write(parts);
                var scanner = new FormScanner("bB");
                for (var at = 0; at < body.Length; at += step)
                {
                    Assert.Null(scanner.Feed(body.AsSpan(at, Math.Min(step, body.Length - at))));
                }
                Assert.Null(scanner.Complete(out var form));
                Assert.Equal(body.Length, form!.Length);
                Assert.Equal(parts.Select(static part => (part.Name, part.File)), form.Parts.Select(static part => (part.Name, part.IsFile)));
                foreach (var (part, found) in parts.Zip(form.Parts))
                {
                    Assert.Equal(part.Value, body[(int)found.ValueStart..(int)found.ValueEnd]);
                    Assert.Equal("--bB", Encoding.ASCII.GetString(body, (int)found.Start, 4));
                    Assert.True(found.IsFile || found.Text!.Value.Span.SequenceEqual(part.Value));
                }
            });

    [Fact]
    public void A_form_that_is_cut_anywhere_is_not_whole()
    {
        var body = Write([("model", false, [.. "m"u8]), ("file", true, [.. "abc"u8])]);
        for (var length = 0; length < body.Length - 2; length++)
        {
            var scanner = new FormScanner("bB");
            var refusal = scanner.Feed(body.AsSpan(0, length)) ?? scanner.Complete(out _);
            Assert.NotNull(refusal);
        }
    }

    [Theory]
    [InlineData("text before\r\n--bB\r\n" + Head + "a\"\r\n\r\nx\r\n--bB--", "must begin")]
    [InlineData("--bB\r\n" + Head + "a\"\r\n\r\nx\r\n--bB--\r\ntext after", "follows")]
    [InlineData("--bB \r\n" + Head + "a\"\r\n\r\nx\r\n--bB--", "where no part begins")]
    [InlineData("--bB\r\n" + Head + "a\"\r\n\r\nx\r\n--bBc\r\n\r\n--bB--", "where no part begins")]
    [InlineData("--bB\r\n" + Head + "a\"\r\n\r\nx\n--bB\r\n" + Head + "model\"\r\n\r\ny\r\n--bB--", "inside a part")]
    [InlineData("--bB\r\n" + Head + "a\"\r\n\r\n--bB--", "inside a part")]
    [InlineData("--bB\r\nX: --bB\r\n" + Head + "a\"\r\n\r\nx\r\n--bB--", "inside the headers")]
    [InlineData("--bB\r\n" + Head + "a\"\r\n" + Head + "model\"\r\n\r\nx\r\n--bB--", "two 'Content-Disposition'")]
    [InlineData("--bB\r\n" + Head + "a\"; name=\"model\"\r\n\r\nx\r\n--bB--", "one way only")]
    [InlineData("--bB\r\n" + Head + "a\"; name*=utf-8''model\r\n\r\nx\r\n--bB--", "no plain name")]
    [InlineData("--bB\r\n" + Head + "mod%65l\"\r\n\r\nx\r\n--bB--", "readers take differently")]
    [InlineData("--bB\r\n" + Head + "model \"\r\n\r\nx\r\n--bB--", "readers take differently")]
    [InlineData("--bB\r\n" + Head + "a\"; filename=\"x\\\"; name=\"model\"\r\n\r\nx\r\n--bB--", "one way only")]
    [InlineData("--bB\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--bB--", "not 'form-data")]
    [InlineData("--bB\r\nContent-Disposition: form-data; name=\"a\";\r\n filename=\"b\"\r\n\r\nx\r\n--bB--", "folded")]
    [InlineData("--bB\r\nContent-Type: text/plain\r\n\r\nx\r\n--bB--", "no Content-Disposition")]
    [InlineData("--bB\r\n" + Head + "a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--bB--", "Transfer-Encoding")]
    [InlineData("--bB\r\n" + Head + "a\"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\nx\r\n--bB--", "utf-16")]
    public void What_two_readers_could_take_differently_is_refused(string body, string because)
    {
        var scanner = new FormScanner("bB");
        var refusal = scanner.Feed(Encoding.UTF8.GetBytes(body)) ?? scanner.Complete(out _);
        Assert.Contains(because, refusal?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bB\r\ncontent-disposition: form-data; name=a\r\n\r\nx\r\n--bB--")]
    [InlineData("\r\n--bB\r\n" + Head + "a\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n--bB--\r\n")]
    public void What_real_clients_send_is_taken(string body)
    {
        var scanner = new FormScanner("bB");
        Assert.Null(scanner.Feed(Encoding.UTF8.GetBytes(body)));
        Assert.Null(scanner.Complete(out var form));
        Assert.Equal("a", Assert.Single(form!.Parts).Name);
    }

    [Fact]
    public void Fields_and_parts_are_bounded()
    {
        var parts = Enumerable.Repeat(("a", false, Array.Empty<byte>()), FormScanner.MostParts + 1).ToArray();
        Assert.True(new FormScanner("bB").Feed(Write(parts))?.TooLarge);
        Assert.True(new FormScanner("bB").Feed(Write([("a", false, new byte[FormScanner.LongestText + 100])]))?.TooLarge);
        Assert.Null(new FormScanner("bB").Feed(Write([("a", true, new byte[FormScanner.LongestText + 100])])));
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("----WebKitFormBoundary7MA4YWxkTrZu0gW", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nb", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789x", false)]
    public void A_boundary_is_what_the_standard_says(string text, bool fine) => Assert.Equal(fine, FormScanner.IsBoundary(text));

    private static byte[] Write((string Name, bool File, byte[] Value)[] parts)
    {
        using var body = new MemoryStream();
        foreach (var (name, file, value) in parts)
        {
            body.Write(Encoding.UTF8.GetBytes($"--bB\r\n{Head}{name}\"{(file ? "; filename=\"f\"" : "")}\r\n\r\n"));
            body.Write(value);
            body.Write("\r\n"u8);
        }
        body.Write("--bB--\r\n"u8);
        return body.ToArray();
    }
}
