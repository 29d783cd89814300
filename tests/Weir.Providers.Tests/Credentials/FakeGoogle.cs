using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Providers.Tests.Credentials;

/// <summary>Google's token endpoint, security token service and impersonation over TLS. It checks what the real ones check and answers in their words.</summary>
internal sealed class FakeGoogle : IAsyncDisposable
{
    public const string Account = "weir@project-1.iam.gserviceaccount.com";
    public const string KeyId = "key-1";
    public const string Pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k8s";
    public const string RefreshToken = "1//refresh-token-of-a-person";
    public const string ClientSecret = "client-secret-of-gcloud";

    private readonly WebApplication _app;
    private readonly RSA _accountKey = RSA.Create(2048);
    private readonly RSA _clusterKey = RSA.Create();
    private readonly string _issuer;
    private readonly TimeProvider _time;
    private int _issued;

    private FakeGoogle(WebApplication app, FakeCluster cluster, TimeProvider time)
    {
        _app = app;
        _issuer = cluster.Issuer;
        _time = time;
        using var jwks = JsonDocument.Parse(cluster.Jwks);
        var key = jwks.RootElement.GetProperty("keys")[0];
        _clusterKey.ImportParameters(new()
        {
            Modulus = Base64Url.DecodeFromChars(key.GetProperty("n").GetString()),
            Exponent = Base64Url.DecodeFromChars(key.GetProperty("e").GetString()),
        });
    }

    public Uri Address { get; private set; } = new("https://localhost");

    public bool Down { get; set; }

    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Tokens that were given out, with their scope.</summary>
    public ConcurrentDictionary<string, string> Issued { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The service account's private key, as its file holds it.</summary>
    public string PrivateKey => _accountKey.ExportPkcs8PrivateKeyPem();

    public string TokenUri => new Uri(Address, "token").AbsoluteUri;

    public string ImpersonationUrl => new Uri(Address, $"v1/projects/-/serviceAccounts/{Account}:generateAccessToken").AbsoluteUri;

    public static async Task<FakeGoogle> StartAsync(TestCertificates certificates, FakeCluster cluster, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificates.Server("localhost"))));
        var app = builder.Build();
        var google = new FakeGoogle(app, cluster, time);
        app.Run(google.AnswerAsync);
        await app.StartAsync();
        google.Address = new($"https://localhost:{new Uri(app.Urls.First()).Port}/");
        return google;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _accountKey.Dispose();
        _clusterKey.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}");
        await Gate;
        if (Down)
        {
            http.Response.StatusCode = 503;
            return;
        }

        if (http.Request.Path.Value?.EndsWith(":generateAccessToken", StringComparison.Ordinal) is true)
        {
            await ImpersonateAsync(http);
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (refusal, scope) = form["grant_type"].ToString() switch
        {
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => Judge(new Jwt(form["assertion"].ToString())),
            "refresh_token" => (form["refresh_token"] == RefreshToken && form["client_secret"] == ClientSecret ? null : "invalid_grant|Bad Request", ""),
            "urn:ietf:params:oauth:grant-type:token-exchange" => (JudgeForeign(form), form["scope"].ToString()),
            _ => ("unsupported_grant_type|Invalid grant_type", ""),
        };
        if (refusal is not null)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync($$"""{"error":"{{refusal.Split('|')[0]}}","error_description":"{{refusal.Split('|')[1]}}"}""", http.RequestAborted);
            return;
        }

        await http.Response.WriteAsync($$"""{"access_token":"{{Issue(scope)}}","expires_in":3600,"token_type":"Bearer"}""", http.RequestAborted);
    }

    private async Task ImpersonateAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var bearer = http.Request.Headers.Authorization.ToString().Split(' ').Last();
        if (!Issued.TryGetValue(bearer, out var scope) || scope != "https://www.googleapis.com/auth/cloud-platform")
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync("""{"error":{"code":403,"message":"Permission 'iam.serviceAccounts.getAccessToken' denied","status":"PERMISSION_DENIED"}}""", http.RequestAborted);
            return;
        }

        var life = int.Parse(body.RootElement.GetProperty("lifetime").GetString()!.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture); // always sent
        var token = "impersonated-" + Issue(body.RootElement.GetProperty("scope")[0].GetString() ?? "");
        await http.Response.WriteAsync($$"""{"accessToken":"{{token}}","expireTime":"{{_time.GetUtcNow().AddSeconds(life):yyyy-MM-ddTHH:mm:ssZ}}"}""", http.RequestAborted);
    }

    private string Issue(string scope)
    {
        var token = $"google-token-{Interlocked.Increment(ref _issued)}";
        Issued[token] = scope;
        return token;
    }

    private (string? Refusal, string Scope) Judge(Jwt assertion)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var (iat, exp) = (assertion.Payload.GetProperty("iat").GetInt64(), assertion.Payload.GetProperty("exp").GetInt64());
        var refusal = assertion.Text("iss") != Account ? "invalid_grant|Invalid grant: account not found"
            : assertion.Header.GetProperty("kid").GetString() != KeyId || assertion.Header.GetProperty("alg").GetString() != "RS256" || !assertion.SignedBy(_accountKey) ? "invalid_grant|Invalid JWT Signature."
            : assertion.Text("aud") != TokenUri ? "invalid_grant|Invalid JWT: Failed audience check."
            : exp - iat > 3600 || iat > now + 300 || exp < now ? "invalid_grant|Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
            : null;
        return (refusal, assertion.Text("scope"));
    }

    private string? JudgeForeign(IFormCollection form)
    {
        if (form["audience"] != Pool || form["requested_token_type"] != "urn:ietf:params:oauth:token-type:access_token" || form["subject_token_type"] != "urn:ietf:params:oauth:token-type:jwt")
        {
            return "invalid_target|The target service indicated by the \\\"audience\\\" parameters is invalid.";
        }

        var token = new Jwt(form["subject_token"].ToString());
        return !token.SignedBy(_clusterKey) || token.Text("iss") != _issuer ? "invalid_grant|The issuer in ID Token does not match."
            : token.Text("aud") != Pool ? "invalid_grant|The audience in ID Token does not match the expected audience."
            : null;
    }
}
