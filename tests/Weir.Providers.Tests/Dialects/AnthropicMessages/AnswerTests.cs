using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

public sealed class AnswerTests
{
    public static TheoryData<string> Cases => [.. DialectFiles(DialectCase.Answers)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_written_reads_as_what_was_read(string path)
    {
        var one = DialectCase.Find(path);
        var read = Claude.Dialect.ReadAnswer(one.Body);
        var again = Claude.Dialect.ReadAnswer(Crossing.WriteAnswer(Claude.Dialect, read));
        Assert.Equal(Without(read, one), NeutralText.Of(again));

        // What a text refused with is a text to Anthropic's clients.
        static string Without(ChatResult result, DialectCase one)
        {
            var parts = result.Choices[0].Parts;
            for (var index = 0; index < parts.Count; index++)
            {
                parts[index] = parts[index] is RefusalPart refusal ? new TextPart(refusal.Text) : parts[index];
            }
            return NeutralText.Of(result);
        }
    }

    [Fact]
    public void A_call_of_the_gateways_own_tool_is_the_answers_text()
    {
        var result = Claude.ReadAnswer("""
            {"content":[{"type":"text","text":"Here:"},{"type":"tool_use","id":"t","name":"json_tool_call","input":{"a":1}}],"stop_reason":"tool_use"}
            """);
        Assert.Equal([new TextPart("""{"a":1}""")], result.Choices[0].Parts);
        Assert.Equal(StopReason.EndTurn, result.Choices[0].Stop);
        result = Claude.ReadAnswer("""
            {"content":[{"type":"tool_use","id":"t","name":"json_tool_call","input":{}},{"type":"tool_use","id":"u","name":"f","input":{}}],"stop_reason":"tool_use"}
            """);
        Assert.Equal(StopReason.ToolUse, result.Choices[0].Stop);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"content":null}""")]
    [InlineData("""{"content":[]""")]
    [InlineData("""{"content":[]}{}""")]
    [InlineData("""{"id":"\ud800","content":[]}""")]
    public void What_is_no_answer_is_refused(string body) => Assert.Throws<DialectException>(() => Claude.ReadAnswer(body));

    [Fact]
    public void Slips_in_an_answer_are_passed_over()
    {
        var result = Claude.ReadAnswer("""
            {"id":7,"model":null,"content":[7,{"type":"text","text":null},{"type":"tool_use","id":null,"name":"f"}],"stop_reason":null,"usage":{"input_tokens":-3,"output_tokens":1e30}}
            """);
        Assert.Equal([new TextPart(""), new ToolCallPart("", "f", "{}")], result.Choices[0].Parts.Select(part => part is TextPart text ? new TextPart(text.Text) : part));
        Assert.Equal((0, 1_000_000_000_000), (result.Usage.Prompt, result.Usage.Completion));
    }

    [Theory]
    [InlineData(StopReason.EndTurn, "end_turn")]
    [InlineData(StopReason.None, "end_turn")]
    [InlineData(StopReason.MaxTokens, "max_tokens")]
    [InlineData(StopReason.StopSequence, "stop_sequence")]
    [InlineData(StopReason.ToolUse, "tool_use")]
    [InlineData(StopReason.ContentFilter, "refusal")]
    [InlineData(StopReason.Pause, "pause_turn")]
    [InlineData(StopReason.ContextWindow, "model_context_window_exceeded")]
    [InlineData(StopReason.Error, "end_turn")]
    public void Every_stop_has_a_word(StopReason stop, string word)
    {
        var result = new ChatResult();
        result.Choices.Add(new ChatChoice { Stop = stop, StopSequence = "X" });
        var body = Encoding.UTF8.GetString(Crossing.WriteAnswer(Claude.Dialect, result));
        Assert.Contains($"\"stop_reason\":\"{word}\",\"stop_sequence\":{(stop == StopReason.StopSequence ? "\"X\"" : "null")}", body, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_of_another_vendors_gets_what_is_missing()
    {
        var result = new ChatResult { Usage = new TokenUsage { Prompt = 10, CachedPrompt = 4, Completion = 3, Reasoning = 2 } };
        result.Choices.Add(new ChatChoice { Stop = StopReason.EndTurn });
        result.Choices[0].Parts.AddRange([new ThinkingPart("hm"), new ToolCallPart("", "f", "{bad") { Signature = "s" }]);
        Assert.Equal(
            """{"id":"msg_0123456789abcdefghijklmn","type":"message","role":"assistant","model":"asked-model","content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"tool_use","id":"toolu_0123456789abcdefghijklmn0__thought__s","name":"f","input":{"arguments":"{bad"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":3,"output_tokens_details":{"thinking_tokens":2}}}""",
            Encoding.UTF8.GetString(Crossing.WriteAnswer(Claude.Dialect, result)));
    }

    internal static IEnumerable<string> DialectFiles(string kind) =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Cases, kind, nameof(WireFormat.AnthropicMessages)), "*.json").Order(StringComparer.Ordinal)
        select $"{kind}/{nameof(WireFormat.AnthropicMessages)}/{Path.GetFileNameWithoutExtension(file)}";
}
