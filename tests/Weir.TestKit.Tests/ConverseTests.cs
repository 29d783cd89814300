using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.Bedrock;

namespace Weir.TestKit.Tests;

/// <summary>Bedrock's Converse.</summary>
public sealed class ConverseTests
{
    private const string Path = "/model/anthropic.claude%3A0/converse";
    private const string Tools = $$$$""","toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","inputSchema":{"json":{{{{Asking.Weather}}}}}}}]}""";

    [Fact]
    public async Task An_answer_has_a_message_a_reason_to_stop_and_usage_that_leaves_out_the_cache()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Models = ["anthropic.claude:0"] });
        wired.Model.Script.Enqueue(ScriptedReply.Say("hi") with { Usage = new ScriptedUsage(100, 7, CachedTokens: 60, CacheWriteTokens: 30) });

        var answer = await wired.AskAsync(Path, Body("hello"));
        var other = await wired.StatusAsync("/model/other/converse", Body("hello"));

        Assert.Equal("hi", answer.GetProperty("output").GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("end_turn", answer.GetProperty("stopReason").GetString());
        var usage = answer.GetProperty("usage");
        Assert.Equal((10, 60, 30, 7, 107), (Count("inputTokens"), Count("cacheReadInputTokens"), Count("cacheWriteInputTokens"), Count("outputTokens"), Count("totalTokens")));
        Assert.Contains("model identifier is invalid", other.Body, StringComparison.Ordinal);

        int Count(string name) => usage.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_schema_for_the_answer_is_obeyed()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions());
        const string Format = """","outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"}}}}"""";

        var answer = await wired.AskAsync(Path, Body("hello", Format));

        Assert.Equal("""{"city":"text"}""", answer.GetProperty("output").GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_stream_is_frames_whose_lengths_and_checksums_are_right()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(new ScriptedReply { Text = "Let me see.", Reasoning = "Hm.", ToolCalls = [new("get_weather", """{"city":"Zürich 😀"}""")] });

        using var response = await wired.SendAsync(Path + "-stream", Body("x", Tools));
        var frames = Frames(await response.Content.ReadAsByteArrayAsync(Wired.Token));

        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("messageStart", frames[0].Headers[":event-type"]);
        Assert.Equal(["messageStop", "metadata"], frames.TakeLast(2).Select(f => f.Headers[":event-type"]));
        Assert.All(frames, f => Assert.Equal("event", f.Headers[":message-type"]));
        var input = string.Concat(frames.Select(f => f.Payload).Where(p => p.TryGetProperty("delta", out var d) && d.TryGetProperty("toolUse", out _))
            .Select(p => p.GetProperty("delta").GetProperty("toolUse").GetProperty("input").GetString()));
        Assert.Equal("""{"city":"Zürich 😀"}""", input);
        Assert.Equal("tool_use", frames[^2].Payload.GetProperty("stopReason").GetString());
    }

    [Fact]
    public void The_checksum_is_the_one_of_IEEE_802_3() => Assert.Equal(0xCBF43926u, EventFrame.Crc32("123456789"u8));

    [Fact]
    public async Task Errors_are_named_in_a_header_and_in_a_stream_by_an_exception()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Faults.Enqueue(Fault.RateLimited(), Fault.ErrorEvent(2));

        using var limited = await wired.SendAsync(Path, Body("x"));
        using var broken = await wired.SendAsync(Path + "-stream", Body("x"));
        var last = Frames(await broken.Content.ReadAsByteArrayAsync(Wired.Token))[^1];

        Assert.StartsWith("ThrottlingException", limited.Headers.GetValues("x-amzn-ErrorType").Single(), StringComparison.Ordinal);
        Assert.Equal(("exception", "internalServerException"), (last.Headers[":message-type"], last.Headers[":exception-type"]));
        Assert.True(last.Payload.TryGetProperty("message", out _));
    }

    [Fact]
    public async Task Reasoning_comes_signed_and_only_unchanged_reasoning_is_taken_back()
    {
        await using var wired = await Wired.StartAsync();
        var first = await wired.AskAsync(Path, Body("x", ""","additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}"""));
        var content = first.GetProperty("output").GetProperty("message").GetProperty("content").GetRawText();

        var good = await wired.StatusAsync(Path, After(content));
        var changed = await wired.StatusAsync(Path, After(content.Replace("Thinking", "Musing", StringComparison.Ordinal)));

        Assert.True(good.Status == 200, good.Body);
        Assert.Contains("Invalid `signature`", changed.Body, StringComparison.Ordinal);

        static string After(string content) => $$$"""{"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"assistant","content":{{{content}}}},{"role":"user","content":[{"text":"y"}]}]}""";
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "must start with a user message")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"user","content":[{"text":"y"}]}]}""", "must alternate between user and assistant roles")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":" "}]}]}""", "is blank. Add text")]
    [InlineData("""{"messages":[{"role":"user","content":[]}]}""", "is empty. Add a ContentBlock")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}""", "exactly one of the following members")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]}]}""", "toolConfig field must be defined")]
    [InlineData("""{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"x"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}}""", "exceeds the number of toolUse blocks")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}],"toolConfig":{"tools":[]}}""", "length greater than or equal to 1")]
    public async Task What_the_vendor_refuses_is_refused_in_its_words(string body, string words)
    {
        await using var wired = await Wired.StartAsync();

        using var response = await wired.SendAsync(Path, body);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.StartsWith("ValidationException", response.Headers.GetValues("x-amzn-ErrorType").Single(), StringComparison.Ordinal);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    // The AWS Signature Version 4 test suite: get-vanilla and post-vanilla.
    [Theory]
    [InlineData("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void Signatures_are_those_of_the_published_suite(string method, string signature) => Assert.Equal(
        signature,
        SigV4Check.Signature(
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", method, "/", [new("host", "example.amazonaws.com"), new("x-amz-date", "20150830T123600Z")], [], "20150830T123600Z",
            "20150830/us-east-1/service/aws4_request"));

    [Theory]
    [InlineData("secret", 0, 200, "")]
    [InlineData("other", 0, 403, "InvalidSignatureException")]
    [InlineData("secret", 10, 403, "InvalidSignatureException")]
    [InlineData(null, 0, 403, "MissingAuthenticationTokenException")]
    public async Task A_signature_is_computed_again_from_what_arrived(string? secret, int minutesLate, int status, string error)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { AwsAccessKey = "AKID", AwsSecretKey = "secret", Clock = clock });
        const string stamp = "20260101T120000Z";
        var body = Body("x");
        if (secret is not null)
        {
            var host = wired.Model.BaseAddress.Authority;
            var signature = SigV4Check.Signature(
                secret, "POST", Path, [new("content-type", "application/json; charset=utf-8"), new("host", host), new("x-amz-date", stamp)], Encoding.UTF8.GetBytes(body), stamp, "20260101/eu-west-1/bedrock/aws4_request");
            wired.Http.DefaultRequestHeaders.Add("x-amz-date", stamp);
            wired.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature={signature}");
        }

        clock.Advance(TimeSpan.FromMinutes(minutesLate));
        using var response = await wired.SendAsync(Path, body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(error, response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single().Split(':')[0] : "");
    }

    private static string Body(string text, string extra = "") => $$"""{"messages":[{"role":"user","content":[{"text":"{{text}}"}]}]{{extra}}}""";

    /// <summary>Takes the frames apart, with a checksum of its own.</summary>
    private static List<(Dictionary<string, string> Headers, JsonElement Payload)> Frames(byte[] bytes)
    {
        var frames = new List<(Dictionary<string, string>, JsonElement)>();
        for (var at = 0; at < bytes.Length;)
        {
            var total = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));
            Assert.Equal(Crc(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 8)));
            Assert.Equal(Crc(bytes.AsSpan(at, total - 4)), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + total - 4)));
            var headers = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var header = at + 12; header < at + 12 + length;)
            {
                int name = bytes[header];
                int value = BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(header + 2 + name));
                headers[Encoding.ASCII.GetString(bytes, header + 1, name)] = Encoding.UTF8.GetString(bytes, header + 4 + name, value);
                header += 4 + name + value;
            }

            frames.Add((headers, JsonDocument.Parse(bytes.AsMemory(at + 12 + length, total - length - 16)).RootElement));
            at += total;
        }

        return frames;
    }

    /// <summary>Bit by bit, so that it shares nothing with the server's.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
            }
        }

        return crc ^ 0xFFFFFFFFu;
    }
}
