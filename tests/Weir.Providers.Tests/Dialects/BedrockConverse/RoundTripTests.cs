using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;
using Weir.Providers.Tests.Streaming;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

/// <summary>What comes from Converse and goes to Converse stays what it was.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Requests => [.. Converse.Cases(DialectCase.Requests).Select(one => one.Path)];

    public static TheoryData<string> Answers => [.. Converse.Cases(DialectCase.Answers).Select(one => one.Path)];

    public static TheoryData<string> Streams => [.. Converse.Cases(DialectCase.Streams).Select(one => one.Path)];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_comes_back_the_same(string path)
    {
        var one = DialectCase.Find(path);
        var (body, dropped) = Converse.Write(Converse.Dialect.ReadRequest(Encoding.UTF8.GetBytes(Text(one))));
        var expected = one.Name switch
        {
            // The neutral form has text only for what a tool answered, and bytes only for documents.
            "tool_result_json" => Text(one).Replace("""{"json":{"celsius":12,"wind":{"kmh":7.5}}}""", """{"text":"{\"celsius\":12,\"wind\":{\"kmh\":7.5}}"}""").Replace(",\"status\":\"success\"", ""),
            "document_text" => Text(one).Replace("\"name\":\"notes\"", "\"format\":\"txt\",\"name\":\"notes\"").Replace("\"text\":\"first line\\nsecond line\"", "\"bytes\":\"Zmlyc3QgbGluZQpzZWNvbmQgbGluZQ==\""),
            "empty_content" => """{"messages":[{"role":"user","content":[{"text":"Hello"},{"text":"Still there?"}]}]}""",
            _ => Text(one),
        };
        Assert.Equal(Converse.Sorted(expected), Converse.Sorted(body));
        Assert.Equal("", dropped);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_comes_back_the_same(string path)
    {
        var one = DialectCase.Find(path);
        var expected = one.Name switch
        {
            "guardrail" => Text(one).Replace("guardrail_intervened", "content_filtered").Replace(",\"trace\":{\"guardrail\":{\"inputAssessment\":{}}}", ""),
            "service_tier" => Text(one).Replace(",\"performanceConfig\":{\"latency\":\"standard\"},\"laterMember\":[1]", ""),
            "json_tool" => Text(one).Replace("""{"toolUse":{"toolUseId":"tooluse_1","name":"json_tool_call","input":{"population":336465}}}""", """{"text":"{\"population\":336465}"}""").Replace("tool_use", "end_turn"),
            _ => Text(one),
        };
        var written = Crossing.WriteAnswer(Converse.Dialect, Converse.Dialect.ReadAnswer(Encoding.UTF8.GetBytes(Text(one))));
        Assert.Equal(Converse.Sorted(expected), Converse.Sorted(Encoding.UTF8.GetString(written)));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_comes_back_as_binary_messages_that_say_the_same(string path)
    {
        var one = DialectCase.Find(path);
        var deltas = Crossing.ReadStream(Converse.Dialect, one.Events);
        var first = DeltaSum.Of(deltas);
        var binary = Crossing.WriteStream(Converse.Dialect, deltas);
        var again = DeltaSum.Of(Crossing.ReadStream(Converse.Dialect, Events(binary, () => 13)));
        Assert.Equal(Converse.Describe(first.Choices.SelectMany(c => c.Parts)), Converse.Describe(again.Choices.SelectMany(c => c.Parts)));
        Assert.Equal(Stops(first), Stops(again));
        Assert.Equal(first.Usage, again.Usage);

        static string Stops(ChatResult result) => string.Join(' ', result.Choices.Select(c => $"{(c.Stop == StopReason.None ? StopReason.EndTurn : c.Stop)} {c.StopSequence}"));
    }

    [Fact]
    public void A_stream_tells_what_the_whole_answer_tells()
    {
        foreach (var name in (string[])["text", "tools", "parallel_tools", "max_tokens", "stop_sequence", "cache", "json_tool"])
        {
            var stream = DeltaSum.Of(Crossing.ReadStream(Converse.Dialect, DialectCase.Find($"streams/BedrockConverse/{name}").Events));
            var answer = Converse.Dialect.ReadAnswer(DialectCase.Find($"answers/BedrockConverse/{name}").Body);
            Assert.Equal((answer.Choices[0].Stop, answer.Choices[0].StopSequence, answer.Usage), (stream.Choices[0].Stop, stream.Choices[0].StopSequence, stream.Usage));
            Assert.Equal(Kinds(answer), Kinds(stream));
        }

        static string Kinds(ChatResult result) => string.Join(' ', result.Choices[0].Parts.Select(p => p.GetType().Name));
    }

    /// <summary>The way that an upstream's bytes take.</summary>
    internal static List<CaseEvent> Events(byte[] binary, Func<int> nextCut)
    {
        using var stream = new EventStreamToSse(new CutStream(binary, nextCut), 1 << 20);
        var text = new MemoryStream();
        var buffer = new byte[777];
        while (Relayed.Now(stream.ReadAsync(buffer, CancellationToken.None)) is var read and > 0)
        {
            text.Write(buffer, 0, read);
        }
        return WireText.Sse(text.ToArray(), nextCut);
    }

    /// <summary>Without the indentation of the case's file, which would become part of arguments.</summary>
    private static string Text(DialectCase one) => JsonSerializer.Serialize(JsonDocument.Parse(one.Body).RootElement, JsonElementText.Default.JsonElement);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonElementText : System.Text.Json.Serialization.JsonSerializerContext;
