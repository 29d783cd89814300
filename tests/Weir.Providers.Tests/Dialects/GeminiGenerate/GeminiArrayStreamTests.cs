using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.GeminiGenerate;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>A stream as one JSON array holds the same answers as its events.</summary>
public sealed class GeminiArrayStreamTests
{
    [Fact]
    public void However_events_come_together_the_array_holds_each_of_them_once()
    {
        var gemini = ChatDialects.Find(WireFormat.GeminiGenerate)!;
        Gen.Select(NeutralGen.Tapes, Gen.Int[1, 5].Array[1, 20], Gen.Bool).Sample(
            (tape, groups, fails) =>
            {
                var events = WireText.Events(WireFormat.GeminiGenerate, Crossing.WriteStream(gemini, NeutralGen.Stream(tape, Expresses.Of(WireFormat.GeminiGenerate))));
                var array = new GeminiArrayStream(null);
                var (told, at) = (new StringBuilder(), 0);
                for (var group = 0; at < events.Count - 1; group++)
                {
                    var some = events.Skip(at).Take(Math.Min(groups[group % groups.Length], events.Count - 1 - at)).ToList();
                    at += some.Count;
                    told.Append(Encoding.UTF8.GetString(array.Translate(Sse(some)).Span));
                }
                var last = Sse(events.Skip(at));
                told.Append(Encoding.UTF8.GetString((fails ? array.Fail(last) : array.Finish(last, default)).Span));
                Assert.Equal(events.Select(e => Encoding.UTF8.GetString(e.Data)), JsonDocument.Parse(told.ToString()).RootElement.EnumerateArray().Select(one => one.GetRawText()));
            },
            iter: 500);
    }

    [Fact]
    public void A_stream_without_events_is_an_empty_array() => Assert.Equal("[]", Encoding.UTF8.GetString(new GeminiArrayStream(null).Finish(default, default).Span));

    [Theory]
    [InlineData("""{"totalTokens":7,"promptTokensDetails":[{"tokenCount":3}]}""", 7L)]
    [InlineData("""{"total":7}""", null)]
    [InlineData("""{"totalTokens":-1}""", null)]
    [InlineData("[7]", null)]
    [InlineData("x", null)]
    public void A_count_is_read(string reply, long? tokens) => Assert.Equal(tokens, GeminiCount.ReadReply(Encoding.UTF8.GetBytes(reply)));

    private static byte[] Sse(IEnumerable<CaseEvent> events) => [.. events.SelectMany(e => Encoding.UTF8.GetBytes($"data: {Encoding.UTF8.GetString(e.Data)}\n\n"))];
}
