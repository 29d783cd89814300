using System.Net;
using Microsoft.Extensions.Time.Testing;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Credentials;

/// <summary>The whole way to an Entra token, over TLS, against an authority that checks what it gets.</summary>
public sealed class EntraSignInTests : IAsyncLifetime
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    private readonly TestCertificates _certificates = new();
    private readonly FakeCluster _cluster = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<UpstreamFault> _troubles = [];
    private readonly Dictionary<string, string> _environment = [];
    private OutboundConnector? _connector;
    private FakeEntra? _entra;
    private string _pem = "";

    private FakeEntra Entra => _entra ?? throw new InvalidOperationException("not started");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connector = new(new() { CaFile = _certificates.CaFile });
        _entra = await FakeEntra.StartAsync(_certificates, _cluster, _certificates.Application(out _pem));
        _environment["AZURE_AUTHORITY_HOST"] = _entra.Address.ToString();
        _environment["AZURE_TENANT_ID"] = FakeEntra.Tenant;
        _environment["AZURE_CLIENT_ID"] = FakeEntra.Client;
        _environment["AZURE_FEDERATED_TOKEN_FILE"] = _certificates.PathOf("token");
        Project(_cluster.Token(FakeEntra.Subject));
    }

    public async ValueTask DisposeAsync()
    {
        await Entra.DisposeAsync();
        _connector?.Dispose();
        _cluster.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_pods_token_is_exchanged_for_an_Entra_token()
    {
        Assert.Null(await ApplyAsync(Credential(), out var header));
        Assert.Equal("Bearer entra-token-1", header());
        Assert.Equal(Scope, Entra.Issued["entra-token-1"]);
        Assert.Equal($"POST /{FakeEntra.Tenant}/oauth2/v2.0/token", Assert.Single(Entra.Requests));
    }

    [Fact]
    public async Task A_client_secret_signs_in()
    {
        var identity = Identity(secret: new(FakeEntra.ApplicationSecret));
        Assert.Equal(EntraKind.ClientSecret, identity.Kind);
        Assert.Null(await ApplyAsync(SignIn().Credential(identity, Scope), out var header));
        Assert.Equal("Bearer entra-token-1", header());
        Assert.Single(Entra.Requests);
    }

    [Fact]
    public async Task A_client_certificate_signs_in()
    {
        var identity = Identity(certificate: _pem);
        Assert.Equal(EntraKind.ClientCertificate, identity.Kind);
        Assert.Null(await ApplyAsync(SignIn().Credential(identity, Scope), out var header));
        Assert.Equal("Bearer entra-token-1", header());
        Assert.Single(Entra.Requests);
    }

    [Fact]
    public async Task A_token_that_the_configuration_names_is_exchanged_without_the_pods_own()
    {
        _environment.Remove("AZURE_FEDERATED_TOKEN_FILE");
        Assert.Null(await ApplyAsync(SignIn().Credential(Federated(null, _cluster.Token(FakeEntra.Subject)), Scope), out var header));
        Assert.Equal("Bearer entra-token-1", header());
        var file = _certificates.PathOf("named");
        await File.WriteAllTextAsync(file, _cluster.Token(FakeEntra.Subject), Cancel);
        Assert.Null(await ApplyAsync(SignIn().Credential(Federated(file, null), Scope), out header));
        Assert.Equal("Bearer entra-token-2", header());
    }

    [Fact]
    public async Task A_named_token_that_Entra_does_not_know_is_explained_and_not_repeated()
    {
        var token = _cluster.Token("system:serviceaccount:other:one");
        var fault = await ApplyAsync(SignIn().Credential(Federated(null, token), Scope), out _);
        Assert.Contains("subject `system:serviceaccount:other:one`", fault?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_token_is_applied_without_waiting_and_without_asking_again()
    {
        var credential = Credential();
        Assert.Null(await ApplyAsync(credential, out _));
        for (var i = 0; i < 100; i++)
        {
            using var request = new HttpRequestMessage();
            var applied = credential.ApplyAsync(request, Cancel);
            Assert.True(applied.IsCompletedSuccessfully);
            Assert.Null(await applied);
            Assert.Equal("entra-token-1", request.Headers.Authorization?.Parameter);
        }

        Assert.Single(Entra.Requests);
    }

    [Fact]
    public async Task A_hundred_callers_share_one_sign_in()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Entra.Gate = gate.Task;
        var credential = Credential();
        var all = Enumerable.Range(0, 100).Select(_ => ApplyAsync(credential, out var _)).ToArray();
        gate.SetResult();
        Assert.All(await Task.WhenAll(all), Assert.Null);
        Assert.Single(Entra.Requests);
    }

    [Fact]
    public async Task Deployments_with_one_identity_share_one_credential()
    {
        var signIn = SignIn();
        var first = signIn.Credential(Identity(secret: new(FakeEntra.ApplicationSecret)), Scope);
        var second = signIn.Credential(Identity(secret: new(FakeEntra.ApplicationSecret)), Scope);
        Assert.Same(first, second);
        Assert.NotSame(first, signIn.Credential(Identity(secret: new("another-secret")), Scope));
        Assert.NotSame(first, signIn.Credential(Identity(secret: new(FakeEntra.ApplicationSecret)), "https://ai.azure.com/.default"));
        Assert.Null(await ApplyAsync(first, out _));
        Assert.Single(Entra.Requests);
    }

    [Fact]
    public async Task From_half_its_life_on_a_token_is_renewed_while_the_old_one_serves()
    {
        var credential = Credential();
        Assert.Null(await ApplyAsync(credential, out _));
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.Null(await ApplyAsync(credential, out var early));
        Assert.Equal("Bearer entra-token-1", early());
        Assert.Single(Entra.Requests);

        _time.Advance(TimeSpan.FromMinutes(2));
        Project(_cluster.Token(FakeEntra.Subject));
        Assert.Null(await ApplyAsync(credential, out var during));
        Assert.Equal("Bearer entra-token-1", during());
        Assert.Null(await FlightOf(credential));
        Assert.Null(await ApplyAsync(credential, out var after));
        Assert.Equal("Bearer entra-token-2", after());
        Assert.Equal(2, Entra.Requests.Count);
    }

    [Fact]
    public async Task Entras_own_refresh_time_wins_over_half_the_life()
    {
        Entra.RefreshIn = 600;
        var credential = Credential();
        Assert.Null(await ApplyAsync(credential, out _));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(await ApplyAsync(credential, out _));
        Assert.Null(await FlightOf(credential));
        Assert.Equal(2, Entra.Issued.Count);
    }

    [Fact]
    public async Task A_valid_token_serves_while_Entra_is_down_and_the_log_hears_of_it()
    {
        var credential = Credential();
        Assert.Null(await ApplyAsync(credential, out _));
        Entra.Down = true;
        _time.Advance(TimeSpan.FromMinutes(45));
        Assert.Null(await ApplyAsync(credential, out var first));
        Assert.Equal("Bearer entra-token-1", first());
        Assert.Equal(FaultKind.CredentialUnavailable, (await FlightOf(credential))?.Kind);
        Assert.Single(_troubles);

        // No new attempt for every request: the next one comes after a pause.
        var asked = Entra.Requests.Count;
        Assert.Null(await ApplyAsync(credential, out _));
        Assert.Equal(asked, Entra.Requests.Count);

        _time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(FaultKind.CredentialUnavailable, (await ApplyAsync(credential, out _))?.Kind);

        // The library reckons ends from the real clock, which the fake one has left an hour behind.
        Entra.Down = false;
        Entra.Life = 24 * 3600;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ApplyAsync(credential, out var healed));
        Assert.Equal("Bearer entra-token-2", healed());
    }

    [Fact]
    public async Task After_a_401_a_new_token_is_fetched_and_one_retry_succeeds()
    {
        var revoked = "entra-token-1";
        await using var azure = await FakeUpstream.StartAsync(http =>
        {
            var token = http.Request.Headers.Authorization.ToString().Split(' ').Last();
            http.Response.StatusCode = token != revoked && Entra.Issued.ContainsKey(token) ? 200 : 401;
            return Task.CompletedTask;
        });
        _connector!.NameHosts([azure.Address]); // started in InitializeAsync
        var credential = Credential();

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync());
        Assert.True(credential.Invalidate());
        Assert.Equal(HttpStatusCode.OK, await SendAsync());
        Assert.Equal(2, Entra.Issued.Count);

        // A second refusal right after does not drop the new token: that would be a sign-in per refused request.
        Assert.True(credential.Invalidate());
        Assert.Equal(HttpStatusCode.OK, await SendAsync());
        Assert.Equal(2, Entra.Issued.Count);

        async Task<HttpStatusCode> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, azure.Address);
            Assert.Null(await credential.ApplyAsync(request, Cancel));
            using var response = await _connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_rotated_token_file_is_read_again()
    {
        Project(_cluster.Token(FakeEntra.Subject, life: TimeSpan.FromMinutes(-5)));
        var credential = Credential();
        Assert.Equal("AADSTS700024", (await ApplyAsync(credential, out _))?.Code);
        Project(_cluster.Token(FakeEntra.Subject));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ApplyAsync(credential, out _));
    }

    [Theory]
    [InlineData("system:serviceaccount:weir:other", "api://AzureADTokenExchange", null, "AADSTS700213")]
    [InlineData("system:serviceaccount:weir:gateway", "api://AKSIdentityBinding", null, "AADSTS700212")]
    [InlineData("system:serviceaccount:weir:gateway", "api://AzureADTokenExchange", "https://oidc.example/other/", "AADSTS700211")]
    public async Task A_federation_that_does_not_match_shows_what_was_sent(string subject, string audience, string? issuer, string code)
    {
        Project(_cluster.Token(subject, audience, issuer));
        var fault = await ApplyAsync(Credential(), out _);
        Assert.NotNull(fault);
        Assert.Equal((FaultKind.CredentialUnavailable, code), (fault.Kind, fault.Code));
        Assert.Contains($"subject `{subject}`", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"audience `{audience}`", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"issuer `{issuer ?? _cluster.Issuer}`", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_that_another_cluster_signed_is_refused()
    {
        using var stranger = new FakeCluster();
        Project(stranger.Token(FakeEntra.Subject));
        Assert.Equal("AADSTS5000224", (await ApplyAsync(Credential(), out _))?.Code);
    }

    [Fact]
    public async Task A_wrong_secret_is_explained_and_never_shown()
    {
        var fault = await ApplyAsync(SignIn().Credential(Identity(secret: new("wrong-secret-value")), Scope), out _);
        Assert.NotNull(fault);
        Assert.Equal("AADSTS7000215", fault.Code);
        Assert.Contains("the client secret is wrong", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret-value", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_tenant_is_explained()
    {
        _environment["AZURE_TENANT_ID"] = "33333333-3333-3333-3333-333333333333";
        var fault = await ApplyAsync(Credential(), out _);
        Assert.Equal("AADSTS90002", fault?.Code);
        Assert.Contains("AZURE_TENANT_ID", fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_token_file_points_at_the_pods_label()
    {
        File.Delete(_environment["AZURE_FEDERATED_TOKEN_FILE"]);
        var fault = await ApplyAsync(Credential(), out _);
        Assert.Contains("azure.workload.identity/use", fault?.Message, StringComparison.Ordinal);
        Assert.Empty(Entra.Requests);
    }

    [Fact]
    public async Task A_certificate_file_without_its_key_is_named()
    {
        var fault = await ApplyAsync(SignIn().Credential(Identity(certificate: _certificates.CaFile), Scope), out _);
        Assert.Contains(_certificates.CaFile, fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_whose_certificate_nobody_vouches_for_gets_nothing()
    {
        using var plain = new OutboundConnector(new());
        var credential = new EntraSignIn(plain, _time, Variable, _troubles.Add) { Retries = 0 }.Credential(Identity(), Scope);
        var fault = await ApplyAsync(credential, out _);
        Assert.Contains("TLS", fault?.Message, StringComparison.Ordinal);
        Assert.Empty(Entra.Requests);
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_end_the_sign_in_of_the_others()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Entra.Gate = gate.Task;
        var credential = Credential();
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage();
        var left = credential.ApplyAsync(request, leaving.Token).AsTask();
        var stays = ApplyAsync(credential, out var header);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.SetResult();
        Assert.Null(await stays);
        Assert.Equal("Bearer entra-token-1", header());
        Assert.Single(Entra.Requests);
    }

    private static Task<UpstreamFault?> ApplyAsync(ICredential credential, out Func<string?> header)
    {
        var request = new HttpRequestMessage();
        header = () => request.Headers.Authorization?.ToString();
        return credential.ApplyAsync(request, Cancel).AsTask();
    }

    private static Task<UpstreamFault?> FlightOf(ICredential credential) =>
        ((EntraTokenCredential)credential).Flight ?? throw new InvalidOperationException("no sign-in was started");

    private ICredential Credential() => SignIn().Credential(Identity(), Scope);

    private EntraSignIn SignIn() =>
        new(_connector ?? throw new InvalidOperationException("not started"), _time, Variable, _troubles.Add) { Retries = 0 };

    private EntraIdentity Identity(Secret? secret = null, string? certificate = null)
    {
        var identity = EntraIdentity.From(null, null, secret, certificate, Variable, out var problem);
        return identity ?? throw new InvalidOperationException(problem);
    }

    private EntraIdentity Federated(string? file, string? token) =>
        EntraIdentity.Federated(null, null, file, token is null ? null : new(token), Variable, out var problem) ?? throw new InvalidOperationException(problem);

    private string? Variable(string name) => _environment.GetValueOrDefault(name);

    private void Project(string token) => File.WriteAllText(_environment["AZURE_FEDERATED_TOKEN_FILE"], token);
}
