using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weir.Providers.Credentials;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Credentials;

/// <summary>The whole way to a Google token, over TLS, against an authority that checks what it gets.</summary>
public sealed class GoogleSignInTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly FakeCluster _cluster = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<UpstreamFault> _troubles = [];
    private readonly Dictionary<string, string> _environment = [];
    private OutboundConnector? _connector;
    private FakeGoogle? _google;

    private FakeGoogle Google => _google ?? throw new InvalidOperationException("not started");

    private OutboundConnector Connector => _connector ?? throw new InvalidOperationException("not started");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string TokenFile => _certificates.PathOf("token");

    public async ValueTask InitializeAsync()
    {
        _connector = new(new() { CaFile = _certificates.CaFile });
        _google = await FakeGoogle.StartAsync(_certificates, _cluster, _time);
        await File.WriteAllTextAsync(TokenFile, _cluster.Token("system:serviceaccount:weir:gateway", FakeGoogle.Pool));
    }

    public async ValueTask DisposeAsync()
    {
        await Google.DisposeAsync();
        Connector.Dispose();
        _cluster.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_service_accounts_key_signs_for_a_token()
    {
        var identity = Identity(KeyFile());
        Assert.Equal(("project-1", GoogleKind.ServiceAccount), (identity.ProjectId, identity.Kind));
        Assert.Null(await ApplyAsync(SignIn().Credential(identity), out var header));
        Assert.Equal("Bearer google-token-1", header());
        Assert.Equal(GoogleIdentity.CloudPlatform, Google.Issued["google-token-1"]);
        Assert.Equal("POST /token", Assert.Single(Google.Requests));
    }

    [Fact]
    public async Task A_key_whose_line_breaks_were_escaped_once_too_often_still_signs()
    {
        var identity = Identity(KeyFile()) with { PrivateKey = new(Google.PrivateKey.Replace("\n", "\\n", StringComparison.Ordinal)) };
        Assert.Null(await ApplyAsync(SignIn().Credential(identity), out var header));
        Assert.Equal("Bearer google-token-1", header());
    }

    [Fact]
    public async Task A_pods_token_is_exchanged_and_read_again_for_every_sign_in()
    {
        var credential = SignIn().Credential(Identity(Federation($$"""{"file":{{Quoted(TokenFile)}}}""")));
        Assert.Null(await ApplyAsync(credential, out var header));
        Assert.Equal("Bearer google-token-1", header());

        await File.WriteAllTextAsync(TokenFile, _cluster.Token("x", "another audience"), Cancel);
        Assert.True(credential.Invalidate());
        var fault = await ApplyAsync(credential, out _);
        Assert.Equal(FaultKind.CredentialUnavailable, fault?.Kind);
        Assert.Contains("audience `another audience`", fault?.Message, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", fault?.Code);
    }

    [Fact]
    public async Task A_foreign_token_comes_from_an_address_with_headers_and_becomes_a_service_accounts()
    {
        await using var source = await FakeUpstream.StartAsync(http => http.Request.Headers["X-Proof"] == "yes"
            ? http.Response.WriteAsync($$"""{"id_token":"{{_cluster.Token("x", FakeGoogle.Pool)}}"}""", http.RequestAborted)
            : Refuse(http));
        var file = Federation(
            $$$"""{"url":{{{Quoted(source.Address.AbsoluteUri)}}},"headers":{"X-Proof":"yes"},"format":{"type":"json","subject_token_field_name":"id_token"}}""", Google.ImpersonationUrl);
        Assert.Null(await ApplyAsync(SignIn().Credential(Identity(file)), out var header));
        Assert.Equal("Bearer impersonated-google-token-2", header());
        Assert.Equal(["POST /v1/token", $"POST /v1/projects/-/serviceAccounts/{FakeGoogle.Account}:generateAccessToken"], Google.Requests);
    }

    [Fact]
    public async Task A_persons_refresh_token_signs_in()
    {
        var file = $$"""{"type":"authorized_user","client_id":"c","client_secret":"{{FakeGoogle.ClientSecret}}","refresh_token":"{{FakeGoogle.RefreshToken}}","token_uri":{{Quoted(Google.TokenUri)}},"quota_project_id":"paying"}""";
        var identity = Identity(file);
        Assert.Equal("paying", identity.ProjectId);
        Assert.Null(await ApplyAsync(SignIn().Credential(identity), out var header));
        Assert.Equal("Bearer google-token-1", header());

        var revoked = await ApplyAsync(SignIn().Credential(identity with { RefreshToken = new("revoked-refresh-token") }), out _);
        Assert.Contains("gcloud auth application-default login", revoked?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("revoked-refresh-token", revoked?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_machines_metadata_service_gives_a_token_and_nothing_but_sign_in_reaches_it()
    {
        var asked = new List<string>();
        await using var metadata = await FakeUpstream.StartAsync(http =>
        {
            asked.Add($"{http.Request.Path}{http.Request.QueryString} {http.Request.Headers["Metadata-Flavor"]}");
            http.Response.Headers["Metadata-Flavor"] = "Google";
            return http.Response.WriteAsync("""{"access_token":"machine-token","expires_in":3599,"token_type":"Bearer"}""", http.RequestAborted);
        });
        _environment["GCE_METADATA_HOST"] = metadata.Address.Authority;
        _environment["GOOGLE_CLOUD_PROJECT"] = "project-2";
        var identity = Identity(null);
        Assert.Equal((GoogleKind.Metadata, "project-2"), (identity.Kind, identity.ProjectId));
        Assert.Null(await ApplyAsync(SignIn().Credential(identity), out var header));
        Assert.Equal("Bearer machine-token", header());
        Assert.Equal($"/computeMetadata/v1/instance/service-accounts/default/token?scopes={Uri.EscapeDataString(GoogleIdentity.CloudPlatform)} Google", Assert.Single(asked));

        using var request = new HttpRequestMessage(HttpMethod.Get, metadata.Address);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => Connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel));
        Assert.Contains("127.0.0.1", refused.InnerException?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_in_the_place_of_the_metadata_service_is_not_believed()
    {
        await using var captive = await FakeUpstream.StartAsync(http => http.Response.WriteAsync("""{"access_token":"planted","expires_in":3599}""", http.RequestAborted));
        _environment["GCE_METADATA_HOST"] = captive.Address.Authority;
        var fault = await ApplyAsync(SignIn().Credential(Identity(null)), out var header);
        Assert.Contains("Metadata-Flavor", fault?.Message, StringComparison.Ordinal);
        Assert.Null(header());
    }

    [Fact]
    public async Task A_hundred_callers_share_one_sign_in_and_a_fresh_token_is_applied_without_waiting()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Google.Gate = gate.Task;
        var credential = SignIn().Credential(Identity(KeyFile()));
        var all = Enumerable.Range(0, 100).Select(_ => ApplyAsync(credential, out var _)).ToArray();
        gate.SetResult();
        Assert.All(await Task.WhenAll(all), Assert.Null);
        using var request = new HttpRequestMessage();
        Assert.True(credential.ApplyAsync(request, Cancel).IsCompletedSuccessfully);
        Assert.Single(Google.Requests);
    }

    [Fact]
    public async Task From_half_its_life_on_a_token_is_renewed_while_the_old_one_serves_and_a_down_authority_is_borne()
    {
        var credential = SignIn().Credential(Identity(KeyFile()));
        Assert.Null(await ApplyAsync(credential, out _));
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Null(await ApplyAsync(credential, out var during));
        Assert.Equal("Bearer google-token-1", during());
        Assert.Null(await FlightOf(credential));
        Assert.Null(await ApplyAsync(credential, out var after));
        Assert.Equal("Bearer google-token-2", after());

        Google.Down = true;
        _time.Advance(TimeSpan.FromMinutes(45));
        Assert.Null(await ApplyAsync(credential, out var old));
        Assert.Equal("Bearer google-token-2", old());
        Assert.Equal(FaultKind.CredentialUnavailable, (await FlightOf(credential))?.Kind);
        Assert.Single(_troubles);
        _time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(FaultKind.CredentialUnavailable, (await ApplyAsync(credential, out _))?.Kind);
    }

    [Fact]
    public async Task After_a_401_a_new_token_is_fetched()
    {
        var credential = SignIn().Credential(Identity(KeyFile()));
        Assert.Null(await ApplyAsync(credential, out _));
        Assert.True(credential.Invalidate());
        Assert.Null(await ApplyAsync(credential, out var header));
        Assert.Equal("Bearer google-token-2", header());
    }

    [Fact]
    public async Task An_authority_that_is_down_for_a_moment_is_asked_again()
    {
        var calls = 0;
        await using var flaky = await FakeUpstream.StartAsync(http =>
        {
            http.Response.StatusCode = ++calls == 1 ? 503 : 200;
            return http.Response.WriteAsync(calls == 1 ? "" : """{"access_token":"second-try","expires_in":"3600"}""", http.RequestAborted);
        }, _certificates.Server("localhost"));
        var identity = Identity(KeyFile()) with { TokenUri = new($"https://localhost:{flaky.Address.Port}/token") };
        var credential = new GoogleSignIn(Connector, TimeProvider.System, Variable, _troubles.Add).Credential(identity);
        Assert.Null(await ApplyAsync(credential, out var header));
        Assert.Equal("Bearer second-try", header());
    }

    [Fact]
    public async Task A_wrong_key_is_explained_without_showing_it()
    {
        using var other = RSA.Create(2048);
        var pem = other.ExportPkcs8PrivateKeyPem();
        var credential = SignIn().Credential(Identity(KeyFile()) with { PrivateKey = new(pem) });
        var fault = await ApplyAsync(credential, out _);
        Assert.Contains($"service account `{FakeGoogle.Account}`", fault?.Message, StringComparison.Ordinal);
        Assert.Contains("create a new key", fault?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(pem.Split('\n')[1], fault?.Message, StringComparison.Ordinal);

        var broken = await ApplyAsync(SignIn().Credential(Identity(KeyFile()) with { PrivateKey = new("not a key at all") }), out _);
        Assert.Contains("private_key", broken?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key", broken?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clocks_that_differ_are_named()
    {
        _time.Advance(TimeSpan.FromHours(2));
        var behind = new GoogleSignIn(Connector, new FakeTimeProvider(_time.GetUtcNow().AddHours(-3)), Variable, _troubles.Add) { Retries = 0 };
        Assert.Contains("clocks differ", (await ApplyAsync(behind.Credential(Identity(KeyFile())), out _))?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_impersonation_names_the_roles()
    {
        var identity = Identity(Federation($$"""{"file":{{Quoted(TokenFile)}}}""", Google.ImpersonationUrl)) with { Audience = FakeGoogle.Pool };
        Google.Issued.Clear();
        var credential = new GoogleSignIn(Connector, _time, Variable, _troubles.Add) { Retries = 0 }.Credential(identity with { Kind = GoogleKind.AuthorizedUser, TokenUri = new(Google.TokenUri), RefreshToken = new(FakeGoogle.RefreshToken), ClientSecret = new(FakeGoogle.ClientSecret) });
        var fault = await ApplyAsync(credential, out _);
        Assert.Contains("roles/iam.serviceAccountTokenCreator", fault?.Message, StringComparison.Ordinal);
        Assert.Contains(FakeGoogle.Account, fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_with_an_unknown_certificate_gets_nothing()
    {
        using var plain = new OutboundConnector(new());
        var credential = new GoogleSignIn(plain, _time, Variable, _troubles.Add) { Retries = 0 }.Credential(Identity(KeyFile()));
        Assert.Contains("TLS", (await ApplyAsync(credential, out _))?.Message, StringComparison.Ordinal);
        Assert.Empty(Google.Requests);
    }

    [Fact]
    public void Deployments_with_one_identity_share_one_credential()
    {
        var signIn = SignIn();
        var first = signIn.Credential(Identity(KeyFile()));
        Assert.Same(first, signIn.Credential(Identity(KeyFile())));
        Assert.NotSame(first, signIn.Credential(Identity(KeyFile()) with { PrivateKey = new("other") }));
    }

    private static Task Refuse(HttpContext http)
    {
        http.Response.StatusCode = (int)HttpStatusCode.Forbidden;
        return Task.CompletedTask;
    }

    private static Task<UpstreamFault?> ApplyAsync(ICredential credential, out Func<string?> header)
    {
        var request = new HttpRequestMessage();
        header = () => request.Headers.Authorization?.ToString();
        return credential.ApplyAsync(request, Cancel).AsTask();
    }

    private static Task<UpstreamFault?> FlightOf(ICredential credential) =>
        ((GoogleTokenCredential)credential).Flight ?? throw new InvalidOperationException("no sign-in was started");

    private GoogleSignIn SignIn() => new(Connector, _time, Variable, _troubles.Add) { Retries = 0 };

    private GoogleIdentity Identity(string? configured) =>
        GoogleIdentity.From(configured, Variable, out var problem) ?? throw new InvalidOperationException(problem);

    private string? Variable(string name) => _environment.GetValueOrDefault(name);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private string KeyFile() =>
        $$"""{"type":"service_account","project_id":"project-1","private_key_id":"{{FakeGoogle.KeyId}}","private_key":{{Quoted(Google.PrivateKey)}},"client_email":"{{FakeGoogle.Account}}","token_uri":{{Quoted(Google.TokenUri)}}}""";

    private string Federation(string source, string? impersonation = null) =>
        $$"""{"type":"external_account","audience":"{{FakeGoogle.Pool}}","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":{{Quoted(new Uri(Google.Address, "v1/token").AbsoluteUri)}},"credential_source":{{source}}{{(impersonation is null ? "" : $",\"service_account_impersonation_url\":{Quoted(impersonation)}")}}}""";
}
