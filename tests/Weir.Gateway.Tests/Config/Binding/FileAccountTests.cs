namespace Weir.Gateway.Tests.Config.Binding;

/// <summary><c>files_settings</c>.</summary>
public sealed class FileAccountTests
{
    [Fact]
    public void An_account_has_a_provider_an_address_and_a_key()
    {
        var bound = Bound.From("""
            files_settings:
              - custom_llm_provider: azure
                api_base: https://a.example
                api_key: k
                api_version: 2025-04-01-preview
              - custom_llm_provider: openai
            """, ("OPENAI_API_KEY", "from-environment"));
        bound.HasNoProblem();
        Assert.Empty(bound.Config.Deployments);
        Assert.Equal(["azure", "openai"], bound.Config.FileAccounts.Select(account => account.Provider));
        Assert.Equal("2025-04-01-preview", bound.Config.FileAccounts[0].ApiVersion);
        Assert.Equal("from-environment", bound.Config.FileAccounts[1].ApiKey?.Reveal());
        Assert.Equal(2, bound.Config.FileAccounts.Select(account => account.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("{custom_llm_provider: groq, api_key: k}", "keeps no files")]
    [InlineData("{api_key: k}", "no custom_llm_provider")]
    [InlineData("{custom_llm_provider: azure, api_key: k}", "no address of its own")]
    public void An_account_that_can_not_work_is_left_out_with_its_reason(string entry, string reason)
    {
        var bound = Bound.From($"files_settings:\n  - {entry}\n");
        Assert.Empty(bound.Config.FileAccounts);
        Assert.Contains(reason, Assert.Single(bound.Problems).Message, StringComparison.Ordinal);
    }
}
