using System.Globalization;
using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIResponses;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>Random and damaged events neither stop the reader nor break its contract. With <c>WEIR_SOAK=1</c> a million of them.</summary>
public sealed class OpenAIResponsesFuzzTests
{
    private static readonly int Events = Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2_000;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    private static readonly string[] Snippets =
    [
        "\"type\":\"response.output_text.delta\"", "\"output_index\":-1", "\"output_index\":9223372036854775807", "\"output_index\":1e99", "\"delta\":null", "\"delta\":\"\\ud83d\"",
        "\"delta\":\"\\udc00x\"", "\"item\":{\"type\":\"function_call\"}", "\"item\":{}", "\"item\":[]", "\"response\":{}", "\"response\":null", "\"error\":{}", "\"summary\":[null,1,{}]",
        "\"content\":[{\"type\":\"output_text\"}]", "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "\"\\ud800\":1", "\0", "é", "🙂",
    ];

    [Fact]
    public void Damaged_events_give_a_valid_sequence_or_a_plain_refusal()
    {
        var random = new Random(Seed);
        var good = Cases(DialectCase.Streams).SelectMany(one => one.Events).ToList();
        var dialect = new OpenAIResponsesDialect();
        for (var done = 0; done < Events;)
        {
            var reader = dialect.NewReader();
            var deltas = new List<ChatDelta>();
            var facts = default(StreamFacts);
            using var output = new OutputText();
            var length = random.Next(1, 60);
            for (var n = 0; n < length; n++, done++)
            {
                var one = good[random.Next(good.Count)];
                var data = random.Next(3) == 0 ? one.Data : Damage(one.Data, random);
                var name = random.Next(4) switch { 0 => [], 1 => good[random.Next(good.Count)].Name, _ => one.Name };
                try
                {
                    reader.Read(name, data, deltas);
                }
                catch (DialectException refused)
                {
                    Assert.DoesNotContain("\n", refused.Message);
                }
                dialect.Look(name, data, random.Next(2) == 0, ref facts);
                dialect.KeepText(data, output);
                dialect.ReadFacts(data);
                if (data.Length > 0)
                {
                    Assert.True(deltas.Count < 10_000);
                }
            }
            reader.Finish(deltas);
            reader.Finish(deltas);
            DeltaSum.Of(deltas);
        }
    }

    [Fact]
    public void Damaged_requests_and_answers_are_read_or_refused()
    {
        var random = new Random(Seed);
        var dialect = new OpenAIResponsesDialect();
        var bodies = Cases(DialectCase.Requests).Concat(Cases(DialectCase.Answers)).Select(one => one.Body).ToList();
        for (var n = 0; n < Events / 4; n++)
        {
            var body = Damage(bodies[random.Next(bodies.Count)], random);
            try
            {
                Crossing.WriteRequest(dialect, dialect.ReadRequest(body), new Dropped());
            }
            catch (DialectException refused)
            {
                Assert.NotEqual("", refused.Message);
            }
            try
            {
                dialect.ReadAnswer(body);
            }
            catch (DialectException refused)
            {
                Assert.NotEqual("", refused.Message);
            }
        }
    }

    /// <summary>The cases of this dialect, also while it is on no list.</summary>
    internal static DialectCase[] Cases(string kind) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Cases, kind, nameof(WireFormat.OpenAIResponses))).Order(StringComparer.Ordinal)
            .Select(file => DialectCase.Find($"{kind}/{nameof(WireFormat.OpenAIResponses)}/{Path.GetFileNameWithoutExtension(file)}"))];

    private static byte[] Damage(byte[] data, Random random)
    {
        var bytes = new List<byte>(data);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count + 1), 0).Concat(data.Skip(random.Next(data.Length + 1)).Take(30)));
                    break;
                default:
                    // Inside an object, so that what follows is still read.
                    var brace = bytes.IndexOf((byte)'{', Math.Min(at, Math.Max(0, bytes.Count - 1)));
                    var snippet = Snippets[random.Next(Snippets.Length)];
                    bytes.InsertRange(brace < 0 ? at : brace + 1, Encoding.UTF8.GetBytes(brace < 0 ? snippet : snippet + ","));
                    break;
            }
        }
        return [.. bytes];
    }
}
