using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>What clients make of an answer before they bring it back: the seal over the model's thoughts has to survive it.</summary>
public sealed class BroughtBackTests
{
    private const string Thought = "It may rain.";

    [Fact]
    public void A_client_that_keeps_the_last_chunk_of_a_member_it_does_not_know_and_one_that_keeps_the_first_bring_whole_thoughts_back()
    {
        var chunks = ChatChunks();

        var blocks = Assert.Single(chunks, chunk => chunk.TryGetProperty("thinking_blocks", out _)).GetProperty("thinking_blocks");

        Assert.Equal($$"""[{"type":"thinking","thinking":"{{Thought}}","signature":"seal"}]""", blocks.GetRawText());
        Assert.Equal(Thought, string.Concat(chunks.Select(c => c.TryGetProperty("reasoning_content", out var text) ? text.GetString() : "")));
    }

    [Fact]
    public void Thoughts_that_come_in_pieces_and_then_whole_under_their_seal_are_told_once()
    {
        var reader = ChatDialects.Of(WireFormat.OpenAIChat).NewReader();
        var deltas = new List<ChatDelta>();
        foreach (var data in ChatEvents())
        {
            reader.Read(default, Encoding.UTF8.GetBytes(data), deltas);
        }

        Assert.Equal(Thought, string.Concat(deltas.Where(d => d is { Kind: DeltaKind.Text, Part: DeltaPart.Thinking }).Select(d => d.Text)));
        Assert.Equal("seal", Assert.Single(deltas, d => d.Kind == DeltaKind.Signature).Text);
        Assert.Single(deltas, d => d.Kind == DeltaKind.PartStart);
    }

    [Fact]
    public void Chunks_of_a_Gemini_stream_that_come_back_as_many_contents_are_one_answer_with_one_thought()
    {
        var seal = Convert.ToBase64String("weir-sseal"u8);
        var turn = ChatDialects.Of(WireFormat.GeminiGenerate).ReadRequest(Encoding.UTF8.GetBytes(
            $$$"""
            {"contents":[{"role":"user","parts":[{"text":"the weather?"}]},
              {"role":"model","parts":[{"text":"It may","thought":true}]},
              {"role":"model","parts":[{"text":" rain.","thought":true}]},
              {"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"{{{seal}}}"}]},
              {"role":"model","parts":[{"functionCall":{"id":"1","name":"get_weather","args":{"city":"Bern"} } }]},
              {"role":"user","parts":[{"functionResponse":{"id":"1","name":"get_weather","response":{"result":"sunny"} } }]}]}
            """));

        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool], turn.Messages.Select(m => m.Role));
        var thought = Assert.IsType<ThinkingPart>(turn.Messages[1].Parts[0]);
        Assert.Equal((Thought, "seal"), (thought.Text, thought.Signature));
        Assert.IsType<ToolCallPart>(Assert.Single(turn.Messages[1].Parts.Skip(1)));
    }

    [Theory]
    [InlineData("rs_0123456789abcdef_0", "\"signature\":\"seal\"", "")]
    [InlineData("rs_0123456789abcdef", "\"toolUse\"", "reasoning")]
    public void A_reasoning_item_of_another_vendor_goes_back_to_Bedrock_and_one_of_OpenAI_does_not(string id, string said, string dropped)
    {
        var turn = ChatDialects.Of(WireFormat.OpenAIResponses).ReadRequest(Encoding.UTF8.GetBytes(
            $$"""
            {"model":"m","input":[{"role":"user","content":"the weather?"},
              {"id":"{{id}}","type":"reasoning","summary":[{"type":"summary_text","text":"{{Thought}}"}],"encrypted_content":"seal"},
              {"type":"function_call","call_id":"1","name":"get_weather","arguments":"{}"},
              {"type":"function_call_output","call_id":"1","output":"sunny"}],
             "tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{} } }]}
            """));
        turn.Model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        var (body, names) = (new ArrayBufferWriter<byte>(), new Dropped());

        ChatDialects.Of(WireFormat.BedrockConverse).WriteRequest(turn, body, names);

        Assert.Contains(said, Encoding.UTF8.GetString(body.WrittenSpan), StringComparison.Ordinal);
        Assert.Equal(dropped, string.Join(',', names.Names));
    }

    [Theory]
    [InlineData(64, true, "")]
    [InlineData(65, false, "user")]
    public void The_record_that_Claude_Code_sends_as_a_user_is_longer_than_OpenAI_takes(int length, bool said, string dropped)
    {
        foreach (var format in new[] { WireFormat.OpenAIResponses, WireFormat.OpenAIChat })
        {
            var turn = new ChatTurn { Model = "gpt-5", EndUser = new string('u', length), Messages = { new ChatMessage(ChatRole.User, [new TextPart("hello")]) } };
            var (body, names) = (new ArrayBufferWriter<byte>(), new Dropped());
            if (format == WireFormat.OpenAIChat)
            {
                StrictOpenAI.Strip(turn, names);
            }

            ChatDialects.Of(format).WriteRequest(turn, body, names);

            Assert.Equal((said, dropped), (Encoding.UTF8.GetString(body.WrittenSpan).Contains("\"user\":\"u", StringComparison.Ordinal), string.Join(',', names.Names)));
        }
    }

    /// <summary>The <c>delta</c> of each chunk of a stream with thoughts.</summary>
    private static List<JsonElement> ChatChunks() =>
        [.. ChatEvents().Where(data => data.StartsWith('{')).Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0].GetProperty("delta"))];

    private static IEnumerable<string> ChatEvents()
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = ChatDialects.Of(WireFormat.OpenAIChat).NewWriter(new AnswerContext(new ChatTurn { Model = "m" }, "id", 1));
        ChatDelta[] deltas =
        [
            new(DeltaKind.Start),
            new(DeltaKind.PartStart) { Part = DeltaPart.Thinking },
            new(DeltaKind.Text) { Part = DeltaPart.Thinking, Text = "It may" },
            new(DeltaKind.Text) { Part = DeltaPart.Thinking, Text = " rain." },
            new(DeltaKind.Signature) { Part = DeltaPart.Thinking, Text = "seal" },
            new(DeltaKind.PartEnd) { Part = DeltaPart.Thinking },
            new(DeltaKind.Stop) { Stop = StopReason.EndTurn },
            new(DeltaKind.End),
        ];
        foreach (var delta in deltas)
        {
            writer.Write(delta, target);
        }

        return Encoding.UTF8.GetString(target.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..]);
    }
}
