using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Providers.Tests.Credentials;

public sealed class ApiKeyCredentialTests
{
    [Theory]
    [InlineData("Authorization", "Bearer ", "sk-1", "Bearer sk-1")]
    [InlineData("api-key", "", "k", "k")]
    [InlineData("api-key", "", "k\n", "k")]
    public async Task The_key_goes_into_its_header(string header, string prefix, string key, string expected)
    {
        var credential = new ApiKeyCredential(header, prefix, new(key));
        using var request = new HttpRequestMessage();
        Assert.Null(await credential.ApplyAsync(request, TestContext.Current.CancellationToken));
        Assert.Null(await credential.ApplyAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(expected, Assert.Single(request.Headers.GetValues(header)));
        Assert.False(credential.Invalidate());
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("schlüssel-geheim")]
    public void A_key_that_no_header_can_carry_is_refused_without_showing_it(string key)
    {
        var refused = Assert.Throws<FormatException>(() => new ApiKeyCredential("api-key", "", new(key)));
        Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_credential_sends_nothing()
    {
        using var request = new HttpRequestMessage();
        Assert.Null(await NoCredential.Instance.ApplyAsync(request, TestContext.Current.CancellationToken));
        Assert.Empty(request.Headers);
        Assert.False(NoCredential.Instance.Invalidate());
    }
}
