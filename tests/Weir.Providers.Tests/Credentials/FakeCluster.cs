using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Providers.Tests.Credentials;

/// <summary>A Kubernetes cluster as far as Entra sees it: an issuer, its signing keys in public, and service account tokens.</summary>
internal sealed class FakeCluster : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public string Issuer { get; } = "https://oidc.example/cluster-1/";

    /// <summary>The public key set, as the issuer's jwks_uri serves it.</summary>
    public string Jwks
    {
        get
        {
            var p = _key.ExportParameters(false);
            return $$"""{"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","n":"{{Base64Url.EncodeToString(p.Modulus)}}","e":"{{Base64Url.EncodeToString(p.Exponent)}}"}]}""";
        }
    }

    /// <summary>A token as the kubelet projects it into a pod.</summary>
    public string Token(string subject, string audience = "api://AzureADTokenExchange", string? issuer = null, TimeSpan? life = null)
    {
        var end = TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromHours(1));
        var head = Part("""{"alg":"RS256","kid":"k1"}""");
        var body = Part($$"""{"iss":"{{issuer ?? Issuer}}","sub":"{{subject}}","aud":["{{audience}}"],"exp":{{end.ToUnixTimeSeconds()}}}""");
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => _key.Dispose();

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}

/// <summary>A signed token, taken apart.</summary>
internal sealed class Jwt
{
    private readonly string[] _parts;

    public Jwt(string text)
    {
        _parts = text.Trim().Split('.');
        Header = JsonDocument.Parse(Base64Url.DecodeFromChars(_parts[0])).RootElement;
        Payload = JsonDocument.Parse(Base64Url.DecodeFromChars(_parts[1])).RootElement;
    }

    public JsonElement Header { get; }

    public JsonElement Payload { get; }

    public string Text(string name) => Payload.GetProperty(name) is { ValueKind: JsonValueKind.Array } array ? array[0].ToString() : Payload.GetProperty(name).ToString();

    public bool SignedBy(RSA key) => key.VerifyData(
        Encoding.ASCII.GetBytes($"{_parts[0]}.{_parts[1]}"),
        Base64Url.DecodeFromChars(_parts[2]),
        HashAlgorithmName.SHA256,
        Header.GetProperty("alg").GetString() == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
}
