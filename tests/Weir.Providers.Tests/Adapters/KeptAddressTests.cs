namespace Weir.Providers.Tests.Adapters;

/// <summary>Where an account keeps things: below the address of the account, not of a model.</summary>
public sealed class KeptAddressTests
{
    [Theory]
    [InlineData("openai", null, null, "https://api.openai.com/v1/files")]
    [InlineData("openai", "https://eu.api.openai.com/v1/", null, "https://eu.api.openai.com/v1/files")]
    [InlineData("azure", "https://a.example", "2025-04-01-preview", "https://a.example/openai/files?api-version=2025-04-01-preview")]
    [InlineData("azure", "https://a.example/openai/deployments/d", "2025-04-01-preview", "https://a.example/openai/files?api-version=2025-04-01-preview")]
    [InlineData("azure", "https://a.example/openai/v1", null, "https://a.example/openai/v1/files")]
    [InlineData("azure", "https://a.example", "preview", "https://a.example/openai/v1/files")]
    public void It_is_the_account_s(string provider, string? apiBase, string? version, string expected)
    {
        var keeper = Assert.IsAssignableFrom<IKeepingProvider>(ProviderCatalog.Find(provider));
        Assert.Equal([KeptKind.Response, KeptKind.Conversation, KeptKind.File, KeptKind.Upload, KeptKind.Batch], keeper.Kept);
        Assert.Equal(expected, keeper.KeptUri(new ProviderAddress(apiBase is null ? null : new Uri(apiBase), version, "d"), "/files").ToString());
    }

    [Fact]
    public void Who_keeps_nothing_says_so()
    {
        Assert.Empty(Assert.IsAssignableFrom<IKeepingProvider>(ProviderCatalog.Find("groq")).Kept);
        Assert.Equal([KeptKind.Response], Assert.IsAssignableFrom<IKeepingProvider>(ProviderCatalog.Find("xai")).Kept);
    }
}
