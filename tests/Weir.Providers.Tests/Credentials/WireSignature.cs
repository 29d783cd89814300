using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Providers.Tests.Credentials;

/// <summary>
/// The server's side of AWS Signature Version 4, written from the documentation and sharing no code with the product: recomputes a request's
/// signature from what came over the wire.
/// </summary>
internal static class WireSignature
{
    /// <summary>Null when the signature is right, else what is wrong.</summary>
    internal static string? Judge(HttpContext http, byte[] body, Func<string, (string Secret, string? Token)?> find, string region, string service, DateTimeOffset now)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
        {
            return "MissingAuthenticationToken";
        }
        var parts = header["AWS4-HMAC-SHA256 ".Length..].Split(", ").ToDictionary(p => p[..p.IndexOf('=', StringComparison.Ordinal)], p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var scope = parts["Credential"].Split('/');
        var stamp = http.Request.Headers["x-amz-date"].ToString();
        if (scope.Length != 5 || scope[1] != stamp[..8] || scope[2] != region || scope[3] != service || scope[4] != "aws4_request")
        {
            return "the scope is wrong: " + parts["Credential"];
        }
        var sent = DateTime.ParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        if (Math.Abs((now.UtcDateTime - sent).TotalMinutes) > 5)
        {
            return "Signature expired";
        }
        if (find(scope[0]) is not { } key)
        {
            return "UnrecognizedClientException";
        }
        if ((key.Token ?? "") != http.Request.Headers["x-amz-security-token"].ToString())
        {
            return "the session token is wrong";
        }
        var names = parts["SignedHeaders"].Split(';');
        foreach (var must in http.Request.Headers.Keys.Select(n => n.ToLowerInvariant()).Where(n => n is "host" or "content-type" || n.StartsWith("x-amz-", StringComparison.Ordinal)))
        {
            if (!names.Contains(must))
            {
                return must + " is not signed";
            }
        }
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var query = question < 0 ? [] : target[(question + 1)..].Split('&').Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal).ToArray();
        var text = new StringBuilder();
        text.Append(http.Request.Method).Append('\n');
        text.AppendJoin('/', path.Split('/').Select(Uri.EscapeDataString)).Append('\n');
        text.AppendJoin('&', query).Append('\n');
        foreach (var name in names)
        {
            text.Append(name).Append(':').AppendJoin(',', http.Request.Headers[name].Select(v => (v ?? "").Trim())).Append('\n');
        }
        text.Append('\n').Append(parts["SignedHeaders"]).Append('\n').Append(Hex(SHA256.HashData(body)));
        var toSign = string.Join('\n', "AWS4-HMAC-SHA256", stamp, string.Join('/', scope[1..]), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))));
        var derived = Encoding.UTF8.GetBytes("AWS4" + key.Secret);
        foreach (var word in scope[1..])
        {
            derived = HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(word));
        }
        return Hex(HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(toSign))) == parts["Signature"] ? null : "SignatureDoesNotMatch for\n" + text;
    }

    private static string Hex(byte[] bytes) => string.Concat(bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
