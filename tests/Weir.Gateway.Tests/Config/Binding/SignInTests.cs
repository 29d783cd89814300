using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Binding;

public sealed class SignInTests
{
    private const string Azure = "model: azure/gpt-4o\napi_base: https://x.openai.azure.com";

    [Theory]
    [InlineData("none")]
    [InlineData("EMPTY")]
    [InlineData("dummy")]
    [InlineData("sk-local")]
    [InlineData("None")]
    public void A_dummy_key_is_a_key(string key)
    {
        var bound = Bound.Entry($"model: openai/llama\napi_base: http://llama:8080/v1\napi_key: {key}");

        bound.HasNoProblem();
        Assert.Equal(key, bound.Only.ApiKey?.Reveal());
    }

    [Fact]
    public void A_missing_key_and_address_come_from_the_provider_s_variables()
    {
        var bound = Bound.Entry("model: openai/gpt-4o", ("OPENAI_API_KEY", "from-env"), ("OPENAI_API_BASE", "https://proxy.example/v1"));

        bound.HasNoProblem();
        Assert.Equal("from-env", bound.Only.ApiKey?.Reveal());
        Assert.Equal("https://proxy.example/v1", bound.Only.ApiBase?.ToString());
    }

    [Fact]
    public void The_file_s_own_variables_count_as_the_environment()
    {
        var bound = Bound.From("""
            environment_variables: {GROQ_API_KEY: in-file}
            model_list:
              - model_name: fast
                litellm_params: {model: groq/llama}
            """, ("GROQ_API_KEY", "outside"));

        Assert.Equal("in-file", bound.Only.ApiKey?.Reveal());
    }

    [Fact]
    public void A_vendor_without_a_key_leaves_out_the_entry_and_names_the_variable()
    {
        var bound = Bound.Entry("model: openai/gpt-4o");

        Assert.Contains("OPENAI_API_KEY", bound.LeftOut.Reason, StringComparison.Ordinal);
        Assert.Equal(ProblemSeverity.Warning, bound.Problem(BindingCodes.NoCredential).Severity);
    }

    [Fact]
    public void A_server_of_one_s_own_needs_no_key()
    {
        var vllm = Bound.Entry("model: openai/llama\napi_base: http://vllm:8000/v1");
        var ollama = Bound.Entry("model: ollama/llama3");

        Assert.Null(vllm.Only.ApiKey);
        Assert.Null(ollama.Only.ApiKey);
        Assert.Empty(vllm.Problems.Concat(ollama.Problems));
    }

    [Fact]
    public void An_entry_whose_clients_bring_the_key_needs_none()
    {
        var bound = Bound.Entry("model: openai/gpt-4o\nconfigurable_clientside_auth_params: [api_key]");

        Assert.Equal(["api_key"], bound.Only.ClientsideAuthParams);
    }

    [Fact]
    public void A_pattern_opens_a_clientside_parameter_for_what_it_matches_as_a_whole()
    {
        var bound = Bound.Entry("model: openai/gpt-4o\napi_key: k\nconfigurable_clientside_auth_params: [api_version, {api_base: '^https://.*\\.ok\\.example(/v1)?'}]");

        bound.HasNoProblem();
        Assert.Equal(["api_version"], bound.Only.ClientsideAuthParams);
        var pattern = Assert.Single(bound.Only.ClientsideAuthPatterns);
        Assert.Equal("api_base", pattern.Name);
        Assert.True(pattern.Matches("https://a.ok.example"));
        Assert.True(pattern.Matches("https://a.ok.example/v1"));
        Assert.False(pattern.Matches("https://a.ok.example.elsewhere.net"));
        Assert.False(pattern.Matches("http://a.ok.example"));
        Assert.False(pattern.Matches("https://a.ok.example\n"));
        Assert.False(pattern.Matches("https://elsewhere.net\\.ok.example"));
    }

    [Theory]
    [InlineData("(?=https)x")]
    [InlineData("a(")]
    [InlineData("a)|(?:b")]
    [InlineData(@"(a)\1")]
    public void A_pattern_that_can_not_be_used_is_an_error_at_its_line(string pattern)
    {
        var bound = Bound.Entry($"model: openai/gpt-4o\napi_key: k\nconfigurable_clientside_auth_params:\n  - api_base: '{pattern}'");

        var problem = bound.Problem(BindingCodes.BadPattern);
        Assert.Equal((ProblemSeverity.Error, 7), (problem.Severity, problem.Position.Line));
    }

    [Fact]
    public void Azure_takes_its_three_variables()
    {
        var bound = Bound.Entry(
            "model: azure/gpt-4o", ("AZURE_API_KEY", "k"), ("AZURE_API_BASE", "https://x.openai.azure.com/"), ("AZURE_API_VERSION", "2024-10-21"));

        Assert.Equal(("k", "https://x.openai.azure.com/", "2024-10-21"), (bound.Only.ApiKey?.Reveal(), bound.Only.ApiBase?.ToString(), bound.Only.ApiVersion));
    }

    [Fact]
    public void Azure_without_an_address_says_which_variable_would_do()
    {
        var bound = Bound.Entry("model: azure/gpt-4o\napi_key: k");

        Assert.Contains("AZURE_API_BASE", bound.LeftOut.Reason, StringComparison.Ordinal);
        bound.Problem(BindingCodes.NoAddress);
    }

    [Fact]
    public void An_unquoted_api_version_is_not_a_date() =>
        Assert.Equal("2024-10-21", Bound.Entry(Azure + "\napi_key: k\napi_version: 2024-10-21").Only.ApiVersion);

    [Theory]
    [InlineData("2024-05-13", "version of a model")]
    [InlineData("1.2", "no api-version")]
    [InlineData("2024-10-21x", "no api-version")]
    public void An_api_version_that_azure_answers_with_404_is_told_before(string version, string said)
    {
        var bound = Bound.Entry($"{Azure}\napi_key: k\napi_version: \"{version}\"");

        Assert.Contains(said, bound.Problem(BindingCodes.BadVersion).Message, StringComparison.Ordinal);
        Assert.Equal(version, bound.Only.ApiVersion);
    }

    [Theory]
    [InlineData("2024-10-21")]
    [InlineData("2025-04-01-preview")]
    [InlineData("v1")]
    [InlineData("preview")]
    public void A_right_api_version_is_no_problem(string version) =>
        Bound.Entry($"{Azure}\napi_key: k\napi_version: \"{version}\"").HasNoProblem();

    [Fact]
    public void The_privatelink_name_is_met_with_the_name_that_tls_knows() =>
        Assert.Equal(
            "'https://x.openai.azure.com'",
            Bound.Entry("model: azure/d\napi_key: k\napi_base: https://x.privatelink.openai.azure.com").Problem(BindingCodes.BadAddress).Suggestion);

    [Fact]
    public void Azure_without_key_and_identity_is_left_out_with_every_way_in()
    {
        var reason = Bound.Entry(Azure).LeftOut.Reason;

        Assert.Contains("AZURE_API_KEY", reason, StringComparison.Ordinal);
        Assert.Contains("enable_azure_ad_token_refresh", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_id_in_the_environment_alone_is_no_identity() =>
        Assert.Empty(Bound.Entry(Azure, ("AZURE_CLIENT_ID", "c"), ("AZURE_TENANT_ID", "t")).Config.Deployments);

    [Fact]
    public void A_federated_token_file_means_workload_identity() =>
        Assert.Equal(new EntraConfig(), Bound.Entry(Azure, ("AZURE_FEDERATED_TOKEN_FILE", "/var/run/token")).Only.Entra);

    [Fact]
    public void Token_refresh_means_managed_identity()
    {
        var bound = Bound.From($$"""
            litellm_settings: {enable_azure_ad_token_refresh: "true"}
            model_list:
              - model_name: m
                litellm_params: {model: azure/gpt-4o, api_base: "https://x.openai.azure.com"}
            """);

        bound.HasNoProblem();
        Assert.Equal(new EntraConfig(), bound.Only.Entra);
        Assert.Null(bound.Only.ApiKey);
    }

    [Fact]
    public void An_application_in_the_file_wins_over_a_key_in_the_environment()
    {
        var bound = Bound.Entry(Azure + "\ntenant_id: t\nclient_id: c\nclient_secret: s", ("AZURE_API_KEY", "k"));

        Assert.Null(bound.Only.ApiKey);
        Assert.Equal(("t", "c", "s"), (bound.Only.Entra?.TenantId, bound.Only.Entra?.ClientId, bound.Only.Entra?.ClientSecret?.Reveal()));
    }

    [Fact]
    public void A_token_as_text_is_used_as_it_is() =>
        Assert.Equal("eyJ", Bound.Entry(Azure + "\nazure_ad_token: eyJ").Only.Entra?.StaticToken?.Reveal());

    [Theory]
    [InlineData("client_secret: s\nclient_id: c", "tenant_id")]
    [InlineData("azure_username: u\nazure_password: p", "workload identity")]
    [InlineData("azure_ad_token: oidc/google/aud", "token exchange")]
    public void Half_an_identity_is_explained(string lines, string said) =>
        Assert.Contains(said, Bound.Entry($"{Azure}\n{lines}").LeftOut.Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("oidc/file//run/token", "/run/token", null)]
    [InlineData("oidc/env_path/TOKEN_PATH", "/run/named", null)]
    [InlineData("oidc/azure/api://aud", "/run/federated", null)]
    [InlineData("oidc/env/TOKEN", null, "eyJ.a.b")]
    public void Another_issuer_s_token_is_exchanged(string written, string? file, string? text)
    {
        var bound = Bound.Entry(
            $"{Azure}\ntenant_id: t\nclient_id: c\nazure_ad_token: {written}",
            ("TOKEN_PATH", "/run/named"), ("TOKEN", "eyJ.a.b"), ("AZURE_FEDERATED_TOKEN_FILE", "/run/federated"), ("AZURE_API_KEY", "k"));

        bound.HasNoProblem();
        Assert.Null(bound.Only.ApiKey);
        Assert.Equal(("t", "c", file, text), (bound.Only.Entra?.TenantId, bound.Only.Entra?.ClientId, bound.Only.Entra?.AssertionFile, bound.Only.Entra?.Assertion?.Reveal()));
    }

    [Theory]
    [InlineData("oidc/file/run/token", "oidc/file//run/token")]
    [InlineData("oidc/env/ABSENT", "ABSENT, which is not set")]
    [InlineData("oidc/env_path/", "without a name")]
    [InlineData("oidc/azure/x", "AZURE_FEDERATED_TOKEN_FILE is not set")]
    [InlineData("oidc/google/https://aud", "'google' token exchange")]
    [InlineData("oidc/github/aud", "oidc/file/PATH")]
    [InlineData("oidc/circleci_v2/", "'circleci_v2'")]
    public void An_exchange_that_can_not_be_is_explained(string written, string said) =>
        Assert.Contains(said, Bound.Entry($"{Azure}\ntenant_id: t\nclient_id: c\nazure_ad_token: {written}").LeftOut.Reason, StringComparison.Ordinal);

    [Fact]
    public void An_exchange_needs_tenant_and_client() =>
        Assert.Contains("client_id too", Bound.Entry($"{Azure}\ntenant_id: t\nazure_ad_token: oidc/file//run/token").LeftOut.Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("localhost:8000/v1", "http://localhost:8000/v1")]
    [InlineData("${VLLM_URL}", "os.environ/NAME")]
    [InlineData("ftp://x/y", "http or https")]
    [InlineData("http://", "http or https")]
    public void An_address_that_is_none_is_explained(string address, string said)
    {
        var bound = Bound.Entry($"model: openai/x\napi_key: k\napi_base: \"{address}\"");

        Assert.Contains(said, bound.LeftOut.Reason, StringComparison.Ordinal);
        bound.Problem(BindingCodes.BadAddress);
    }

    [Fact]
    public void A_credential_fills_in_what_the_entry_leaves_out()
    {
        var bound = Bound.From("""
            credential_list:
              - credential_name: prod
                credential_values: {api_key: from-list, api_base: "https://list.openai.azure.com", api_version: "2024-10-21"}
                credential_info: {description: production}
            model_list:
              - model_name: m
                litellm_params: {model: azure/gpt-4o, litellm_credential_name: prod, api_version: "2025-01-01-preview"}
            """);

        bound.HasNoProblem();
        Assert.Equal(("from-list", "list.openai.azure.com", "2025-01-01-preview"), (bound.Only.ApiKey?.Reveal(), bound.Only.ApiBase?.Host, bound.Only.ApiVersion));
    }

    [Fact]
    public void A_credential_that_is_not_there_is_named_with_the_likely_one()
    {
        var bound = Bound.From("""
            credential_list:
              - {credential_name: production, credential_values: {api_key: k}}
            model_list:
              - model_name: m
                litellm_params: {model: openai/gpt-4o, litellm_credential_name: prodution, api_base: "http://own:1/v1"}
            """);

        Assert.Equal("'production'", bound.Problem(BindingCodes.UnknownCredential).Suggestion);
    }
}
