using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Providers.Tests.Credentials;

/// <summary>Entra's token endpoint over TLS. It checks what the real one checks and answers in its words.</summary>
internal sealed class FakeEntra : IAsyncDisposable
{
    public const string Tenant = "11111111-1111-1111-1111-111111111111";
    public const string Client = "22222222-2222-2222-2222-222222222222";
    public const string ApplicationSecret = "s3cret~value-of-the-application";
    public const string Subject = "system:serviceaccount:weir:gateway";
    public const string Audience = "api://AzureADTokenExchange";

    private readonly WebApplication _app;
    private readonly RSA _clusterKey = RSA.Create();
    private readonly string _issuer;
    private readonly X509Certificate2? _application;
    private int _issued;

    private FakeEntra(WebApplication app, FakeCluster cluster, X509Certificate2? application)
    {
        _app = app;
        _issuer = cluster.Issuer;
        _application = application;

        // Only the public key set crosses over, as it does between a cluster and Entra.
        using var jwks = JsonDocument.Parse(cluster.Jwks);
        var key = jwks.RootElement.GetProperty("keys")[0];
        _clusterKey.ImportParameters(new()
        {
            Modulus = Base64Url.DecodeFromChars(key.GetProperty("n").GetString()),
            Exponent = Base64Url.DecodeFromChars(key.GetProperty("e").GetString()),
        });
    }

    public Uri Address { get; private set; } = new("https://localhost");

    /// <summary>Answers 503 to everything.</summary>
    public bool Down { get; set; }

    /// <summary>Lets requests wait until it completes.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary><c>refresh_in</c> of the answers, in seconds; 0 leaves it out.</summary>
    public int RefreshIn { get; set; }

    /// <summary><c>expires_in</c> of the answers, in seconds.</summary>
    public int Life { get; set; } = 3600;

    /// <summary>Tokens that were given out, with their scope.</summary>
    public ConcurrentDictionary<string, string> Issued { get; } = new();

    /// <summary>Every request's path.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<FakeEntra> StartAsync(TestCertificates certificates, FakeCluster cluster, X509Certificate2? application = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificates.Server("localhost"))));
        var app = builder.Build();
        var entra = new FakeEntra(app, cluster, application);
        app.Run(entra.AnswerAsync);
        await app.StartAsync();
        entra.Address = new($"https://localhost:{new Uri(app.Urls.First()).Port}/");
        return entra;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _clusterKey.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
        await Gate;
        if (Down)
        {
            http.Response.StatusCode = 503;
            return;
        }

        var segments = http.Request.Path.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (http.Request.Method != "POST" || segments is not [var tenant, "oauth2", "v2.0", "token"])
        {
            http.Response.StatusCode = 404;
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var refusal = tenant != Tenant ? "AADSTS90002: Tenant 'x' not found. Check to make sure you have the correct tenant ID."
            : form["grant_type"] != "client_credentials" ? "AADSTS70003: unsupported grant."
            : form["client_id"] != Client ? "AADSTS700016: Application was not found in the directory."
            : !form["scope"].ToString().EndsWith("/.default", StringComparison.Ordinal) ? "AADSTS70011: The provided value for the input parameter 'scope' is not valid."
            : form.ContainsKey("client_secret") ? form["client_secret"] == ApplicationSecret ? null : "AADSTS7000215: Invalid client secret provided."
            : form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" ? "AADSTS900144: no assertion."
            : Judge(new Jwt(form["client_assertion"].ToString()), http);
        if (refusal is not null)
        {
            var number = new string([.. refusal.Skip("AADSTS".Length).TakeWhile(char.IsAsciiDigit)]);
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($$"""{"error":"invalid_client","error_description":"{{refusal}} Trace ID: 0 Correlation ID: 1","error_codes":[{{number}}]}""", http.RequestAborted);
            return;
        }

        var token = $"entra-token-{Interlocked.Increment(ref _issued)}";
        Issued[token] = form["scope"].ToString();
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync($$"""{"token_type":"Bearer","expires_in":{{Life}},"ext_expires_in":{{Life}},{{(RefreshIn > 0 ? $"\"refresh_in\":{RefreshIn}," : "")}}"access_token":"{{token}}"}""", http.RequestAborted);
    }

    private string? Judge(Jwt assertion, HttpContext http)
    {
        if (assertion.Text("iss") == Client)
        {
            using var key = _application?.GetRSAPublicKey();
            return key is null || !assertion.SignedBy(key) ? "AADSTS700027: Client assertion contains an invalid signature."
                : assertion.Text("aud") != $"https://{http.Request.Host}{http.Request.Path}" ? "AADSTS50027: JWT token is invalid: audience."
                : assertion.Text("sub") != Client ? "AADSTS50027: JWT token is invalid: subject."
                : null;
        }

        return !assertion.SignedBy(_clusterKey) ? "AADSTS5000224: the signature is wrong."
            : assertion.Text("iss") != _issuer ? "AADSTS700211: No matching federated identity record found for presented assertion issuer."
            : assertion.Text("sub") != Subject ? "AADSTS700213: No matching federated identity record found for presented assertion subject."
            : assertion.Text("aud") != Audience ? "AADSTS700212: No matching federated identity record found for presented assertion audience."
            : assertion.Payload.GetProperty("exp").GetInt64() < TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() ? "AADSTS700024: Client assertion is not within its valid time range."
            : null;
    }
}
