using Weir.Gateway.Config;
using Weir.Gateway.Config.Reload;
using Weir.Providers;

namespace Weir.Gateway.Tests.Config.Reload;

public sealed class PolicyComparisonTests
{
    private static readonly GatewayConfig s_strict = new()
    {
        Access = new AccessConfig { MasterKey = new Secret("sk-good"), RequireAuthForMetrics = true, MaxRequestBytes = 100 },
        Deployments = [Deployment()],
    };

    public static TheoryData<string, Func<GatewayConfig, GatewayConfig>> Weaker => new()
    {
        { "The master key is gone.", static config => config with { Access = config.Access with { MasterKey = null } } },
        { "The master key is now the well-known sk-1234.", static config => config with { Access = config.Access with { MasterKey = new Secret("sk-1234") } } },
        { "A weak or missing master key is now permitted.", static config => config with { Access = config.Access with { PermitWeakMasterKey = true } } },
        { "Certificates of upstreams are no longer verified.", static config => config with { Request = config.Request with { VerifyTls = false } } },
        { "The certificate of an upstream of 'm' is not verified.", static config => config with { Deployments = [Deployment() with { VerifyTls = false }] } },
        { "Clients of 'm' may now set api_base themselves.", static config => config with { Deployments = [Deployment() with { ClientsideAuthParams = ["api_base"] }] } },
        { "/metrics no longer asks for a key.", static config => config with { Access = config.Access with { RequireAuthForMetrics = false } } },
        { "The largest request body rises from 100 to 200 bytes.", static config => config with { Access = config.Access with { MaxRequestBytes = 200 } } },
        { "Anyone may now call /a without a key.", static config => config with { PassThrough = new PassThroughConfig { Endpoints = [new PassThroughEndpoint { Path = "/a", Target = new Uri("https://x.example"), Auth = false }] } } },
        { "Requests may now carry mock_testing_* members.", static config => config with { Request = config.Request with { AllowMockTesting = true } } },
    };

    [Theory]
    [MemberData(nameof(Weaker))]
    public void Each_lowered_protection_is_one_sentence_and_raising_it_again_is_none(string sentence, Func<GatewayConfig, GatewayConfig> lower)
    {
        Assert.Equal([sentence], PolicyComparison.Weakens(s_strict, lower(s_strict)));
        Assert.Empty(PolicyComparison.Weakens(lower(s_strict), s_strict));
        Assert.Empty(PolicyComparison.Weakens(lower(s_strict), lower(s_strict)));
    }

    [Fact]
    public void Another_key_another_model_and_another_retry_count_weaken_nothing() =>
        Assert.Empty(PolicyComparison.Weakens(s_strict, s_strict with
        {
            Access = s_strict.Access with { MasterKey = new Secret("sk-other") },
            Deployments = [Deployment(), Deployment() with { ModelGroup = "new" }],
            Router = new RouterConfig { Retries = 9 },
        }));

    private static DeploymentConfig Deployment() =>
        new() { Id = "1", ModelGroup = "m", Provider = "openai", UpstreamModel = "x", LiteLlmModel = "openai/x" };
}
