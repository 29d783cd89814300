using System.Text;
using CsCheck;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>Random and damaged events: a reader adds steps, adds none, or says what is wrong; nothing else gets out of it.</summary>
public sealed class OpenAIChatFuzzTests
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("WEIR_SOAK") == "1" ? 1_000_000 : 2000;

    private static readonly string[] Pieces =
    [
        "{\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}",
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}",
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"1}\"}},{\"id\":\"d\"},{\"index\":-1},7,{\"function\":null}]}}]}",
        "{\"choices\":[{\"index\":3,\"delta\":{\"reasoning_content\":\"r\",\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"r\",\"signature\":\"s\"},{\"type\":\"redacted_thinking\",\"data\":\"d\"},{\"data\":{}},\"t\"]}}]}",
        "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"thinking\",\"thinking\":[{\"text\":\"b\"}]},{},[]],\"refusal\":\"n\",\"audio\":[],\"annotations\":[{}],\"function_call\":{\"name\":\"f\"}}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"},\"finish_reason\":\"stop\",\"stop_reason\":17}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1e400}}",
        "{\"choices\":[{\"index\":1e99,\"delta\":7},null,\"x\",{\"delta\":{\"\\ud800\":1}}]}",
        "{\"choices\":{},\"usage\":[],\"id\":7,\"model\":{}}",
        "[DONE]",
        "{\"error\":{\"message\":\"x\"}}",
        "{}",
        "[]",
        "",
    ];

    private static readonly Gen<byte[]> Events = Gen.Select(Gen.Int[0, Pieces.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Array[0, 3], (piece, damages) =>
    {
        var bytes = Encoding.UTF8.GetBytes(Pieces[piece]).ToList();
        foreach (var (place, value, how) in damages)
        {
            var at = bytes.Count == 0 ? 0 : place % bytes.Count;
            switch (how)
            {
                case 0 when bytes.Count > 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes.Insert(at, value);
                    break;
                case 2 when bytes.Count > 0:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    break;
            }
        }
        return bytes.ToArray();
    });

    [Fact]
    public void Damaged_events_are_read_refused_or_passed_over_and_the_steps_stay_in_order() => Events.Array[0, 12].Sample(
        events =>
        {
            var dialect = ChatDialects.Of(WireFormat.OpenAIChat);
            var reader = dialect.NewReader();
            var deltas = new List<ChatDelta>();
            var facts = default(StreamFacts);
            using var kept = new OutputText();
            foreach (var one in events)
            {
                if (one.Length > 0)
                {
                    dialect.Look([], one, false, ref facts);
                    dialect.KeepText(one, kept);
                }
                try
                {
                    reader.Read([], one, deltas);
                }
                catch (DialectException refused)
                {
                    Assert.NotEqual("", refused.Message);
                }
            }
            reader.Finish(deltas);
            DeltaSum.Of(deltas);
            var client = WireText.Events(WireFormat.OpenAIChat, Crossing.WriteStream(dialect, deltas));
            Assert.Equal("[DONE]", Encoding.UTF8.GetString(client[^1].Data));
        },
        iter: Iterations / 6);

    [Fact]
    public void Damaged_bodies_are_read_or_refused() => Gen.Select(Gen.Int[0, Pieces.Length - 1], Events).Sample(
        (_, bytes) =>
        {
            var dialect = ChatDialects.Of(WireFormat.OpenAIChat);
            foreach (var read in new Action[] { () => dialect.ReadAnswer(bytes), () => dialect.ReadRequest(bytes), () => dialect.ReadRequest(Wrapped(bytes)) })
            {
                try
                {
                    read();
                }
                catch (DialectException refused)
                {
                    Assert.NotEqual("", refused.Message);
                }
            }
        },
        iter: Iterations / 2);

    /// <summary>The choices as messages: most members mean something there, too.</summary>
    private static byte[] Wrapped(byte[] bytes) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
        .Replace("\"choices\"", "\"messages\"", StringComparison.Ordinal).Replace("\"delta\":{", "\"role\":\"assistant\",\"x\":0,", StringComparison.Ordinal).Replace("}}]}", "}]}", StringComparison.Ordinal));
}
