using System.Buffers;
using System.Text;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Streaming;

namespace Weir.CrossingBench;

/// <summary>One conversation in one dialect: a request of about 1 KB, its answer, and the same answer as a stream. All come from OpenAI's chat.</summary>
internal sealed class Samples
{
    /// <summary>Deltas of text in the stream.</summary>
    internal const int Deltas = 64;

    private const string Request = """
        {"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant of a bank. Answer in two sentences."},
        {"role":"user","content":"What is the weather like in Bern today, and do I need an umbrella for a walk along the river in the afternoon?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_7Qd2mX1pZr4k","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Bern\",\"unit\":\"celsius\"}"}}]},
        {"role":"tool","tool_call_id":"call_7Qd2mX1pZr4k","content":"{\"temperature\":11,\"sky\":\"light rain\",\"wind\":\"12 km/h\"}"}],
        "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather of a city right now","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city"]}}}],
        "temperature":0.2,"max_tokens":400}
        """;

    private const string Answer = """
        {"id":"chatcmpl-9f3b1c2d4e5f6071","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"It is 11 degrees in Bern with light rain and a breeze. Take an umbrella, or go for the walk in the evening, when it is said to be dry along the river and the wind has gone."},"finish_reason":"stop"}],"usage":{"prompt_tokens":142,"completion_tokens":41,"total_tokens":183}}
        """;

    private Samples(IChatDialect dialect, byte[] request, byte[] answer, byte[][] stream)
    {
        Dialect = dialect;
        RequestBytes = request;
        AnswerBytes = answer;
        Stream = stream;
    }

    /// <summary>Whose words these are.</summary>
    internal IChatDialect Dialect { get; }

    /// <summary>A body.</summary>
    internal byte[] RequestBytes { get; }

    /// <summary>A whole answer.</summary>
    internal byte[] AnswerBytes { get; }

    /// <summary>What each step of a stream brings; the last is its end.</summary>
    internal byte[][] Stream { get; }

    /// <summary>The conversation as <paramref name="dialect"/> says it.</summary>
    internal static Samples Of(IChatDialect dialect)
    {
        var chat = ChatDialects.Of(WireFormat.OpenAIChat);
        var turn = chat.ReadRequest(Encoding.UTF8.GetBytes(Request));
        var context = new AnswerContext(turn, "9f3b1c2d4e5f60718293a4b5", 1_760_000_000);
        var request = new ArrayBufferWriter<byte>();
        dialect.WriteRequest(turn, request, new Dropped());
        var answer = new ArrayBufferWriter<byte>();
        dialect.WriteAnswer(chat.ReadAnswer(Encoding.UTF8.GetBytes(Answer)), context, answer);
        var translator = new StreamTranslator(chat.NewReader(), dialect.NewWriter(context));
        var stream = Chunks().Select(chunk => Events(dialect, translator.Translate(chunk))).ToList();
        stream.Add(Events(dialect, translator.Finish("data: [DONE]\n\n"u8, default)));
        return new Samples(dialect, request.WrittenSpan.ToArray(), answer.WrittenSpan.ToArray(), [.. stream.Where(step => step.Length > 0)]);
    }

    /// <summary>What the gateway hands to a reader: server-sent events, whatever the framing of the upstream.</summary>
    private static byte[] Events(IChatDialect dialect, ReadOnlyMemory<byte> written)
    {
        using var framed = new MemoryStream(written.ToArray());
        var type = dialect.Format == WireFormat.BedrockConverse ? "application/vnd.amazon.eventstream" : "text/event-stream";
        using var events = EventSource.Open(framed, type, StreamCaps.Default);
        using var bytes = new MemoryStream();
        events.CopyToAsync(bytes).GetAwaiter().GetResult();
        return bytes.ToArray();
    }

    private static IEnumerable<byte[]> Chunks()
    {
        yield return Chunk("""{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}""");
        for (var i = 0; i < Deltas; i++)
        {
            yield return Chunk($$"""{"index":0,"delta":{"content":" word{{i}}"},"finish_reason":null}""");
        }
        yield return Chunk("""{"index":0,"delta":{},"finish_reason":"stop"}""");
        yield return Event(""" "choices":[],"usage":{"prompt_tokens":142,"completion_tokens":64,"total_tokens":206} """);
    }

    private static byte[] Chunk(string choice) => Event($"\"choices\":[{choice}]");

    private static byte[] Event(string members) =>
        Encoding.UTF8.GetBytes($"data: {{\"id\":\"chatcmpl-9f3b1c2d4e5f6071\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"gpt-4o-2024-08-06\",{members}}}\n\n");
}
