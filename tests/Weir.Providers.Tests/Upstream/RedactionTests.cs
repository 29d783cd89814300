using CsCheck;
using Weir.Providers;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("Incorrect API key provided: sk-abc12***wxyz. You can find", "Incorrect API key provided: ***")]
    [InlineData("key sk-proj-AbCdEfGhIjKlMnOpQrSt is bad", "key *** is bad")]
    [InlineData("Authorization: Bearer abcdefgh12345", "Authorization: Bearer ***")]
    [InlineData("authorization: bearer  x", "authorization: bearer  x")]
    [InlineData("api-key: 0123456789abcdef0123456789abcdef", "api-key: ***")]
    [InlineData("token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln refused", "token *** refused")]
    [InlineData("\"access_token=abc123def\"", "\"access_token=***\"")]
    [InlineData("gsk_1234567890abc", "***")]
    [InlineData("(xai-9876543210)", "(***)")]
    public void What_looks_like_a_credential_is_masked(string text, string expected)
    {
        var clean = Redaction.Clean(text, []);
        Assert.StartsWith(expected, clean, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("This model's maximum context length is 8192 tokens.")]
    [InlineData("The task-force risk-averse desk-based approach")]
    [InlineData("model gpt-4o-mini-2024-07-18 at https://api.openai.com/v1/chat/completions")]
    [InlineData("The principal lacks the required data action Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action")]
    [InlineData("")]
    public void Ordinary_text_stays(string text) => Assert.Equal(text, Redaction.Clean(text, []));

    [Fact]
    public void Our_own_values_never_survive_wherever_they_stand() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 8, 40], Gen.String[0, 30], Gen.String[0, 30]).Sample((secret, before, after) =>
            Assert.DoesNotContain(secret, Redaction.Clean($"{before}{secret}{after}", [new Secret(secret)]), StringComparison.Ordinal));

    [Fact]
    public void A_placeholder_too_short_for_a_secret_does_not_garble_the_text() =>
        Assert.Equal("the list is EMPTY", Redaction.Clean("the list is EMPTY", [new Secret("EMPTY")]));

    [Fact]
    public void Any_text_can_be_cleaned() => Gen.String.Sample(text => Assert.NotNull(Redaction.Clean(text, [new Secret("0123456789")])));
}
