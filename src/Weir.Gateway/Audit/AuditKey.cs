using System.Security.Cryptography;

namespace Weir.Gateway.Audit;

/// <summary>A key on the curve P-256: with its private half it signs checkpoints (ES256), without it it only verifies them.</summary>
public sealed class AuditKey : IDisposable
{
    private readonly ECDsa _key;

    private AuditKey(ECDsa key, bool canSign)
    {
        _key = key;
        CanSign = canSign;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));
    }

    /// <summary>It has its private half.</summary>
    public bool CanSign { get; }

    /// <summary>Names the key: the beginning of the SHA-256 of its public half.</summary>
    public string Id { get; }

    /// <summary>A new key.</summary>
    public static AuditKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), canSign: true);

    /// <summary>A key from a PEM text: a private key, or a public one.</summary>
    /// <exception cref="AuditKeyException">The text is no P-256 key; it is never repeated.</exception>
    public static AuditKey FromPem(string pem, string source)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize != 256)
            {
                throw new AuditKeyException($"{source} holds a key of {key.KeySize} bits; the audit needs one on the curve P-256. `weir audit keygen` makes one.", null);
            }
            return new AuditKey(key, pem.Contains("PRIVATE KEY", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new AuditKeyException($"{source} holds no key that can be read as PEM. `weir audit keygen` makes one.", error);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The key of a file.</summary>
    /// <exception cref="AuditKeyException">It can't be read, or holds no P-256 key.</exception>
    public static AuditKey FromFile(string path)
    {
        try
        {
            return FromPem(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AuditKeyException($"the audit's key file {path} can't be read: {error.Message}", error);
        }
    }

    /// <summary>The private half as PEM (PKCS #8).</summary>
    public string PrivatePem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The public half as PEM.</summary>
    public string PublicPem() => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    internal byte[] Sign(ReadOnlySpan<byte> text) => _key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    internal bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}

/// <summary>A key file can't be used.</summary>
/// <param name="message">Which and why; no text of the key.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class AuditKeyException(string message, Exception? inner) : Exception(message, inner);
