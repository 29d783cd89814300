using CsCheck;

namespace Weir.TestKit.Tests;

public sealed class TokensTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("one", 1)]
    [InlineData(" one  two ", 2)]
    [InlineData("   ", 1)]
    public void Words_are_tokens(string text, int count) => Assert.Equal(count, Tokens.Count(text));

    [Fact]
    public void Tokens_joined_are_the_text_and_taking_all_of_them_too() =>
        Gen.String.Sample(text =>
        {
            var joined = "";
            while (joined.Length < text.Length)
            {
                joined += text.Substring(joined.Length, Tokens.FirstLength(text.AsSpan(joined.Length)));
            }

            return joined == text && Tokens.Take(text, Tokens.Count(text)) == text;
        });
}
