using System.Text;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Tokens;

namespace Weir.Providers.Tests.Tokens;

public sealed class OutputTextTests
{
    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"Hi"}}]}""", "Hi")]
    [InlineData("""{"choices":[{"delta":{"content": "a\"b\\"}}]}""", "a\"b\\")]
    [InlineData("""{"choices":[{"delta":{"content":"\ud83d\ude42\n"}}]}""", "🙂\n")]
    [InlineData("""{"choices":[{"text":"old"}]}""", "old")]
    [InlineData("""{"choices":[{"delta":{"content":"","tool_calls":[{"function":{"name":"f","arguments":"{\"x\":1}"}}]}}]}""", "{\"x\":1}")]
    [InlineData("""{"choices":[{"message":{"content":"a","tool_calls":[{"function":{"arguments":"b"}},{"function":{"arguments":"c"}}]}}]}""", "abc")]
    [InlineData("""{"choices":[{"delta":{"content":null,"reasoning_content":"why","reasoning":"why"}}]}""", "why")]
    [InlineData("""{"choices":[{"delta":{"content":"","reasoning":"why","reasoning_details":[{"text":"why"}]}}]}""", "why")]
    [InlineData("""{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}""", "ab")]
    [InlineData("""{"choices":[{"delta":{"role":"assistant"}}]}""", "")]
    [InlineData("""{"x":"\"content\":\"no\""}""", "")]
    public void Generated_text_is_kept(string chunk, string text) => Assert.Equal(text, Kept(chunk));

    [Fact]
    public void Text_of_many_chunks_is_one_text() =>
        Assert.Equal(string.Concat(Enumerable.Range(0, 2000).Select(i => $"w{i} ")), Kept([.. Enumerable.Range(0, 2000).Select(i => $$"""{"content":"w{{i}} "}""")]));

    [Fact]
    public void A_surrogate_pair_that_is_split_over_chunks_is_counted_all_the_same()
    {
        Assert.Equal("🙂", Kept("""{"content":"\ud83d"}""", """{"content":"\ude42"}"""));
        Assert.Equal("\\ud83d", Kept("""{"content":"\ud83d"}"""));
    }

    [Theory]
    [InlineData(1, 5 << 20)]
    [InlineData(9, 1 << 20)]
    public void More_than_is_kept_is_scaled_up(int chunks, int length)
    {
        using var output = new OutputText();
        for (var i = 0; i < chunks; i++)
        {
            OpenAIChatGlance.Instance.KeepText(Encoding.UTF8.GetBytes($$"""{"content":"{{new string('x', length)}}"}"""), output);
        }
        Assert.Equal((long)chunks * length, output.Count(text => text.Length));
    }

    [Fact]
    public void Nothing_said_is_nothing_counted()
    {
        using var output = new OutputText();
        OpenAIChatGlance.Instance.KeepText("""{"content":""}"""u8, output);
        Assert.True(output.IsEmpty);
        Assert.Equal(0, output.Count(_ => throw new InvalidOperationException("There is nothing to count.")));
    }

    private static string Kept(params string[] chunks)
    {
        using var output = new OutputText();
        foreach (var chunk in chunks)
        {
            OpenAIChatGlance.Instance.KeepText(Encoding.UTF8.GetBytes(chunk), output);
        }
        var kept = "";
        output.Count(text =>
        {
            kept = text;
            return 0;
        });
        return kept;
    }
}
