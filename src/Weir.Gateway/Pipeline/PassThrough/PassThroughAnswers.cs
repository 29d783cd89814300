using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>What of an answer's head travels back, and what is taken out of an error.</summary>
internal static class PassThroughAnswers
{
    private const int ShortestSecret = 8;

    private static readonly FrozenSet<string> StaysHere = FrozenSet.ToFrozenSet(
        [
            "connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "te", "proxy-authenticate", "proxy-connection", "set-cookie", "set-cookie2", "www-authenticate", "date", "server",
            "alt-svc", "strict-transport-security", "public-key-pins", "clear-site-data", "content-length", "location", "x-content-type-options", "nel", "report-to",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes status and headers as they came, but for those of the connection and those that speak for another host.</summary>
    internal static void WriteHead(HttpResponse response, PassThroughCall passed, HttpResponseMessage answer)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (StaysHere.Contains(name) || name.StartsWith("x-litellm-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            var value = values.ToString();
            if (Ascii.IsValid(value) && !value.AsSpan().ContainsAnyInRange('\0', '\u001F') && !value.Contains('\u007F', StringComparison.Ordinal))
            {
                response.Headers[name] = value;
            }
        }
        if (answer.Headers.Location is { } location)
        {
            response.Headers.Location = LocalLocation(passed, answer, location) ?? location.OriginalString;
        }
        // A browser must not take a vendor's answer for a page of the gateway.
        response.Headers.XContentTypeOptions = "nosniff";
    }

    /// <summary>
    /// Where a place at the upstream is found here; null when it lies elsewhere. A client that followed a redirect to another host would take its
    /// key for Weir there.
    /// </summary>
    internal static string? LocalLocation(PassThroughCall passed, HttpResponseMessage answer, Uri location)
    {
        if (passed.Root is not { } root || !Uri.TryCreate(new Uri((answer.RequestMessage?.RequestUri ?? root).OriginalString), location, out var place) || place.Scheme != root.Scheme || place.Authority != root.Authority)
        {
            return null;
        }
        var stem = root.AbsolutePath.TrimEnd('/');
        return place.AbsolutePath.StartsWith(stem + "/", StringComparison.Ordinal) ? passed.Route.Path + place.AbsolutePath[stem.Length..] + place.Query : null;
    }

    /// <summary>The body, with any secret of ours in it masked.</summary>
    internal static ReadOnlyMemory<byte> WithoutSecrets(ReadOnlyMemory<byte> body, IReadOnlyCollection<Secret> secrets)
    {
        string? text = null;
        foreach (var secret in secrets)
        {
            // A header's value is a secret behind its scheme.
            var value = secret.Reveal().Split(' ')[^1].Trim();
            if (value.Length >= ShortestSecret && body.Span.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0)
            {
                text = (text ?? Encoding.UTF8.GetString(body.Span)).Replace(value, "***", StringComparison.Ordinal);
            }
        }
        return text is null ? body : Encoding.UTF8.GetBytes(text);
    }
}
