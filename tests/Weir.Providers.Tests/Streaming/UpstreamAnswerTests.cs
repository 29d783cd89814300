using System.Net;
using Weir.Providers.Streaming;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Streaming;

public sealed class UpstreamAnswerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(8192, true)]
    [InlineData(8192, false)]
    [InlineData(1_000_003, false)]
    [InlineData(1_000_003, true)]
    public async Task A_whole_body_is_read_whether_its_length_was_told_or_not(int length, bool told)
    {
        var bytes = Bytes(length);
        using var response = Response(new CutStream(bytes, Uneven()), told ? length : null);

        var (answer, fault) = await UpstreamAnswer.ReadAsync(response, 1_000_003, Stop);

        Assert.Null(fault);
        using (answer)
        {
            Assert.True(answer!.Memory.Span.SequenceEqual(bytes)); // No fault, so an answer.
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_cap_is_a_fault_of_its_own_kind(bool told)
    {
        using var response = Response(new CutStream(Bytes(1001), Uneven()), told ? 1001 : null);

        var (answer, fault) = await UpstreamAnswer.ReadAsync(response, 1000, Stop);

        Assert.Null(answer);
        Assert.Equal((FaultKind.BadResponse, StreamCaps.ExceededCode), (fault?.Kind, fault?.Code));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_a_fault_and_not_a_short_answer()
    {
        using var response = Response(new CutStream(Bytes(5000), Uneven(), new IOException("reset")), null);

        var (answer, fault) = await UpstreamAnswer.ReadAsync(response, 1 << 20, Stop);

        Assert.Null(answer);
        Assert.Equal(FaultKind.BadResponse, fault?.Kind);
    }

    [Fact]
    public async Task A_read_that_was_cancelled_is_cancelled_and_no_fault_of_the_upstream()
    {
        using var gone = new CancellationTokenSource();
        using var response = Response(new CutStream(Bytes(5000), () =>
        {
            gone.Cancel();
            return 100;
        }), null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await UpstreamAnswer.ReadAsync(response, 1 << 20, gone.Token));
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 31))];

    private static Func<int> Uneven()
    {
        var last = 0;
        return () => last = 1 + ((last + 17) * 7 % 4093);
    }

    private static HttpResponseMessage Response(Stream body, int? length)
    {
        var content = new StreamContent(body);
        content.Headers.ContentLength = length;
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }
}
