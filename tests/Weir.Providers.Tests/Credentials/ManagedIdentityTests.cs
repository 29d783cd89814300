using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Credentials;

/// <summary>A metadata service for the whole process: the library reads its address from the environment once and keeps it.</summary>
public sealed class FakeMetadataEndpoint : IAsyncLifetime
{
    private const string Variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

    private FakeUpstream? _server;
    private int _issued;

    internal ConcurrentQueue<string> Asked { get; } = new();

    internal Uri Address => _server?.Address ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _server = await FakeUpstream.StartAsync(async http =>
        {
            Asked.Enqueue(Uri.UnescapeDataString($"{http.Request.Path}{http.Request.QueryString} Metadata:{http.Request.Headers["Metadata"]}"));
            if (http.Request.Query["client_id"] == "no-such-identity")
            {
                http.Response.StatusCode = 400;
                await http.Response.WriteAsync("""{"error":"invalid_request","error_description":"Identity not found"}""", http.RequestAborted);
                return;
            }

            http.Response.ContentType = "application/json";
            var end = TimeProvider.System.GetUtcNow().AddHours(24).ToUnixTimeSeconds();
            await http.Response.WriteAsync(
                $$"""{"access_token":"{{http.Request.Query["client_id"]}}-{{Interlocked.Increment(ref _issued)}}","expires_in":"86399","expires_on":"{{end}}","resource":"x","token_type":"Bearer"}""", http.RequestAborted);
        });
        Environment.SetEnvironmentVariable(Variable, _server.Address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>Tokens from the machine's metadata service.</summary>
[CollectionDefinition(nameof(ManagedIdentityTests), DisableParallelization = true)]
[Collection(nameof(ManagedIdentityTests))]
public sealed class ManagedIdentityTests(FakeMetadataEndpoint imds) : IClassFixture<FakeMetadataEndpoint>
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task The_metadata_service_gives_a_token_for_the_user_assigned_identity_and_a_fresh_one_after_a_401()
    {
        using var connector = new OutboundConnector(new());
        var credential = SignIn(connector).Credential(new(EntraKind.ManagedIdentity, null, "my-identity"), "https://ai.azure.com/.default");
        var first = await TokenAsync(credential);
        Assert.StartsWith("my-identity-", first, StringComparison.Ordinal);
        var asked = Assert.Single(imds.Asked, a => a.Contains("client_id=my-identity", StringComparison.Ordinal));
        Assert.Contains("/metadata/identity/oauth2/token", asked, StringComparison.Ordinal);
        Assert.Contains("resource=https://ai.azure.com", asked, StringComparison.Ordinal);
        Assert.EndsWith("Metadata:true", asked, StringComparison.Ordinal);

        Assert.Equal(first, await TokenAsync(credential));
        Assert.True(credential.Invalidate());
        Assert.NotEqual(first, await TokenAsync(credential));
        Assert.DoesNotContain(imds.Asked, a => a.Contains("claims", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_identity_says_what_else_could_be_configured()
    {
        using var connector = new OutboundConnector(new());
        var troubles = new List<UpstreamFault>();
        var credential = SignIn(connector, troubles.Add).Credential(new(EntraKind.ManagedIdentity, null, "no-such-identity"), "https://ai.azure.com/.default");
        using var request = new HttpRequestMessage();
        var fault = await credential.ApplyAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(FaultKind.CredentialUnavailable, fault?.Kind);
        Assert.Contains("no-such-identity", fault?.Message, StringComparison.Ordinal);
        Assert.Contains("azure.workload.identity/use", fault?.Message, StringComparison.Ordinal);
        Assert.Single(troubles);
    }

    [Fact]
    public async Task Only_sign_in_traffic_reaches_the_metadata_service()
    {
        using var connector = new OutboundConnector(new());
        var credential = SignIn(connector).Credential(new(EntraKind.ManagedIdentity, null, "another"), "https://ai.azure.com/.default");
        Assert.StartsWith("another-", await TokenAsync(credential), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, imds.Address);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => connector.Invoker(TlsTrust.Default).SendAsync(request, TestContext.Current.CancellationToken));
        Assert.IsType<AddressRefusedException>(refused.InnerException);
    }

    private EntraSignIn SignIn(OutboundConnector connector, Action<UpstreamFault>? trouble = null) =>
        new(connector, _time, Environment.GetEnvironmentVariable, trouble ?? (fault => Assert.Fail(fault.Message))) { Retries = 0 };

    private static async Task<string?> TokenAsync(ICredential credential)
    {
        using var request = new HttpRequestMessage();
        Assert.Null(await credential.ApplyAsync(request, TestContext.Current.CancellationToken));
        return request.Headers.Authorization?.Parameter;
    }
}
