using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Providers.Credentials;

/// <summary>A request, as its signature sees it.</summary>
/// <param name="Method">In upper case.</param>
/// <param name="Path">As it stands on the wire, percent-encoded.</param>
/// <param name="Query">As it stands on the wire, with or without its question mark.</param>
/// <param name="Headers">The headers that are signed: at least the host. Any case, any order; equal names are joined in their order.</param>
/// <param name="PayloadHash">SHA-256 of the body, in lower-case hexadecimal.</param>
internal readonly record struct AwsRequest(string Method, string Path, string Query, List<KeyValuePair<string, string>> Headers, string PayloadHash);

/// <summary>
/// AWS Signature Version 4, for every service but S3 (which encodes the path once). Source: AWS IAM user guide, "Create a signed AWS API
/// request". A signature is HMAC-SHA256 over a canonical form of the request, under a key that is derived from date, region and service.
/// </summary>
internal static class AwsSigV4
{
    internal const string Algorithm = "AWS4-HMAC-SHA256";

    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    /// <summary>SHA-256 of nothing.</summary>
    internal const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>Time as <c>x-amz-date</c> carries it.</summary>
    internal static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    internal static string Authorization(in AwsRequest request, string accessKeyId, AwsSigningKey key, string stamp)
    {
        var canonical = CanonicalRequest(request, out var signed);
        return $"{Algorithm} Credential={accessKeyId}/{key.Scope}, SignedHeaders={signed}, Signature={key.Sign(StringToSign(canonical, key.Scope, stamp))}";
    }

    /// <summary>What is hashed: the request with everything in its one order and spelling.</summary>
    internal static string CanonicalRequest(in AwsRequest request, out string signedHeaders)
    {
        var headers = Sorted(request.Headers);
        var text = new StringBuilder(512).Append(request.Method).Append('\n');
        AppendPath(text, request.Path);
        text.Append('\n');
        AppendQuery(text, request.Query);
        text.Append('\n');
        var names = new StringBuilder(64);
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            var again = i > 0 && headers[i - 1].Key == name;
            if (!again)
            {
                text.Append(i == 0 ? "" : "\n").Append(name).Append(':');
                names.Append(i == 0 ? "" : ";").Append(name);
            }
            AppendValue(again ? text.Append(',') : text, value);
        }
        signedHeaders = names.ToString();
        return text.Append("\n\n").Append(signedHeaders).Append('\n').Append(request.PayloadHash).ToString();
    }

    internal static string StringToSign(string canonicalRequest, string scope, string stamp) =>
        $"{Algorithm}\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";

    /// <summary>Percent-encodes all but letters, digits and <c>-_.~</c>: a model's name as one segment of a path.</summary>
    internal static string EncodeSegment(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        AppendEncoded(encoded, text);
        return encoded.ToString();
    }

    private static List<KeyValuePair<string, string>> Sorted(List<KeyValuePair<string, string>> headers)
    {
        var sorted = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, value) in headers)
        {
            var lower = name.ToLowerInvariant();
            var at = sorted.Count;

            // An insertion sort keeps equal names in their order, and a request has a handful of headers.
            while (at > 0 && string.CompareOrdinal(sorted[at - 1].Key, lower) > 0)
            {
                at--;
            }
            sorted.Insert(at, new(lower, value));
        }
        return sorted;
    }

    /// <summary>Empty and dot segments are resolved; what is left is encoded once more than on the wire.</summary>
    private static void AppendPath(StringBuilder text, string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                segments.Add(segment);
            }
        }
        foreach (var segment in segments)
        {
            AppendEncoded(text.Append('/'), segment);
        }
        if (segments.Count == 0 || path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal))
        {
            text.Append('/');
        }
    }

    /// <summary>Sorted by name, then value, after encoding. Decoded first, because it is already encoded on the wire; a plus is no space.</summary>
    private static void AppendQuery(StringBuilder text, string query)
    {
        query = query.TrimStart('?');
        if (query.Length == 0)
        {
            return;
        }
        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            pairs.Add((EncodeSegment(Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals])), equals < 0 ? "" : EncodeSegment(Uri.UnescapeDataString(pair[(equals + 1)..]))));
        }
        pairs.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < pairs.Count; i++)
        {
            text.Append(i == 0 ? "" : "&").Append(pairs[i].Name).Append('=').Append(pairs[i].Value);
        }
    }

    /// <summary>Without white space at its ends, and with single spaces inside.</summary>
    private static void AppendValue(StringBuilder text, string value)
    {
        var spaces = false;
        foreach (var c in value.AsSpan().Trim())
        {
            if (c is ' ' && spaces)
            {
                continue;
            }
            spaces = c == ' ';
            text.Append(c);
        }
    }

    private static void AppendEncoded(StringBuilder text, string value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.IsAscii && Unreserved.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                text.Append((char)rune.Value);
                continue;
            }
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
            {
                text.Append('%').Append(utf8[i].ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }
}
