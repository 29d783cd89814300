using System.Text;
using CsCheck;
using Weir.Providers.Streaming;

namespace Weir.Providers.Tests.Streaming;

public sealed class UpstreamStreamPropertyTests
{
    private static readonly string[] Pieces =
    [
        """data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
        """data: {"choices":[{"delta":{"content":"Grüße, 世界 🙂"}}]}""",
        """data:{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]}""",
        """data: {"choices":[{"delta":{},"finish_reason":"stop"}]}""",
        """data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}""",
        """data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""",
        """data: {"choices":[],"prompt_filter_results":[]}""",
        """data: {"choices":[{"finish_reason":null,"content_filter_results":{}}]}""",
        """data: {"error":{"message":"overloaded","code":503}}""",
        "data: [DONE]",
        ": keep-alive",
        "event: message",
        "id: 5",
        "data:",
        "data: {\"choices\":[{\"delta\":\0data: {\"content\":\"spread\"}}]}",
        "data: garbage",
        "\uFEFFdata: {\"choices\":[]}",
        "datafoo: 1",
        $$$"""data: {"choices":[{"delta":{"content":"{{{new string('y', 3000)}}}"}}]}""",
    ];

    private static readonly Gen<string> Lines = Gen.OneOf("\n", "\r\n", "\r");

    /// <summary>Events with one kind of line end each, or with a mix, and a tail that may be cut.</summary>
    private static readonly Gen<byte[]> Streams = Gen.Select(
        Gen.Select(Gen.Int[0, Pieces.Length - 1], Lines, Lines).Array[0, 14], Lines, Gen.Bool, Gen.Int[0, 6],
        (events, line, mixed, cut) =>
        {
            var text = new StringBuilder();
            foreach (var (piece, first, second) in events)
            {
                text.Append(Pieces[piece].Replace("\0", mixed ? first : line)).Append(mixed ? first : line).Append(mixed ? second : line);
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            return cut >= bytes.Length || cut > 3 ? bytes : bytes[..^cut];
        });

    private static readonly Gen<StreamRules> Rules = Gen.Select(Gen.Bool, Gen.Bool, Gen.OneOf(2000, 100_000),
        (withhold, strip, cap) => new StreamRules(new StreamCaps(cap, 1 << 20), withhold, strip));

    [Fact]
    public void However_a_stream_is_cut_the_same_comes_out() => Gen.Select(Streams, Rules, Gen.Int[1, 40].Array[1, 20]).Sample(
        (stream, rules, cuts) =>
        {
            var whole = Relayed.Run(stream, rules, () => int.MaxValue);
            var at = 0;
            var cut = Relayed.Run(stream, rules, () => cuts[at++ % cuts.Length]);
            Same(whole, cut);
        },
        iter: 4000);

    [Fact]
    public void Byte_by_byte_is_no_different() => Gen.Select(Streams, Rules).Sample(
        (stream, rules) => Same(Relayed.Run(stream, rules, () => int.MaxValue), Relayed.Run(stream, rules, () => 1)),
        iter: 1000);

    [Fact]
    public void What_goes_out_is_what_came_in_minus_whole_withheld_events() => Gen.Select(Streams, Rules).Sample(
        (stream, rules) =>
        {
            var relayed = Relayed.Run(stream, rules, () => 17);
            var text = Encoding.UTF8.GetString(stream);
            // A terminal event that the upstream left out is the gateway's own, and no part of what came in.
            Assert.True(relayed.Terminal is "" or "data: [DONE]\n\n" || text.Contains(relayed.Terminal, StringComparison.Ordinal), relayed.Terminal);
            var rest = relayed.Forwarded;
            var at = 0;
            foreach (var c in rest)
            {
                at = text.IndexOf(c, at) + 1;
                if (at == 0)
                {
                    return false;
                }
            }
            // Nothing twice: with nothing to withhold and content first, the output is a prefix of the input. Line ends are left out of this:
            // in a stream that mixes them a stray LF may lie between the last event and its terminal one.
            return !text.StartsWith("data: {\"choices\":[{\"delta\":{\"content\":\"G", StringComparison.Ordinal) || rules.WithholdUsage || rules.StripPromptFilter
                || Unbroken(text).StartsWith(Unbroken(rest), StringComparison.Ordinal);

            static string Unbroken(string lines) => lines.Replace("\r", "").Replace("\n", "");
        },
        iter: 2000);

    private static void Same(Relayed whole, Relayed cut)
    {
        Assert.Equal(whole.Fault?.Kind, cut.Fault?.Kind);
        Assert.Equal(whole.Fault?.Message, cut.Fault?.Message);
        if (!whole.Opened && cut.Opened)
        {
            // A fault in one read with the first content leaves the way to another upstream open; behind it, it can only break the stream.
            Assert.Equal(StreamStepKind.Broken, cut.End);
            Assert.NotEqual("", cut.Forwarded);
            return;
        }
        Assert.Equal(whole.Forwarded, cut.Forwarded);
        Assert.Equal(whole.Terminal, cut.Terminal);
        Assert.Equal(whole.End, cut.End);
        Assert.Equal(whole.Opened, cut.Opened);
        Assert.Equal(whole.Usage.Total, cut.Usage.Total);
        Assert.Equal(whole.Output, cut.Output);
    }
}
