using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>Random and damaged events: the readers refuse in words or read on, and never lose their footing. <c>WEIR_SOAK=1</c> runs a million.</summary>
public sealed class GeminiFuzzTests
{
    private static readonly string[] Snippets =
    [
        "\"candidates\":", "\"content\":", "\"parts\":", "\"text\":", "\"thought\":true", "\"thoughtSignature\":", "\"d2Vpci1z!!\"", "\"functionCall\":", "\"args\":", "\"finishReason\":", "\"index\":",
        "\"usageMetadata\":", "\"promptTokenCount\":", "-1", "1e400", "99999999999999999999", "\"error\":", "\"promptFeedback\":", "\"blockReason\":", "null", "true", "[]", "{}", "[{", "}]", "\"\\ud83d\"", "\"\\ud83d\":1,",
        "\"inlineData\":", "\"fileData\":", "\"functionResponse\":", "\"groundingMetadata\":", "\"groundingChunks\":", ",", ":", "{", "}", "[", "]", "\"", "\\", "\0", "\u2028", "\"thought_signature\":\"x\"",
    ];

    private static int Rounds => Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2_000;

    [Fact]
    public void Damaged_events_are_refused_in_words_or_read_on()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 1;
        var random = new Random(seed);
        var events = Seeds();
        var deltas = new List<ChatDelta>();
        var reader = Gemini.Dialect.NewReader();
        var facts = default(StreamFacts);
        using var text = new OutputText();
        for (var round = 0; round < Rounds; round++)
        {
            var data = Damaged(events[random.Next(events.Count)], random);
            try
            {
                reader.Read(default, data, deltas);
            }
            catch (Exception refused) when (refused is JsonException or DialectException)
            {
                Assert.NotEmpty(refused.Message);
            }

            Gemini.Dialect.Look(default, data, (round & 1) == 0, ref facts);
            Gemini.Dialect.ReadFacts(data);
            Gemini.Dialect.KeepText(data, text);
            try
            {
                Gemini.Dialect.ReadAnswer(data);
                Gemini.Dialect.ReadRequest(data);
            }
            catch (Exception refused) when (refused is JsonException or DialectException)
            {
                Assert.NotEmpty(refused.Message);
            }

            if (random.Next(20) == 0)
            {
                reader.Finish(deltas);
                Write(deltas);
                reader = Gemini.Dialect.NewReader();
                deltas.Clear();
            }
        }
    }

    /// <summary>Whatever was read keeps the contract of a reader, and can be written.</summary>
    private static void Write(List<ChatDelta> deltas)
    {
        DeltaSum.Of(deltas);
        var target = new ArrayBufferWriter<byte>();
        var writer = Gemini.Dialect.NewWriter(Crossing.Context(stream: true));
        foreach (var delta in deltas)
        {
            writer.Write(delta, target);
        }

        foreach (var one in WireText.Events(WireFormat.GeminiGenerate, target.WrittenSpan.ToArray()))
        {
            using var valid = JsonDocument.Parse(one.Data, new JsonDocumentOptions { MaxDepth = 256 });
        }
    }

    private static List<byte[]> Seeds() =>
    [
        .. from kind in new[] { DialectCase.Streams, DialectCase.Answers, DialectCase.Requests }
           let folder = Path.Combine(Repository.Cases, kind, nameof(WireFormat.GeminiGenerate))
           from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
           from body in Bodies(File.ReadAllBytes(file))
           select body,
    ];

    private static List<byte[]> Bodies(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        return document.RootElement.TryGetProperty("body", out var body)
            ? [JsonSerializer.SerializeToUtf8Bytes(body)]
            : [.. document.RootElement.GetProperty("events").EnumerateArray().Select(e => JsonSerializer.SerializeToUtf8Bytes(e.GetProperty("data")))];
    }

    private static byte[] Damaged(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var i = random.Next(4); i >= 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)]));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(12), bytes.Count - at));
                    break;
                case 2 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3 when random.Next(4) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    // A value for another: types change, the JSON stays whole.
                    Swap(bytes, random);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Swap(List<byte> bytes, Random random)
    {
        var text = Encoding.UTF8.GetString([.. bytes]);
        var at = text.IndexOf(':', random.Next(text.Length));
        if (at < 0)
        {
            return;
        }

        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[(at + 1)..]));
        try
        {
            if (json.Read() && json.TrySkip())
            {
                string[] values = ["null", "1", "-1.5", "\"x\"", "[]", "{}", "true", "[null]", "[1]", "{\"a\":1}", "\"\\udc00\""];
                var replaced = text[..(at + 1)] + values[random.Next(values.Length)] + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[(at + 1)..]).AsSpan((int)json.BytesConsumed));
                bytes.Clear();
                bytes.AddRange(Encoding.UTF8.GetBytes(replaced));
            }
        }
        catch (JsonException)
        {
            // The colon was part of a text, or the event is damaged already: it stays as it is.
            return;
        }
    }
}
