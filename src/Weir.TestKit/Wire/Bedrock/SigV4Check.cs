using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Bedrock;

/// <summary>Computes the AWS signature of a request from what arrived, as AWS does, and compares.</summary>
internal static class SigV4Check
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    /// <summary>What AWS says to a signature that is wrong, or null.</summary>
    public static Fault? Refusal(HttpRequest http, ReadOnlySpan<byte> body, ScriptedModelOptions options)
    {
        var authorization = http.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return Denied("MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        var parts = authorization[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var signed)
            || !parts.TryGetValue("Signature", out var signature) || credential.Split('/') is not [var key, var date, var region, var service, "aws4_request"])
        {
            return Denied("IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.");
        }

        if (key != options.AwsAccessKey || (options.AwsSessionToken is { } token && http.Headers["x-amz-security-token"] != token))
        {
            return Denied("UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        var stamp = http.Headers["x-amz-date"].ToString();
        if (!DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || (options.Clock.GetUtcNow() - time).Duration() > LargestSkew)
        {
            return Denied("InvalidSignatureException", "Signature expired: " + stamp);
        }

        var names = signed.Split(';');
        if (!names.Contains("host") || (options.AwsSessionToken is not null && !names.Contains("x-amz-security-token")) || service != "bedrock" || !stamp.StartsWith(date, StringComparison.Ordinal))
        {
            return Denied("InvalidSignatureException", $"Credential should be scoped to correct service: 'bedrock', and 'host' must be signed; it was {service} with {signed}.");
        }

        var target = http.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var headers = names.Select(n => new KeyValuePair<string, string>(n, http.Headers[n].ToString()));
        var expected = Signature(options.AwsSecretKey ?? "", http.Method, target, headers, body, stamp, $"{date}/{region}/{service}/aws4_request");
        return signature == expected ? null : Denied(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
    }

    /// <summary>The signature, in hex. Source: "Create a signed AWS API request" in the IAM User Guide.</summary>
    /// <param name="secret">The secret access key.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="target">Path and query as they stand in the request line.</param>
    /// <param name="headers">The signed headers, names in lower case and in order.</param>
    /// <param name="body">The body.</param>
    /// <param name="stamp">Time as in <c>x-amz-date</c>.</param>
    /// <param name="scope">Date, region, service, <c>aws4_request</c>.</param>
    public static string Signature(
        string secret, string method, string target, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, string stamp, string scope)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var query = question < 0 ? [] : target[(question + 1)..].Split('&').Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal).ToArray();
        var list = headers.ToList();
        var canonical = string.Join('\n', [
            method,
            Encoded(path),
            string.Join('&', query),
            .. list.Select(h => $"{h.Key}:{string.Join(' ', h.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))}"),
            "",
            string.Join(';', list.Select(h => h.Key)),
            Convert.ToHexStringLower(SHA256.HashData(body)),
        ]);
        var toSign = $"{Algorithm}\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    /// <summary>The path, escaped once more than it stands in the request line.</summary>
    private static string Encoded(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static Fault Denied(string type, string message) => Fault.Http(403) with { Type = type, Message = message };
}
