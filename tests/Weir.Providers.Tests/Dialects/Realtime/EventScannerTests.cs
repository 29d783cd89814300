using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers.Dialects.Realtime;

namespace Weir.Providers.Tests.Dialects.Realtime;

/// <summary>Reading events in pieces.</summary>
public sealed class EventScannerTests
{
    private const string Update = """{"event_id":"e1","type":"session.update","session":{"type":"realtime","model":"gpt-realtime","audio":{"input":{"transcription":{"model":"whisper-1"}}},"tools":[{"type":"x","model":"y","session":{"model":"z"}}]}}""";

    private static readonly Gen<string> Texts = Any("", "a", "\u00e4\u4f60", "\"", "\\", "\n", "\ud83d\udc4b", "model", "session", "{}", "[1,", new string('x', 300));

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Any("1", "null")
        : Gen.OneOf(
            Any("0", "-1", "12.50", "1e9", "-0.1E-7", "true", "false", "null", "{}", "[]", " [ ] ", "\"\\u0041\\/\""),
            Texts.Select(static text => JsonSerializer.Serialize(text)),
            inner.Array[0, 3].Select(static items => "[" + string.Join(" ,\n", items) + "]"),
            Gen.Select(Any("type", "session", "model", "audio", "response", "usage", "x", "delta"), inner).Array[0, 4]
                .Select(static members => "{" + string.Join(",", members.DistinctBy(static m => m.Item1).Select(static m => $"\"{m.Item1}\" : {m.Item2}")) + "}")));

    [Fact]
    public void Members_are_found_where_they_stand_and_nowhere_else()
    {
        var scanner = Scanned(Update);

        Assert.True(scanner.Finish());
        Assert.Equal("session.update", scanner.Text(EventMember.Type));
        Assert.Equal("e1", scanner.Text(EventMember.EventId));
        Assert.Equal("gpt-realtime", scanner.Text(EventMember.SessionModel));
        Assert.Equal("whisper-1", scanner.Text(EventMember.TranscriptionModel));
        Assert.Null(scanner.Text(EventMember.ResponseModel));
        var (start, length) = scanner.Place(EventMember.SessionModel);
        Assert.Equal("\"gpt-realtime\"", Update.Substring((int)start, (int)length));
    }

    [Fact]
    public void A_usage_is_kept_as_it_stands()
    {
        var scanner = Scanned("""{"type":"response.done","response":{"status":"completed","output":[{"usage":1}],"usage": {"input_tokens":3,"output_tokens": 4} ,"id":"r"}}""");

        Assert.True(scanner.Finish());
        Assert.Equal("""{"input_tokens":3,"output_tokens": 4}""", Encoding.UTF8.GetString(scanner.Value(EventMember.ResponseUsage)));
    }

    [Theory]
    [InlineData("""{"type":"a","type":"b"}""", EventFlaw.DuplicateMember, "type")]
    [InlineData("""{"type":"a","t\u0079pe":"b"}""", EventFlaw.DuplicateMember, "type")]
    [InlineData("""{"session":{"model":"a"},"session":{"model":"b"}}""", EventFlaw.DuplicateMember, "session")]
    [InlineData("""{"session":{"model":"a","mod\u0065l":"b"}}""", EventFlaw.DuplicateMember, "model")]
    [InlineData("""{"session":{"Model":"a"}}""", EventFlaw.MiscasedMember, "model")]
    [InlineData("""{"\u017fession":{"model":"a"}}""", EventFlaw.MiscasedMember, "session")]
    [InlineData("""{"SESSION":{"model":"a"}}""", EventFlaw.MiscasedMember, "session")]
    [InlineData("""{"typ\ud800e":"a"}""", EventFlaw.NotJson, "")]
    [InlineData("[]", EventFlaw.NotJson, "")]
    [InlineData("1", EventFlaw.NotJson, "")]
    [InlineData("", EventFlaw.NotJson, "")]
    [InlineData("""{"a":NaN}""", EventFlaw.NotJson, "")]
    [InlineData("""{"a":1,}""", EventFlaw.NotJson, "")]
    [InlineData("""{"a":1}{"a":1}""", EventFlaw.NotJson, "")]
    [InlineData("""{"a":01}""", EventFlaw.NotJson, "")]
    [InlineData("{\"a\":\"\n\"}", EventFlaw.NotJson, "")]
    [InlineData("""{"a":1}/*x*/""", EventFlaw.NotJson, "")]
    [InlineData("\uFEFF{}", EventFlaw.NotJson, "")]
    public void An_event_with_two_meanings_or_none_is_flawed(string text, EventFlaw flaw, string member)
    {
        var scanner = Scanned(text);

        Assert.False(scanner.Finish());
        Assert.Equal((flaw, member), (scanner.Flaw, scanner.FlawMember));
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.True(Scanned("{\"a\":" + new string('[', EventScanner.MaxDepth - 1) + new string(']', EventScanner.MaxDepth - 1) + "}").Finish());

        var deep = Scanned("{\"a\":" + new string('[', EventScanner.MaxDepth));
        Assert.Equal(EventFlaw.TooDeep, deep.Flaw);
    }

    [Fact]
    public void A_long_value_is_measured_and_not_kept()
    {
        var scanner = Scanned("{\"type\":\"response.output_audio.delta\",\"delta\":\"" + new string('A', 1 << 20) + "\",\"event_id\":\"e\"}");

        Assert.True(scanner.Finish());
        Assert.Equal((1 << 20) + 2, scanner.Place(EventMember.Delta).Length);
        Assert.Equal(EventScanner.LongestValue, scanner.Value(EventMember.Delta).Length);
        Assert.Null(scanner.Text(EventMember.Delta));
        Assert.Equal("e", scanner.Text(EventMember.EventId));
    }

    [Fact]
    public void An_event_reads_the_same_however_it_is_cut()
    {
        Gen.Select(Gen.OneOf(Gen.Const(Update), Json), Gen.Int[1, 40].Array[1, 60]).Sample((text, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = Scanned(text);
            var cut = new EventScanner();
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                var piece = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                cut.Scan(bytes.AsSpan(at, piece));
                at += piece;
            }

            Assert.Equal(whole.Finish(), cut.Finish());
            Assert.Equal(whole.Flaw, cut.Flaw);
            foreach (var member in Enum.GetValues<EventMember>())
            {
                Assert.Equal(whole.Place(member), cut.Place(member));
                Assert.True(whole.Value(member).SequenceEqual(cut.Value(member)));
            }
        });
    }

    [Fact]
    public void It_takes_as_JSON_what_the_frameworks_reader_takes()
    {
        // One byte of a sound event is changed: both readers have to see the same in it.
        Gen.Select(Json, Gen.Int[0, 10_000], Gen.OneOf(Gen.Char[' ', '~'], Any('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', '\t', '\u0001'))).Sample((text, at, with) =>
        {
            var bytes = Encoding.UTF8.GetBytes("{\"x\":" + text + "}");
            bytes[at % bytes.Length] = (byte)with;
            var scanner = new EventScanner();
            scanner.Scan(bytes);
            var taken = scanner.Finish() || scanner.Flaw is EventFlaw.DuplicateMember or EventFlaw.MiscasedMember;
            if (IsObject(bytes) is { } expected && scanner.Flaw is not (EventFlaw.DuplicateMember or EventFlaw.MiscasedMember))
            {
                Assert.True(expected == taken, Encoding.UTF8.GetString(bytes));
            }
        }, iter: 20_000);
    }

    private static Gen<T> Any<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static bool? IsObject(byte[] bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = EventScanner.MaxDepth });
            reader.Read();
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
            }

            return isObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static EventScanner Scanned(string text)
    {
        var scanner = new EventScanner();
        scanner.Scan(Encoding.UTF8.GetBytes(text));
        return scanner;
    }
}
