using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Providers;
using Weir.Providers.Credentials;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Credentials;

/// <summary>The whole way to a signed request, over a socket, against a server that recomputes the signature from the wire.</summary>
public sealed class AwsSignInTests : IAsyncLifetime
{
    private const string Path = "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova-pro-v1%3A0/converse";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 23, 30, 0, TimeSpan.Zero));
    private readonly OutboundConnector _connector = new(new());
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<UpstreamFault> _troubles = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-aws-");
    private readonly FakeAws _aws;
    private readonly AwsSignIn _signIn;

    public AwsSignInTests()
    {
        _aws = new FakeAws(_time);
        _signIn = new AwsSignIn(_connector, _time, Variable, _troubles.Add);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _aws.StartAsync();
        _connector.NameHosts([_aws.Address]);
    }

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        _connector.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_patched_body_is_signed_piece_by_piece()
    {
        var body = new PatchedBody();
        body.Reset("""{"model":"x","messages":[]}"""u8.ToArray());
        body.Replace(10, 11, "Grüße"u8.ToArray());
        body.Replace(25, 25, "1"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, await SendAsync(OwnKeys(), body.ToContent()));
        Assert.Equal("""{"model":"Grüße","messages":[1]}""", Encoding.UTF8.GetString(_aws.Body));
        Assert.Equal(FakeAws.OwnKey, _aws.SignedBy);
    }

    [Fact]
    public async Task Signing_with_known_keys_never_waits()
    {
        var body = new PatchedBody();
        body.Reset("{}"u8.ToArray());
        using var request = Request(body.ToContent());
        var applied = OwnKeys().ApplyAsync(request, Cancel);
        Assert.True(applied.IsCompletedSuccessfully);
        Assert.Null(await applied);
    }

    [Fact]
    public async Task A_request_without_a_body_and_one_with_a_query_are_signed_too()
    {
        Assert.Equal(HttpStatusCode.OK, await SendAsync(OwnKeys(), null));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(OwnKeys(), null, "/foundation-models?byProvider=a%20b&b=%2F&a=2&a=1"));
    }

    [Fact]
    public async Task A_retried_request_is_signed_anew_and_a_new_day_takes_a_new_key()
    {
        var credential = OwnKeys();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        _time.Advance(TimeSpan.FromHours(1));
        using var request = Request(null);
        Assert.Null(await credential.ApplyAsync(request, Cancel));
        Assert.Null(await credential.ApplyAsync(request, Cancel));
        Assert.Single(request.Headers.GetValues("Authorization"));
        Assert.Equal("20260305T003000Z", Assert.Single(request.Headers.GetValues("x-amz-date")));
        using var response = await _connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_wrong_secret_is_what_the_verifier_refuses()
    {
        var credential = _signIn.Credential(new(AwsKind.Keys) { Keys = new(FakeAws.OwnKey, new("wrong")) }, FakeAws.Region, "bedrock");
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(credential, null));
        Assert.False(credential.Invalidate());
    }

    [Fact]
    public async Task A_service_accounts_token_is_exchanged_for_keys()
    {
        var file = Write("token", _aws.WebIdentityToken + "\n");
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = file;
        _environment["AWS_ROLE_ARN"] = FakeAws.Role;
        Assert.Equal(HttpStatusCode.OK, await SendAsync(Chosen(new()), null));
        Assert.Equal("ASIA1", _aws.SignedBy);
        Assert.Equal("weir", _aws.Form?["RoleSessionName"].ToString());
    }

    [Fact]
    public async Task A_rotated_token_file_is_read_again_when_the_keys_are_renewed()
    {
        var file = Write("token", _aws.WebIdentityToken);
        var credential = Chosen(new() { RoleName = FakeAws.Role, WebIdentityToken = "oidc/file/" + file });
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        _time.Advance(TimeSpan.FromMinutes(31));
        _aws.WebIdentityToken = "the-next-token";
        Write("token", "the-next-token");

        // The old keys serve while the new ones are fetched.
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA1", _aws.SignedBy);
        Assert.Null(await FlightOf(credential));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA2", _aws.SignedBy);
        Assert.Empty(_troubles);
    }

    [Fact]
    public async Task A_role_is_assumed_with_signed_words()
    {
        var credential = Chosen(new()
        {
            AccessKeyId = FakeAws.OwnKey,
            SecretAccessKey = new(FakeAws.OwnSecret),
            RoleName = FakeAws.Role,
            SessionName = "tests",
            ExternalId = "a b/ü",
        });
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA1", _aws.SignedBy);
        Assert.Equal(("tests", "a b/ü"), (_aws.Form?["RoleSessionName"].ToString(), _aws.Form?["ExternalId"].ToString()));
    }

    [Fact]
    public async Task A_role_is_assumed_by_keys_that_are_fetched_themselves()
    {
        _environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _aws.Address.ToString();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(Chosen(new() { RoleName = FakeAws.Role }), null));
        Assert.Equal("ASIA2", _aws.SignedBy);
    }

    [Fact]
    public async Task The_containers_agent_gives_keys_for_the_token_in_its_file()
    {
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = new Uri(_aws.Address, "/v1/credentials").ToString();
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = Write("agent", _aws.AgentAuthorization + "\n");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(Chosen(new()), null));
        Assert.Equal("ASIA1", _aws.SignedBy);
    }

    [Fact]
    public async Task The_metadata_service_is_asked_with_a_session()
    {
        _environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _aws.Address.ToString();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(Chosen(new()), null));
        Assert.Equal(
            ["PUT /latest/api/token 200", "GET /latest/meta-data/iam/security-credentials/ 200", "GET /latest/meta-data/iam/security-credentials/node-role 200"],
            _aws.Requests.Take(3));
    }

    [Fact]
    public async Task A_hundred_callers_share_one_exchange_and_one_who_leaves_ends_nobodys()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _aws.Gate = gate.Task;
        var credential = WebIdentity();
        using var leaving = new CancellationTokenSource();
        using var leavers = Request(null);
        var left = credential.ApplyAsync(leavers, leaving.Token).AsTask();
        var all = Enumerable.Range(0, 100).Select(async _ =>
        {
            using var request = Request(null);
            return await credential.ApplyAsync(request, Cancel);
        }).ToArray();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.SetResult();
        Assert.All(await Task.WhenAll(all), Assert.Null);
        Assert.Single(_aws.Requests);
    }

    [Fact]
    public async Task Deployments_in_two_regions_share_the_keys_of_one_identity()
    {
        var identity = Identity(new() { RoleName = FakeAws.Role, WebIdentityToken = Write("token", _aws.WebIdentityToken) });
        using var one = Request(null);
        using var two = Request(null);
        Assert.Null(await _signIn.Credential(identity, FakeAws.Region, "bedrock").ApplyAsync(one, Cancel));
        Assert.Null(await _signIn.Credential(identity with { }, "us-east-1", "bedrock").ApplyAsync(two, Cancel));
        Assert.Single(_aws.Requests);
        Assert.Contains("/us-east-1/bedrock/", two.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Valid_keys_serve_while_the_token_service_is_down_and_the_log_hears_of_it()
    {
        var credential = WebIdentity();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        _aws.Down = true;
        _time.Advance(TimeSpan.FromMinutes(40));
        using var during = Request(null);
        Assert.Null(await credential.ApplyAsync(during, Cancel));
        Assert.Equal(FaultKind.CredentialUnavailable, (await FlightOf(credential))?.Kind);
        Assert.Single(_troubles);

        _time.Advance(TimeSpan.FromMinutes(20));
        using var after = Request(null);
        Assert.Equal(FaultKind.CredentialUnavailable, (await credential.ApplyAsync(after, Cancel))?.Kind);
        _aws.Down = false;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA2", _aws.SignedBy);
    }

    [Fact]
    public async Task After_a_refusal_new_keys_are_fetched_but_not_for_every_refusal()
    {
        var credential = WebIdentity();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        _aws.Revoke("ASIA1");
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(credential, null));
        Assert.True(credential.Invalidate());
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA2", _aws.SignedBy);
        Assert.True(credential.Invalidate());
        Assert.Equal(HttpStatusCode.OK, await SendAsync(credential, null));
        Assert.Equal("ASIA2", _aws.SignedBy);
    }

    [Fact]
    public async Task A_refused_exchange_says_what_to_look_at_and_shows_no_token()
    {
        var token = new FakeCluster().Token("system:serviceaccount:weir:gateway", "sts.amazonaws.com");
        var fault = await FaultAsync(Chosen(new() { RoleName = FakeAws.Role, WebIdentityToken = Write("token", token) }));
        Assert.Equal((FaultKind.CredentialUnavailable, "InvalidIdentityToken"), (fault.Kind, fault.Code));
        Assert.Contains("subject `system:serviceaccount:weir:gateway`", fault.Message, StringComparison.Ordinal);
        Assert.Contains("audience `sts.amazonaws.com`", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_is_named()
    {
        var fault = await FaultAsync(Chosen(new() { AccessKeyId = FakeAws.OwnKey, SecretAccessKey = new(FakeAws.OwnSecret), RoleName = "arn:aws:iam::1:role/other" }));
        Assert.Equal("AccessDenied", fault.Code);
        Assert.Contains("arn:aws:iam::1:role/other must trust the caller", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeAws.OwnSecret, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_token_file_is_named()
    {
        var missing = System.IO.Path.Combine(_folder.FullName, "nothing");
        Assert.Contains(missing, (await FaultAsync(Chosen(new() { RoleName = FakeAws.Role, WebIdentityToken = missing }))).Message, StringComparison.Ordinal);
        Assert.Empty(_aws.Requests);
    }

    [Fact]
    public async Task An_agent_that_refuses_is_a_fault()
    {
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = new Uri(_aws.Address, "/v1/credentials").ToString();
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "another-token-value";
        var fault = await FaultAsync(Chosen(new()));
        Assert.Contains("answered 401", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another-token-value", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Bedrock_API_key_is_sent_as_it_is()
    {
        _environment["AWS_BEARER_TOKEN_BEDROCK"] = "bedrock-api-key-abc";
        using var request = Request(null);
        Assert.Null(await Chosen(new()).ApplyAsync(request, Cancel));
        Assert.Equal("Bearer bedrock-api-key-abc", request.Headers.Authorization?.ToString());
        Assert.False(request.Headers.Contains("x-amz-date"));
    }

    private ICredential OwnKeys() => Chosen(new() { AccessKeyId = FakeAws.OwnKey, SecretAccessKey = new(FakeAws.OwnSecret) });

    private ICredential WebIdentity() => Chosen(new() { RoleName = FakeAws.Role, WebIdentityToken = Write("token", _aws.WebIdentityToken) });

    private ICredential Chosen(AwsSettings settings) => _signIn.Credential(Identity(settings), FakeAws.Region, "bedrock");

    private AwsIdentity Identity(AwsSettings settings)
    {
        var identity = AwsIdentityChoice.Choose(settings with { StsEndpoint = _aws.Address.ToString(), Region = FakeAws.Region }, Variable, out var problem);
        return identity ?? throw new InvalidOperationException(problem);
    }

    private async Task<UpstreamFault> FaultAsync(ICredential credential)
    {
        using var request = Request(null);
        var fault = await credential.ApplyAsync(request, Cancel);
        return fault ?? throw new InvalidOperationException("there were credentials");
    }

    private async Task<HttpStatusCode> SendAsync(ICredential credential, HttpContent? content, string path = Path)
    {
        using var request = Request(content, path);
        Assert.Null(await credential.ApplyAsync(request, Cancel));
        using var response = await _connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private HttpRequestMessage Request(HttpContent? content, string path = Path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_aws.Address, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("x-amzn-bedrock-trace", "ENABLED");
        if (content is not null)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        return request;
    }

    private static Task<UpstreamFault?> FlightOf(ICredential credential) =>
        ((AwsCredential)credential).Flight ?? throw new InvalidOperationException("nothing was fetched");

    private string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string? Variable(string name) => _environment.GetValueOrDefault(name);
}
