using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Weir.Providers.Tests.Credentials;

/// <summary>Bedrock, the token service, a container's agent and a metadata service behind one socket. Every signature is recomputed from the wire.</summary>
internal sealed class FakeAws(FakeTimeProvider time) : IAsyncDisposable
{
    internal const string Region = "eu-central-1";
    internal const string Role = "arn:aws:iam::123456789012:role/weir-bedrock";
    internal const string OwnKey = "AKIDOWN";
    internal const string OwnSecret = "own/secret+key0123456789";

    private readonly ConcurrentDictionary<string, (string Secret, string? Token)> _keys = new([new(OwnKey, (OwnSecret, null))]);
    private FakeUpstream? _server;
    private int _issued;

    internal Uri Address => _server?.Address ?? throw new InvalidOperationException("not started");

    /// <summary>Every request: method, target, status.</summary>
    internal ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What the token service was sent last.</summary>
    internal IFormCollection? Form { get; private set; }

    internal string WebIdentityToken { get; set; } = "the-web-identity-token";

    internal string AgentAuthorization { get; set; } = "agent-token";

    internal TimeSpan Life { get; set; } = TimeSpan.FromHours(1);

    internal bool Down { get; set; }

    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Access key id of the last request to Bedrock whose signature was right.</summary>
    internal string? SignedBy { get; private set; }

    internal byte[] Body { get; private set; } = [];

    internal async Task StartAsync() => _server = await FakeUpstream.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? default;

    /// <summary>Makes Bedrock refuse a key.</summary>
    internal void Revoke(string accessKeyId) => Assert.True(_keys.TryRemove(accessKeyId, out _));

    private async Task AnswerAsync(HttpContext http)
    {
        using var copy = new MemoryStream();
        await http.Request.Body.CopyToAsync(copy, http.RequestAborted);
        await Gate;
        var (status, text) = Down ? (503, "") : http.Request.Path.Value switch
        {
            "/" when http.Request.Method == "POST" => await TokenServiceAsync(http, copy.ToArray()),
            "/v1/credentials" => http.Request.Headers.Authorization == AgentAuthorization ? (200, Json(Issue())) : (401, "{}"),
            "/latest/api/token" when http.Request.Method == "PUT" && http.Request.Headers.ContainsKey("X-aws-ec2-metadata-token-ttl-seconds") => (200, "session-1"),
            var path when path?.StartsWith("/latest/", StringComparison.Ordinal) == true => Metadata(http, path),
            _ => Bedrock(http, copy.ToArray()),
        };
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path} {status}");
        http.Response.StatusCode = status;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    private (int, string) Bedrock(HttpContext http, byte[] body)
    {
        Body = body;
        if (WireSignature.Judge(http, body, Find, Region, "bedrock", time.GetUtcNow()) is { } wrong)
        {
            return (403, wrong);
        }
        SignedBy = http.Request.Headers.Authorization.ToString().Split('=', '/')[1];
        return (200, "{}");
    }

    private (int, string) Metadata(HttpContext http, string path) =>
        http.Request.Headers["X-aws-ec2-metadata-token"] != "session-1" ? (401, "")
        : path == "/latest/meta-data/iam/security-credentials/" ? (200, "node-role\n")
        : path == "/latest/meta-data/iam/security-credentials/node-role" ? (200, Json(Issue()))
        : (404, "");

    private async Task<(int, string)> TokenServiceAsync(HttpContext http, byte[] body)
    {
        http.Request.Body = new MemoryStream(body);
        Form = await http.Request.ReadFormAsync(http.RequestAborted);
        var refusal = Form["Version"] != "2011-06-15" ? ("InvalidAction", "version")
            : Form["RoleArn"] != Role ? ("AccessDenied", "Not authorized to perform this action")
            : Form["Action"] == "AssumeRoleWithWebIdentity" ? Form["WebIdentityToken"] == WebIdentityToken ? default : ("InvalidIdentityToken", "No OpenIDConnect provider found in your account for the issuer")
            : Form["Action"] != "AssumeRole" ? ("InvalidAction", "action")
            : WireSignature.Judge(http, body, Find, Region, "sts", time.GetUtcNow()) is { } wrong ? ("SignatureDoesNotMatch", wrong)
            : default((string Code, string Text));
        if (refusal.Item1 is not null)
        {
            return (refusal.Item1 == "InvalidAction" ? 400 : 403,
                $"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{refusal.Item1}</Code><Message>{refusal.Item2}</Message></Error></ErrorResponse>");
        }
        var (id, secret, token, end) = Issue();
        var action = Form["Action"].ToString();
        return (200, $"""
            <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
              <AssumedRoleUser><Arn>{Role}/{Form["RoleSessionName"]}</Arn></AssumedRoleUser>
              <Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken><Expiration>{end}</Expiration></Credentials>
            </{action}Result></{action}Response>
            """);
    }

    private (string Secret, string? Token)? Find(string id) => _keys.TryGetValue(id, out var key) ? key : null;

    private (string Id, string Secret, string Token, string End) Issue()
    {
        var number = Interlocked.Increment(ref _issued);
        var key = ($"ASIA{number}", $"issued/secret+{number}", $"session/token+{number}==", (time.GetUtcNow() + Life).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        _keys[key.Item1] = (key.Item2, key.Item3);
        return key;
    }

    private static string Json((string Id, string Secret, string Token, string End) key) =>
        $$"""{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"{{key.Id}}","SecretAccessKey":"{{key.Secret}}","Token":"{{key.Token}}","Expiration":"{{key.End}}"}""";
}
