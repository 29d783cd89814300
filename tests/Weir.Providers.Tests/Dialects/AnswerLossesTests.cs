using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>What a client does not see of an answer is named.</summary>
public sealed class AnswerLossesTests
{
    private const string Answer = """
        {"id":"a","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","logprobs":{"content":[]},"message":{"role":"assistant","content":"see",
        "annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":3,"url":"https://example.com","title":"E"}}],"audio":{"id":"x","data":"AA==","transcript":"t"}}},
        {"index":1,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant","content":"or"}}]}
        """;

    [Theory]
    [InlineData(WireFormat.AnthropicMessages, "answer.logprobs, answer.choices, answer.citations, answer.audio")]
    [InlineData(WireFormat.OpenAIResponses, "answer.logprobs, answer.choices, answer.audio")]
    [InlineData(WireFormat.GeminiGenerate, "answer.logprobs, answer.audio")]
    public void A_whole_answer_says_what_it_lost(WireFormat client, string expected)
    {
        var dropped = new Dropped();
        AnswerLosses.Note(ChatDialects.Find(WireFormat.OpenAIChat)!.ReadAnswer(Encoding.UTF8.GetBytes(Answer)), client, dropped);
        Assert.Equal(expected, string.Join(", ", dropped.Names));
    }

    [Theory]
    [InlineData(WireFormat.AnthropicMessages)]
    [InlineData(WireFormat.OpenAIResponses)]
    [InlineData(WireFormat.GeminiGenerate)]
    public void An_answer_of_which_everything_is_told_names_nothing(WireFormat client)
    {
        var dropped = new Dropped();
        AnswerLosses.Note(
            ChatDialects.Find(WireFormat.OpenAIChat)!.ReadAnswer("""{"choices":[{"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant","content":"see"}}]}"""u8), client, dropped);
        Assert.Empty(dropped.Names);
    }
}
