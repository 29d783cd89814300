using Weir.Gateway.Config;
using Weir.Gateway.Pipeline;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Gateway.Routing;
using Weir.Gateway.Telemetry.Metrics;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Pipeline.PassThrough;

/// <summary>Where a vendor's paths begin for an account.</summary>
public sealed class AccountRootTests : IDisposable
{
    private readonly OutboundConnector _connector = new(new OutboundOptions());

    public void Dispose() => _connector.Dispose();

    [Theory]
    [InlineData("/v1/projects/p-1/locations/eu-west4/publishers/google/models/x:y", "https://eu-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/eu-west4/publishers/google/models/x:y")]
    [InlineData("/v1/projects/p-1/locations/global/publishers/google/models/x:y", "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/google/models/x:y")]
    [InlineData("/v1beta1/publishers/google/models/x:y", "https://us-east5-aiplatform.googleapis.com/v1beta1/projects/p-1/locations/us-east5/publishers/google/models/x:y")]
    [InlineData("/publishers/google/models/x:y", "https://us-east5-aiplatform.googleapis.com/v1/projects/p-1/locations/us-east5/publishers/google/models/x:y")]
    public void Vertex_is_asked_where_the_path_says_and_else_where_the_account_is(string below, string address) =>
        Assert.Equal(address, Address(new DeploymentConfig
        {
            Id = "1", ModelGroup = "m", Provider = "vertex_ai", UpstreamModel = "*", LiteLlmModel = "vertex_ai/*", Project = "p-1", Location = "us-east5",
        }, below));

    [Theory]
    [InlineData(null, "/model/x/converse", "https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/converse")]
    [InlineData(null, "/knowledgebases/k/retrieve", "https://bedrock-agent-runtime.eu-west-1.amazonaws.com/knowledgebases/k/retrieve")]
    [InlineData("https://vpce.example/b", "/knowledgebases/k/retrieve", "https://vpce.example/b/knowledgebases/k/retrieve")]
    public void Bedrocks_agents_have_a_host_of_their_own_unless_the_file_names_one(string? apiBase, string below, string address) =>
        Assert.Equal(address, Address(new DeploymentConfig
        {
            Id = "1", ModelGroup = "m", Provider = "bedrock", UpstreamModel = "*", LiteLlmModel = "bedrock/*", Location = "eu-west-1", ApiBase = apiBase is null ? null : new Uri(apiBase),
        }, below));

    [Theory]
    [InlineData("azure", "https://r.openai.azure.com", "https://r.openai.azure.com/openai/assistants")]
    [InlineData("azure", "https://r.services.ai.azure.com/openai/v1", "https://r.services.ai.azure.com/openai/assistants")]
    [InlineData("azure", "https://gate.example/resource/openai/deployments/x", "https://gate.example/resource/openai/assistants")]
    [InlineData("azure_ai", "https://r.services.ai.azure.com/models", "https://r.services.ai.azure.com/openai/assistants")]
    public void A_resource_of_Azures_is_its_address_without_an_APIs_path(string provider, string apiBase, string address) =>
        Assert.Equal(address, Address(new DeploymentConfig
        {
            Id = "1", ModelGroup = "m", Provider = provider, UpstreamModel = "x", LiteLlmModel = provider + "/x", ApiBase = new Uri(apiBase),
        }, "/openai/assistants"));

    private string? Address(DeploymentConfig config, string below)
    {
        var provider = ProviderCatalog.Find(config.Provider) ?? throw new InvalidOperationException(config.Provider);
        var account = new UpstreamDeployment(
            config, new RoutingState(TimeProvider.System).Get("1"), provider, new UpstreamHttp(_connector.Invoker(TlsTrust.Default)), NoCredential.Instance, PriceBook.Embedded,
            new GatewayMetrics("0").Deployment(config));
        return AccountRoot.Of(account, below) is { } place ? PassThroughPath.Join(place.Root, place.Below, "").AbsoluteUri : null;
    }
}
