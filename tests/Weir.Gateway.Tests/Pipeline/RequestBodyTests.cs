using System.IO.Compression;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;

namespace Weir.Gateway.Tests.Pipeline;

public sealed class RequestBodyTests
{
    private const int Max = 100_000;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(5000, true)]
    [InlineData(Max, false)]
    [InlineData(Max, true)]
    public async Task A_plain_body_is_read_whole(int length, bool announced)
    {
        var bytes = Bytes(length);
        using var body = await RequestBody.ReadAsync(Request(bytes, null, announced), Max, Token);
        Assert.Equal(bytes, body.Memory.ToArray());
    }

    [Fact]
    public Task A_body_comes_out_as_it_went_in_whatever_its_length_its_encoding_and_the_cap() => Gen.Select(Gen.Byte.Array[0, 40_000], Gen.Bool, Gen.Bool, Gen.Int[1, 50_000]).SampleAsync(
        async (bytes, gzip, announced, cap) =>
        {
            var sent = gzip ? Gzip(bytes) : bytes;
            var fits = sent.Length <= cap && bytes.Length <= cap;
            try
            {
                using var body = await RequestBody.ReadAsync(Request(sent, gzip ? "gzip" : null, announced), cap, Token);
                return fits && body.Memory.Span.SequenceEqual(bytes);
            }
            catch (GatewayException refused)
            {
                return !fits && refused.Error.Kind == ErrorKind.BodyTooLarge;
            }
        },
        iter: 300, threads: 1);

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData(" gzip ")]
    public async Task A_gzip_body_is_inflated(string encoding)
    {
        using var body = await RequestBody.ReadAsync(Request(Gzip(Bytes(70_000)), encoding, true), Max, Token);
        Assert.Equal(Bytes(70_000), body.Memory.ToArray());
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("")]
    public async Task Identity_is_no_encoding(string encoding)
    {
        using var body = await RequestBody.ReadAsync(Request(Bytes(10), encoding, true), Max, Token);
        Assert.Equal(10, body.Length);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("identity, gzip")]
    [InlineData("gzip;q=1")]
    [InlineData("x-gzip")]
    public Task Another_encoding_is_415(string encoding) => RefusedAsync(Request(Gzip(Bytes(10)), encoding, true), ErrorKind.UnsupportedEncoding);

    [Fact]
    public Task Encodings_stacked_over_two_headers_are_415()
    {
        var request = Request(Gzip(Gzip(Bytes(10))), null, true);
        request.Headers.ContentEncoding = new(["gzip", "gzip"]);
        return RefusedAsync(request, ErrorKind.UnsupportedEncoding);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_body_over_the_cap_is_413_announced_or_not(bool announced) => RefusedAsync(Request(Bytes(Max + 1), null, announced), ErrorKind.BodyTooLarge);

    [Fact]
    public Task A_body_over_the_cap_after_inflation_is_413() => RefusedAsync(Request(Gzip(Bytes(Max + 1)), "gzip", true), ErrorKind.BodyTooLarge);

    [Fact]
    public async Task A_bomb_is_413_although_it_would_fit_the_cap()
    {
        var refused = await Assert.ThrowsAsync<GatewayException>(async () => await RequestBody.ReadAsync(Request(Gzip(new byte[30 << 20]), "gzip", true), 64L << 20, Token));
        Assert.Equal(ErrorKind.BodyTooLarge, refused.Error.Kind);
        Assert.Contains("grows", refused.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not gzip at all")]
    [InlineData("\u001f\u008b")]
    public Task What_only_says_that_it_is_gzip_is_400(string text) => RefusedAsync(Request(Encoding.Latin1.GetBytes(text), "gzip", true), ErrorKind.InvalidJson);

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(200)]
    public Task A_gzip_stream_that_is_cut_is_400(int cut) => RefusedAsync(Request(Gzip(Noise(20_000))[..^cut], "gzip", true), ErrorKind.InvalidJson);

    [Fact]
    public Task A_gzip_stream_with_a_wrong_checksum_is_400()
    {
        var packed = Gzip(Noise(20_000));
        packed[^6] ^= 0xFF;
        return RefusedAsync(Request(packed, "gzip", true), ErrorKind.InvalidJson);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("Multipart/mixed")]
    public Task A_form_is_415(string type)
    {
        var request = Request(Bytes(10), null, true);
        request.ContentType = type;
        return RefusedAsync(request, ErrorKind.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_that_fails_on_the_way_leaves_nothing_rented()
    {
        var request = Request([], null, false);
        request.Body = new FailingStream();
        await Assert.ThrowsAsync<IOException>(async () => await RequestBody.ReadAsync(request, Max, Token));
    }

    [Fact]
    public async Task A_body_is_given_back_once()
    {
        var body = await RequestBody.ReadAsync(Request(Bytes(10), null, true), Max, Token);
        var held = RequestBody.Outstanding;
        body.Dispose();
        body.Dispose();
        Assert.True(RequestBody.Outstanding < held);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task RefusedAsync(HttpRequest request, ErrorKind kind)
    {
        var refused = await Assert.ThrowsAsync<GatewayException>(async () => await RequestBody.ReadAsync(request, Max, Token));
        Assert.Equal(kind, refused.Error.Kind);
    }

    private static HttpRequest Request(byte[] bytes, string? encoding, bool announced)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(bytes);
        request.ContentLength = announced ? bytes.Length : null;
        if (encoding is not null)
        {
            request.Headers.ContentEncoding = encoding;
        }
        return request;
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i * 7 % 251);
        }
        return bytes;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("The client went away.");
    }
}
