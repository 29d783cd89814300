using System.Buffers;
using System.Text;
using Weir.Providers.Dialects.AnthropicMessages;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

public sealed class CountTokensTests
{
    [Fact]
    public void The_question_holds_what_the_model_reads_and_nothing_else()
    {
        var turn = Claude.Turn("claude-3-5-sonnet-latest", new ChatMessage(ChatRole.System, [new TextPart("s")]), Claude.User("a"));
        (turn.Stream, turn.Temperature, turn.TopK, turn.EndUser, turn.ServiceTier) = (true, 0.5, 4, "u", "auto");
        turn.Stop.Add("END");
        turn.Tools.Add(Claude.Tool("f"));
        var target = new ArrayBufferWriter<byte>();
        CountTokens.WriteRequest(turn, target);
        Assert.Equal(
            """{"model":"claude-3-5-sonnet-latest","system":"s","messages":[{"role":"user","content":"a"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}""",
            Encoding.UTF8.GetString(target.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"input_tokens":14}""", 14L)]
    [InlineData("""{"context_management":{},"input_tokens":0}""", 0L)]
    [InlineData("""{"input_tokens":-1}""", null)]
    [InlineData("""{"input_tokens":"14"}""", null)]
    [InlineData("""{"input_tokens":14""", null)]
    [InlineData("""[]""", null)]
    public void A_reply_is_read(string reply, long? tokens) => Assert.Equal(tokens, CountTokens.ReadReply(Encoding.UTF8.GetBytes(reply)));

    [Fact]
    public void A_reply_is_written()
    {
        var target = new ArrayBufferWriter<byte>();
        CountTokens.WriteReply(7, target);
        Assert.Equal("""{"input_tokens":7}""", Encoding.UTF8.GetString(target.WrittenSpan));
    }

    [Fact]
    public void Here_the_same_text_counts_the_same_in_every_dialect()
    {
        var claude = Claude.Read("""{"model":"m","messages":[{"role":"user","content":"What is a weir, and who builds it?"}]}""");
        var chat = TokenCounter.CountRequest("m", """{"model":"m","messages":[{"role":"user","content":"What is a weir, and who builds it?"}]}"""u8);
        // A chat body's role is read as text, too.
        Assert.Equal(chat.Tokens - 1, CountTokens.Count(claude).Tokens);
    }

    [Fact]
    public void All_that_the_model_reads_is_counted()
    {
        var turn = Claude.Turn("m", Claude.User("a"));
        var before = CountTokens.Count(turn).Tokens;
        var more = new ContentPart[]
        {
            new TextPart("weir"), new ThinkingPart("weir"), new RefusalPart("weir"), new ToolCallPart("c", "weir", "{}"), new ToolResultPart("c", [new TextPart("weir")]),
            new ImagePart(null, MediaSource.OfFile("f")), new DocumentPart("text/plain", MediaSource.OfBase64("d2Vpcg==")), new DocumentPart(null, MediaSource.OfFile("f")),
            new OpaquePart(WireFormat.AnthropicMessages, "x", Claude.Raw("{}")), new MediaPart("audio/wav", MediaSource.OfBase64("AA==")),
        };
        foreach (var part in more)
        {
            turn.Messages[0].Parts.Add(part);
            var now = CountTokens.Count(turn).Tokens;
            Assert.True(now > before, part.ToString());
            before = now;
        }
        turn.Tools.Add(Claude.Tool("f"));
        Assert.True(CountTokens.Count(turn).Tokens > before + 9);
        Assert.False(CountTokens.Count(turn).Exact);
    }
}
