using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Providers.Credentials;

/// <summary>The signed statement with which a service account asks for a token (RFC 7523, https://google.aip.dev/auth/4112).</summary>
internal static class GoogleAssertion
{
    /// <summary>Google refuses a longer life.</summary>
    private const int LifeSeconds = 3600;

    /// <summary>A statement for <paramref name="scope"/>, made at <paramref name="now"/>.</summary>
    /// <exception cref="CryptographicException">The key can't be read.</exception>
    public static string Sign(GoogleIdentity identity, string scope, DateTimeOffset now)
    {
        var key = identity.PrivateKey?.Reveal() ?? "";
        using var rsa = RSA.Create();
        try
        {
            // Where JSON went through a shell or a template the line breaks may still be written as \n.
            rsa.ImportFromPem(key.Contains('\n', StringComparison.Ordinal) ? key : key.Replace("\\n", "\n", StringComparison.Ordinal));
        }
        catch (ArgumentException)
        {
            throw new CryptographicException("`private_key` is no PEM text with a private key.");
        }

        var head = Part(json =>
        {
            json.WriteString("alg"u8, "RS256"u8);
            json.WriteString("typ"u8, "JWT"u8);
            if (identity.KeyId is not null)
            {
                json.WriteString("kid"u8, identity.KeyId);
            }
        });
        var body = Part(json =>
        {
            json.WriteString("iss"u8, identity.Email);
            json.WriteString("scope"u8, scope);
            json.WriteString("aud"u8, identity.TokenUri.AbsoluteUri);
            json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, now.ToUnixTimeSeconds() + LifeSeconds);
        });
        var signature = rsa.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }
}
