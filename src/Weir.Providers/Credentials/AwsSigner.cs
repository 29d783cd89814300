using System.Security.Cryptography;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>
/// Signs outgoing requests to one service in one region. Only what an intermediary never changes is signed: host, content type and
/// AWS's own headers.
/// </summary>
internal sealed class AwsSigner(string region, string service)
{
    private Derived? _derived;

    /// <summary>Puts date, session token and signature on <paramref name="request"/>.</summary>
    public async ValueTask SignAsync(HttpRequestMessage request, AwsKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var address = request.RequestUri ?? throw new InvalidOperationException("A request without an address can't be signed.");
        var stamp = AwsSigV4.Stamp(now);
        Set(request, "x-amz-date", stamp);
        if (keys.SessionToken is { } token)
        {
            Set(request, "x-amz-security-token", token.Reveal());
        }

        var signed = new List<KeyValuePair<string, string>>(6) { new("host", request.Headers.Host ?? HostOf(address)) };
        if (request.Content?.Headers.ContentType is { } type)
        {
            signed.Add(new("content-type", type.ToString()));
        }
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var value in values)
                {
                    signed.Add(new(name, value));
                }
            }
        }

        var seen = new AwsRequest(request.Method.Method, address.AbsolutePath, address.Query, signed, await HashAsync(request.Content, cancellationToken));
        Set(request, "Authorization", AwsSigV4.Authorization(seen, keys.AccessKeyId, KeyFor(keys, now), stamp));
    }

    /// <summary>The key of the day; another one when the day or the secret has changed.</summary>
    private AwsSigningKey KeyFor(AwsKeys keys, DateTimeOffset now)
    {
        var derived = Volatile.Read(ref _derived);
        if (derived is null || !ReferenceEquals(derived.Keys, keys) || derived.Key.Day != AwsSigningKey.DayOf(now))
        {
            derived = new(keys, new(keys.SecretAccessKey, now, region, service));
            Volatile.Write(ref _derived, derived);
        }
        return derived.Key;
    }

    private static async ValueTask<string> HashAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case null:
                return AwsSigV4.EmptyHash;
            case IHashedContent pieces:
                using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
                {
                    pieces.AppendTo(hash);
                    return Convert.ToHexStringLower(hash.GetCurrentHash());
                }
            default:
                // The content keeps what it has read, and sends that.
                return Convert.ToHexStringLower(SHA256.HashData(await content.ReadAsByteArrayAsync(cancellationToken)));
        }
    }

    /// <summary>As the HTTP client writes the header: with the port where it is not the scheme's own.</summary>
    private static string HostOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? host : $"{host}:{address.Port}";
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    private sealed record Derived(AwsKeys Keys, AwsSigningKey Key);
}
