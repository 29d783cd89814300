using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Providers.Credentials;

/// <summary>Reads an application's certificate and key out of one file, in PEM or PFX form.</summary>
internal static class ClientCertificate
{
    /// <summary>Reads <paramref name="path"/>; <paramref name="password"/> is for a PFX file or an encrypted PEM key.</summary>
    /// <exception cref="InvalidDataException">The file can't be read, or holds no certificate with its private key; the message names it.</exception>
    public static X509Certificate2 Load(string path, Secret? password)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var certificate = bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0
                ? password is null ? X509Certificate2.CreateFromPemFile(path) : X509Certificate2.CreateFromEncryptedPemFile(path, password.Reveal())
                : X509CertificateLoader.LoadPkcs12(bytes, password?.Reveal());
            return certificate.HasPrivateKey
                ? certificate
                : throw new InvalidDataException($"The client certificate file {path} holds no private key: write certificate and key into one file.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"The client certificate file {path} can't be read: {e.Message}", e);
        }
    }
}
