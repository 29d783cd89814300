using System.Text;
using CsCheck;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Streaming;

public sealed class SseScannerTests
{
    private static readonly Gen<string> Texts = Gen.OneOf("data: a", "data:b", "data", "data:", "data:  c", ": x", "id: 1", "data-x: 1", "\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "ü")
        .Array[0, 20].Select(string.Concat);

    [Theory]
    [InlineData("data: a\n\n", "a")]
    [InlineData("data:a\r\n\r\n", "a")]
    [InlineData("data: a\r\r", "a")]
    [InlineData("data\n\n", "")]
    [InlineData("data:  a\n\n", " a")]
    [InlineData("\uFEFFdata: a\n\n", "a")]
    [InlineData("id: 1\ndata: a\nretry: 5\n\n", "a")]
    [InlineData("data: a\ndata: b\n\n", "a\ndata: b")]
    public void The_data_of_an_event_is_found(string text, string data)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var scanner = default(SseScanner);
        Assert.True(scanner.TryRead(bytes, false, out var found));
        Assert.Equal(data, Encoding.UTF8.GetString(bytes[found.DataStart..found.DataEnd]));
        Assert.Equal((0, bytes.Length), (found.Start, found.End));
        Assert.False(scanner.TryRead(bytes, false, out _));
    }

    [Theory]
    [InlineData(": comment\n\n")]
    [InlineData("event: ping\n\n")]
    [InlineData("datax: a\n\n")]
    [InlineData("\n")]
    public void An_event_without_data_has_none(string text)
    {
        var scanner = default(SseScanner);
        Assert.True(scanner.TryRead(Encoding.UTF8.GetBytes(text), false, out var found));
        Assert.Equal(0, found.DataLines);
    }

    [Theory]
    [InlineData("data: a")]
    [InlineData("data: a\n")]
    [InlineData("data: a\r\n\r")]
    public void An_event_without_its_blank_line_is_not_complete(string text)
    {
        var scanner = default(SseScanner);
        Assert.False(scanner.TryRead(Encoding.UTF8.GetBytes(text), false, out _));
        Assert.Equal(0, scanner.Pending);
    }

    [Fact]
    public void However_bytes_arrive_the_same_events_are_found() => Gen.Select(Texts, Gen.Int[1, 9].Array[1, 10]).Sample(
        (text, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.Equal(Events(bytes, [int.MaxValue], false), Events(bytes, cuts, false));
            Assert.Equal(Events(bytes, [int.MaxValue], true), Events(bytes, cuts, true));
        },
        iter: 20_000);

    [Fact]
    public void A_naive_reader_of_the_specification_finds_the_same_data() => Texts.Sample(
        text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var found = Events(bytes, [int.MaxValue], false).Where(e => e.DataLines > 0)
                .Select(e => Encoding.UTF8.GetString(SseData.Join(bytes.AsSpan(e.DataStart, e.DataEnd - e.DataStart))));
            Assert.Equal(Naive(text), found);
        },
        iter: 20_000);

    /// <summary>Events with absolute positions, when bytes arrive in pieces; with <paramref name="give"/> scanned bytes are given away.</summary>
    private static List<SseEvent> Events(byte[] bytes, int[] cuts, bool give)
    {
        var events = new List<SseEvent>();
        var scanner = default(SseScanner);
        var (arrived, given, cut) = (0, 0, 0);
        while (true)
        {
            while (scanner.TryRead(bytes.AsSpan(given, arrived - given), arrived == bytes.Length, out var found))
            {
                var shift = found.DataLines > 0 ? given : 0;
                var nameShift = found.NameEnd > 0 ? given : 0;
                events.Add(new SseEvent(found.Start + given, found.End + given, found.DataStart + shift, found.DataEnd + shift, found.DataLines, found.NameStart + nameShift, found.NameEnd + nameShift));
            }
            if (give)
            {
                var count = scanner.Pending;
                scanner.Shift(count);
                given += count;
            }
            if (arrived == bytes.Length)
            {
                return events;
            }
            arrived += Math.Min(cuts[cut++ % cuts.Length], bytes.Length - arrived);
        }
    }

    private static List<string> Naive(string text)
    {
        var events = new List<string>();
        List<string>? data = null;
        var lines = text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');
        foreach (var line in lines[..^1])
        {
            if (line.Length == 0)
            {
                if (data is not null)
                {
                    events.Add(string.Join('\n', data));
                }
                data = null;
                continue;
            }
            var colon = line.IndexOf(':');
            if ((colon < 0 ? line : line[..colon]) == "data")
            {
                var value = colon < 0 ? "" : line[(colon + 1)..];
                (data ??= []).Add(value.StartsWith(' ') ? value[1..] : value);
            }
        }
        return events;
    }
}
