using System.Text;
using Weir.Providers.Pricing;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Streaming;

public sealed class UpstreamStreamTests
{
    private const string Role = """data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""" + "\n\n";
    private const string Hello = """data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""" + "\n\n";
    private const string Stop = """data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    private const string UsageChunk = """data: {"id":"c","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}""" + "\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Refusal = """data: {"error":{"message":"model overloaded","type":"server_error","code":"503"}}""" + "\n\n";
    private const string PromptFilter = """data: {"id":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}""" + "\n\n";

    [Fact]
    public void A_stream_passes_byte_for_byte_and_its_terminal_event_is_kept_for_last()
    {
        var relayed = Relayed.Whole(Role + Hello + Stop + UsageChunk + Done);
        Assert.Equal(Role + Hello + Stop + UsageChunk, relayed.Forwarded);
        Assert.Equal(Done, relayed.Terminal);
        Assert.Equal(StreamStepKind.Done, relayed.End);
        Assert.Equal((7, 2), (relayed.Usage.Prompt, relayed.Usage.Completion));
        Assert.Equal("Hello", relayed.Output);
    }

    [Fact]
    public void A_usage_chunk_that_the_caller_did_not_ask_for_is_read_and_withheld()
    {
        var relayed = Relayed.Whole(Role + Hello + Stop + UsageChunk + Done, Relayed.Withhold);
        Assert.Equal(Role + Hello + Stop, relayed.Forwarded);
        Assert.Equal(Done, relayed.Terminal);
        Assert.Equal(9, relayed.Usage.Total);
    }

    [Fact]
    public void Usage_beside_choices_is_never_withheld()
    {
        const string Last = """data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""" + "\n\n";
        var relayed = Relayed.Whole(Hello + Last + Done, Relayed.Withhold);
        Assert.Equal(Hello + Last, relayed.Forwarded);
        Assert.Equal(2, relayed.Usage.Total);
    }

    [Theory]
    [InlineData(true, Role + Hello + Stop)]
    [InlineData(false, PromptFilter + Role + Hello + Stop)]
    public void Azures_first_chunk_is_dropped_only_when_the_rules_say_so(bool strip, string expected) =>
        Assert.Equal(expected, Relayed.Whole(PromptFilter + Role + Hello + Stop + Done, Relayed.PassAll with { StripPromptFilter = strip }).Forwarded);

    [Fact]
    public void Azures_late_annotation_after_the_stop_passes()
    {
        const string Late = """data: {"id":"","choices":[{"index":0,"finish_reason":null,"content_filter_offsets":{"check_offset":44},"content_filter_results":{"hate":{"filtered":false}}}]}""" + "\n\n";
        var relayed = Relayed.Whole(Hello + Stop + Late + Done);
        Assert.Equal(Hello + Stop + Late, relayed.Forwarded);
        Assert.Equal(StreamStepKind.Done, relayed.End);
    }

    [Fact]
    public void A_stream_with_a_finish_reason_and_no_terminal_event_ends_in_order_and_gets_one()
    {
        var relayed = Relayed.Whole(Role + Hello + Stop);
        Assert.Equal(StreamStepKind.Done, relayed.End);
        Assert.Equal(Done, relayed.Terminal);
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{},"finish_reason" : "stop"}]}""")]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":  "length"}]}""")]
    public void A_finish_reason_counts_whatever_the_white_space(string data) =>
        Assert.Equal(StreamStepKind.Done, Relayed.Whole(Hello + $"data: {data}\n\n").End);

    [Theory]
    [InlineData("data: [DONE]")]
    [InlineData("data:[DONE]\n")]
    [InlineData("data: [DONE]\r\n")]
    public void A_terminal_event_without_its_blank_line_still_ends_the_stream(string end)
    {
        var relayed = Relayed.Whole(Hello + end);
        Assert.Equal(StreamStepKind.Done, relayed.End);
        Assert.Equal(Hello, relayed.Forwarded);
    }

    [Theory]
    [InlineData(Role + Hello)]
    [InlineData(Role + Hello + "data: {\"choi")]
    [InlineData(Role + Hello + Stop + "data: {\"choices\":[]")]
    public void A_stream_cut_after_content_is_broken_and_gives_whole_events_only(string stream)
    {
        var relayed = Relayed.Whole(stream);
        Assert.Equal(StreamStepKind.Broken, relayed.End);
        Assert.Equal(FaultKind.BadResponse, relayed.Fault?.Kind);
        Assert.Equal(stream[..(stream.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)], relayed.Forwarded);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Role)]
    [InlineData(": hi\n\n: hi\n\n")]
    public void A_stream_that_ends_before_it_says_anything_is_a_fault_for_the_router(string stream)
    {
        var relayed = Relayed.Whole(stream);
        Assert.False(relayed.Opened);
        Assert.Equal(FaultKind.BadResponse, relayed.Fault?.Kind);
    }

    [Fact]
    public void An_error_event_before_content_is_a_fault_and_nothing_goes_out()
    {
        var relayed = Relayed.Whole(Role + Refusal + Done);
        Assert.False(relayed.Opened);
        Assert.Equal(FaultKind.Unavailable, relayed.Fault?.Kind);
        Assert.Contains("model overloaded", relayed.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_event_after_content_breaks_the_stream_and_is_told_in_the_gateways_words()
    {
        var relayed = Relayed.Run(Encoding.UTF8.GetBytes(Role + Hello + Refusal + Done), Relayed.PassAll, () => 60);
        Assert.Equal(Role + Hello, relayed.Forwarded);
        Assert.Equal(StreamStepKind.Broken, relayed.End);
        Assert.Contains("model overloaded", relayed.Fault?.Message, StringComparison.Ordinal);
        // In one read with the content nothing has gone out yet: another upstream can still answer.
        Assert.False(Relayed.Whole(Role + Hello + Refusal + Done).Opened);
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"x"}}],"error":null}""")]
    [InlineData("""{"choices":[{"delta":{"content":"x"}}],"error":""}""")]
    [InlineData("""{"choices":[{"delta":{"content":"{\"error\":{}}"}}]}""")]
    public void An_empty_error_is_none(string data) =>
        Assert.Equal(StreamStepKind.Done, Relayed.Whole($"data: {data}\n\n" + Stop + Done).End);

    [Fact]
    public void Bytes_after_the_terminal_event_go_nowhere()
    {
        var relayed = Relayed.Whole(Hello + Stop + Done + Hello + "garbage");
        Assert.Equal(Hello + Stop, relayed.Forwarded);
        Assert.Equal(Done, relayed.Terminal);
        Assert.Equal("Hello", relayed.Output);
    }

    [Fact]
    public void Comments_wait_for_content_and_pass_behind_it()
    {
        var relayed = Relayed.Whole(": waiting\n\n" + Hello + ": still here\n\n" + Stop + Done);
        Assert.Equal(Hello + ": still here\n\n" + Stop, relayed.Forwarded);
    }

    [Fact]
    public void A_byte_order_mark_hides_no_event()
    {
        var relayed = Relayed.Whole("\uFEFF" + Role + Hello + Stop + Done);
        Assert.Equal("\uFEFF" + Role + Hello + Stop, relayed.Forwarded);
    }

    [Fact]
    public void Data_on_several_lines_is_read_as_one()
    {
        const string Spread = "event: message\ndata: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":3,\nid: 4\ndata:\"completion_tokens\":4,\"total_tokens\":7}}\n\n";
        var relayed = Relayed.Whole(Hello + Stop + Spread + Done, Relayed.Withhold);
        Assert.Equal(7, relayed.Usage.Total);
        Assert.Equal(Hello + Stop, relayed.Forwarded);
        const string First = "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"Hi\"}}]}\r\n\r\n";
        Assert.Equal(First + Stop, Relayed.Whole(First + Stop + Done).Forwarded);
    }

    [Fact]
    public void Garbage_before_content_is_a_fault_and_after_it_passes()
    {
        Assert.False(Relayed.Whole("data: <html>\n\n" + Done).Opened);
        Assert.Equal(Hello + "data: <html>\n\n" + Stop, Relayed.Whole(Hello + "data: <html>\n\n" + Stop + Done).Forwarded);
    }

    [Fact]
    public void An_event_without_data_before_content_is_a_keep_alive() =>
        Assert.Equal(Hello + Stop, Relayed.Whole("data:\n\nevent: ping\n\n" + Hello + Stop + Done).Forwarded);

    [Theory]
    [InlineData(90)]
    [InlineData(1)]
    public void An_event_over_its_cap_breaks_the_stream_however_it_is_cut(int cut)
    {
        var stream = Encoding.UTF8.GetBytes(Hello + $$$"""data: {"choices":[{"delta":{"content":"{{{new string('x', 5000)}}}"}}]}""" + "\n\n" + Stop + Done);
        var relayed = Relayed.Run(stream, Relayed.PassAll with { Caps = new StreamCaps(4000, 1 << 20) }, () => cut);
        Assert.Equal(StreamStepKind.Broken, relayed.End);
        Assert.Equal(StreamCaps.ExceededCode, relayed.Fault?.Code);
        Assert.Equal(Hello, relayed.Forwarded);
    }

    [Fact]
    public void A_line_without_end_stops_at_the_cap()
    {
        var relayed = Relayed.Run(new byte[1 << 20], Relayed.PassAll with { Caps = new StreamCaps(64 << 10, 1 << 30) }, () => 4096);
        Assert.False(relayed.Opened);
        Assert.Equal(StreamCaps.ExceededCode, relayed.Fault?.Code);
    }

    [Fact]
    public void A_flood_of_events_stops_at_the_cap()
    {
        var flood = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Hello, 1000)));
        var relayed = Relayed.Run(flood, Relayed.PassAll with { Caps = new StreamCaps(4096, 20_000) }, () => 512);
        Assert.Equal(StreamStepKind.Broken, relayed.End);
        Assert.Equal(StreamCaps.ExceededCode, relayed.Fault?.Code);
        Assert.InRange(relayed.Forwarded.Length, 1, 20_000);
    }

    [Fact]
    public void A_preamble_without_end_is_passed_on_in_the_end()
    {
        var preamble = string.Concat(Enumerable.Repeat(Role, 1000));
        var relayed = Relayed.Run(Encoding.UTF8.GetBytes(preamble + Hello + Stop + Done), Relayed.PassAll, () => 4096);
        Assert.Equal(preamble + Hello + Stop, relayed.Forwarded);
    }

    [Fact]
    public void A_broken_connection_is_a_value_and_a_cancelled_one_an_exception()
    {
        var relayed = Relayed.Run(Encoding.UTF8.GetBytes(Hello), Relayed.PassAll, () => int.MaxValue, new IOException("reset"));
        Assert.Equal(StreamStepKind.Broken, relayed.End);
        using var cancelled = new CancellationTokenSource();
        using var stream = Relayed.Open([], Relayed.PassAll, () =>
        {
            cancelled.Cancel();
            return 1;
        }, new IOException("aborted by our own cancellation"));
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Relayed.Now(stream.OpenAsync(cancelled.Token)));
    }

    [Fact]
    public void The_tier_that_was_served_is_kept()
    {
        var relayed = Relayed.Whole("""data: {"service_tier":"priority","choices":[{"delta":{"content":"x"}}]}""" + "\n\n" + """data: {"choices":[],"usage":{"prompt_tokens":1,"total_tokens":1}}""" + "\n\n" + Done);
        Assert.Equal(ServiceTier.Priority, relayed.Tier);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_name_breaks_nothing()
    {
        const string Odd = """data: {"choices":[{"delta":{"content":"x"}}],"usage":{"\ud800prompt_tokens":1,"total_tokens":5}}""" + "\n\n";
        var relayed = Relayed.Whole(Hello + Odd + Stop + Done);
        Assert.Equal(Hello + Odd + Stop, relayed.Forwarded);
    }

    [Fact]
    public void Every_buffer_is_given_back_and_the_connection_closed()
    {
        var before = UpstreamStream.Outstanding;
        var source = new CutStream(Encoding.UTF8.GetBytes(Hello + Stop + Done), () => 3);
        using (var content = new StreamContent(source))
        {
            var stream = new UpstreamStream(new HttpResponseMessage { Content = content }, source, Relayed.PassAll, Relayed.Faults, OpenAIChatGlance.Instance);
            Assert.True(UpstreamStream.Outstanding > before);
            Assert.Null(Relayed.Now(stream.OpenAsync(CancellationToken.None)));
            stream.Dispose();
            stream.Dispose();
        }
        Assert.True(source.IsDisposed);
    }
}
