using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

/// <summary>Random and mutated events and bodies: nothing but the dialect's own complaint, and never a sequence of steps that the contract forbids.</summary>
public sealed class BedrockConverseFuzzTests
{
    private static int Rounds => Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2_000;

    private static Random Random => new(int.TryParse(Environment.GetEnvironmentVariable("WEIR_SEED"), out var seed) ? seed : 1);

    [Fact]
    public void A_reader_survives_any_events()
    {
        var random = Random;
        var known = Converse.Cases(DialectCase.Streams).SelectMany(one => one.Events).ToArray();
        var reader = Converse.Dialect.NewReader();
        var deltas = new List<ChatDelta>();
        var facts = default(StreamFacts);
        for (var i = 0; i < Rounds; i++)
        {
            var (name, data) = (known[random.Next(known.Length)].Name, Mutate(known[random.Next(known.Length)].Data, random));
            try
            {
                reader.Read(name, data, deltas);
            }
            catch (DialectException)
            {
                // What it may say.
            }
            if (data.Length > 0)
            {
                Converse.Dialect.Look(name, data, random.Next(2) == 0, ref facts);
            }
            if (random.Next(12) == 0 || i == Rounds - 1)
            {
                reader.Finish(deltas);
                DeltaSum.Of(deltas);
                Crossing.WriteStream(Converse.Dialect, deltas);
                deltas.Clear();
                reader = Converse.Dialect.NewReader();
            }
        }
    }

    [Fact]
    public void Bodies_and_answers_are_read_or_refused()
    {
        var random = Random;
        var requests = Converse.Cases(DialectCase.Requests).Select(one => one.Body).ToArray();
        var answers = Converse.Cases(DialectCase.Answers).Select(one => one.Body).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            var request = Mutate(requests[random.Next(requests.Length)], random);
            var answer = Mutate(answers[random.Next(answers.Length)], random);
            try
            {
                var turn = Converse.Dialect.ReadRequest(request);
                Crossing.WriteRequest(Converse.Dialect, turn, new Dropped());
            }
            catch (DialectException)
            {
                // What it may say.
            }
            try
            {
                Crossing.WriteAnswer(Converse.Dialect, Converse.Dialect.ReadAnswer(answer));
            }
            catch (DialectException)
            {
                // What it may say.
            }
            Converse.Dialect.ReadFacts(answer);
        }
    }

    private static byte[] Mutate(byte[] data, Random random)
    {
        var bytes = (byte[])data.Clone();
        for (var n = random.Next(4); n > 0 && bytes.Length > 0; n--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes = bytes[..at];
                    break;
                case 2:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    break;
                case 3:
                    bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"text\"", "\"te\\ud800xt\"", StringComparison.Ordinal));
                    break;
                case 4:
                    var wrong = new[] { "null", "1", "[]", "{}", "\"\\ud800\"", "1e400", "true" }[random.Next(7)];
                    var text = Encoding.UTF8.GetString(bytes);
                    var colon = text.IndexOf(':', random.Next(text.Length));
                    bytes = colon < 0 ? bytes : Encoding.UTF8.GetBytes(text[..(colon + 1)] + wrong + text[Math.Min(text.Length, colon + 1 + random.Next(12))..]);
                    break;
                default:
                    bytes[at] = "{}[]\",:\\0n"u8[random.Next(10)];
                    break;
            }
        }
        return bytes;
    }
}
