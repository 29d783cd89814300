using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Tests;

/// <summary>Images, audio, moderations, rankings.</summary>
public sealed class MediaTests
{
    [Fact]
    public async Task Images_come_as_base64_with_usage()
    {
        await using var wired = await Wired.StartAsync();
        using var form = new MultipartFormDataContent { { new StringContent("m"), "model" }, { new StringContent("a hat"), "prompt" }, { new ByteArrayContent([1, 2, 3]), "image", "cat.png" } };

        var made = await wired.AskAsync("/v1/images/generations", """{"model":"m","prompt":"a cat","n":2}""");
        using var response = await wired.Http.PostAsync("/v1/images/edits", form, Wired.Token);
        var edited = await response.Content.ReadFromJsonAsync<JsonElement>(Wired.Token);

        Assert.Equal(2, made.GetProperty("data").GetArrayLength());
        Assert.StartsWith("\u0089PNG", Encoding.Latin1.GetString(made.GetProperty("data")[0].GetProperty("b64_json").GetBytesFromBase64()), StringComparison.Ordinal);
        Assert.Equal(2 + (2 * 1_056), made.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(1_056, edited.GetProperty("usage").GetProperty("input_tokens_details").GetProperty("image_tokens").GetInt32());
        var file = Assert.Single(wired.Model.Requests.Last.Files);
        Assert.Equal(("image", "cat.png", 3L), (file.Field, file.FileName, file.Length));
        Assert.Equal("a hat", wired.Model.Requests.Last.Fields["prompt"]);
    }

    [Fact]
    public async Task Speech_comes_in_pieces_and_may_be_cut()
    {
        await using var wired = await Wired.StartAsync();
        const string body = """{"model":"m","input":"one two three","voice":"alloy","response_format":"wav"}""";

        using var response = await wired.SendAsync("/v1/audio/speech", body);
        var whole = await response.Content.ReadAsByteArrayAsync(Wired.Token);
        var events = await wired.EventsAsync("/v1/audio/speech", body.Replace("}", ",\"stream_format\":\"sse\"}", StringComparison.Ordinal));
        wired.Model.Faults.Enqueue(Fault.CutAfter(2), Fault.ErrorEvent(2));
        using var cut = await wired.SendAsync("/v1/audio/speech", body);
        using var broken = await wired.SendAsync("/v1/audio/speech", body);

        Assert.Equal("audio/wav", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(13 + (3 * 2), whole.Length);
        Assert.Equal("speech.audio.done", events[^1].Data.GetProperty("type").GetString());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => cut.Content.ReadAsByteArrayAsync(Wired.Token));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => broken.Content.ReadAsByteArrayAsync(Wired.Token));
        await wired.Model.WaitForIdleAsync(Wired.Token);
        Assert.Equal(0, wired.Model.AbortedRequests);
    }

    [Theory]
    [InlineData("json", "{\"text\":\"You said: talk.wav of 40000 bytes\",\"usage\":{\"type\":\"tokens\"")]
    [InlineData("text", "You said: talk.wav of 40000 bytes\n")]
    [InlineData("verbose_json", "\"duration\":3,")]
    [InlineData("srt", "1\n00:00:00,000 --> 00:00:03,000\n")]
    public async Task Audio_is_written_down_in_the_form_that_is_asked_for(string format, string expected)
    {
        await using var wired = await Wired.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("m"), "model" }, { new StringContent(format), "response_format" }, { new ByteArrayContent(new byte[40_000]), "file", "talk.wav" },
        };

        using var response = await wired.Http.PostAsync("/v1/audio/transcriptions", form, Wired.Token);

        Assert.Contains(expected, await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
        Assert.True(wired.Model.Requests.Last.BodyLength > 40_000);
    }

    [Fact]
    public async Task A_form_is_read_while_it_is_sent()
    {
        await using var wired = await Wired.StartAsync();
        var more = new Gate();
        using var form = new MultipartFormDataContent { { new StringContent("m"), "model" }, { new StreamContent(new SlowStream(200_000, more)), "file", "long.wav" } };

        var asked = wired.Http.PostAsync("/v1/audio/translations", form, Wired.Token);
        await wired.Model.Traffic.WaitAsync(static t => t.ReceivedBytes >= 100_000, Wired.Token);
        Assert.False(asked.IsCompleted);
        more.Open();
        using var response = await asked;

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(200_000, wired.Model.Requests.Last.Files[0].Length);
        Assert.Equal(64 << 10, wired.Model.Requests.Last.Body.Length);
    }

    [Fact]
    public async Task A_form_without_its_file_is_refused()
    {
        await using var wired = await Wired.StartAsync();
        using var form = new MultipartFormDataContent { { new StringContent("m"), "model" } };

        using var response = await wired.Http.PostAsync("/v1/audio/transcriptions", form, Wired.Token);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("'file'", await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moderations_flag_the_categories_that_a_text_names()
    {
        await using var wired = await Wired.StartAsync();

        var answer = await wired.AskAsync("/v1/moderations", """{"input":["fine","some violence"]}""");

        Assert.Equal([false, true], answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("flagged").GetBoolean()));
        Assert.True(answer.GetProperty("results")[1].GetProperty("categories").GetProperty("violence").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/rerank", "1")]
    [InlineData("/v2/rerank", "2")]
    public async Task Documents_are_ranked_by_the_words_that_they_share_with_the_query(string path, string version)
    {
        await using var wired = await Wired.StartAsync();

        var answer = await wired.AskAsync(path, """{"model":"m","query":"red fox","documents":["a dog","a red fox","a red car"],"top_n":2}""");
        var (status, error) = await wired.StatusAsync(path, """{"model":"m","query":"red fox"}""");

        Assert.Equal([1, 2], answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));
        Assert.Equal(version, answer.GetProperty("meta").GetProperty("api_version").GetProperty("version").GetString());
        Assert.Equal(400, status);
        Assert.Contains("documents parameter is required", error, StringComparison.Ordinal);
    }

    /// <summary>Gives half of its bytes, and the rest when the gate is open.</summary>
    private sealed class SlowStream(int length, Gate gate) : Stream
    {
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _given; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given >= length / 2)
            {
                await gate.PassAsync(cancellationToken);
            }

            var most = _given < length / 2 ? (length / 2) - _given : length - _given;
            var now = Math.Min(most, buffer.Length);
            _given += now;
            return now;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
