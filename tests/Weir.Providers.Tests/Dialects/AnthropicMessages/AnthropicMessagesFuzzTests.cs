using System.Globalization;
using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Random and mutated events: nothing but the errors that the contract names, no hang, and no memory beyond what came.</summary>
public sealed class AnthropicMessagesFuzzTests
{
    private static readonly byte[][] Seeds = [.. AnswerTests.DialectFiles(DialectCase.Streams).SelectMany(path => DialectCase.Find(path).Events).Select(one => one.Data)];

    private static readonly byte[][] Names = [.. new[] { "", "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "error", "\u0001" }.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Splices = [.. new[] { "null", "{}", "[]", "\"\"", "1e400", "-1", "\"\\ud800\"", "{\"type\":", "\"tool_use\"", "\"text_delta\"", "9223372036854775808", "\\", "\"", ",", ":", "\0" }.Select(Encoding.UTF8.GetBytes)];

    private static int Rounds => Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2_000;

    [Fact]
    public void Any_event_is_taken_or_refused()
    {
        var random = new Random(Seed());
        var deltas = new List<ChatDelta>();
        var reader = Claude.Dialect.NewReader();
        var facts = default(StreamFacts);
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 23 == 0)
            {
                reader.Finish(deltas);
                Assert.Equal(DeltaKind.End, deltas[^1].Kind);
                DeltaSum.Of(deltas);
                Crossing.WriteStream(Claude.Dialect, deltas);
                deltas.Clear();
                reader = Claude.Dialect.NewReader();
                facts = default;
            }
            var name = Names[random.Next(Names.Length)];
            var data = Mutated(random);
            try
            {
                reader.Read(name, data, deltas);
            }
            catch (DialectException)
            {
                // As the contract has it.
            }
            if (data.Length > 0)
            {
                Claude.Dialect.Look(name, data, random.Next(2) == 0, ref facts);
                Assert.InRange(facts.Usage.Prompt, 0, 5_000_000_000_000);
                Claude.Dialect.ReadFacts(data);
            }
        }
    }

    [Fact]
    public void Any_body_is_read_or_refused()
    {
        var random = new Random(Seed());
        var bodies = AnswerTests.DialectFiles(DialectCase.Requests).Concat(AnswerTests.DialectFiles(DialectCase.Answers)).Select(path => DialectCase.Find(path).Body).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(bodies[random.Next(bodies.Length)], random);
            try
            {
                Crossing.WriteRequest(Claude.Dialect, Claude.Dialect.ReadRequest(body), new Dropped());
            }
            catch (DialectException)
            {
                // As the contract has it.
            }
            try
            {
                Crossing.WriteAnswer(Claude.Dialect, Claude.Dialect.ReadAnswer(body));
            }
            catch (DialectException)
            {
                // As the contract has it.
            }
        }
    }

    private static byte[] Mutated(Random random)
    {
        if (random.Next(20) == 0)
        {
            var noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            return noise;
        }
        var seed = Seeds[random.Next(Seeds.Length)];
        return random.Next(3) == 0 ? seed : Mutate(seed, random);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Splices[random.Next(Splices.Length)]);
                    break;
                case 3:
                    ReplaceValue(bytes, random);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Puts another value behind a colon: what stays JSON gets further than what does not.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        var colon = bytes.IndexOf((byte)':', random.Next(bytes.Count));
        var end = colon < 0 ? -1 : bytes.FindIndex(colon, b => b is (byte)',' or (byte)'}');
        if (end > 0)
        {
            bytes.RemoveRange(colon + 1, end - colon - 1);
            bytes.InsertRange(colon + 1, Splices[random.Next(Splices.Length)]);
        }
    }

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 20261124;
}
