using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Providers.Ids;

/// <summary>An id as the upstream knows it, and where it is from.</summary>
/// <param name="Deployment">The deployment that handed it out: the only one that knows it.</param>
/// <param name="Id">The upstream's own id.</param>
public readonly record struct IssuedId(string Deployment, string Id);

/// <summary>
/// Turns the ids that upstreams hand out (responses, files, batches, conversations, uploads) into ids that only their owner can use, and that
/// say from which deployment they are; nothing is stored. An id that is forged, damaged, of another owner or of another installation is like
/// an id that never was. The same id is always wrapped the same way, so clients can compare and keep what they get.
/// </summary>
/// <remarks>
/// <c>resp_</c> + base64url(version, nonce, AES-256-GCM(owner, deployment, id), tag). The prefix stays readable, because clients look at it,
/// and is authenticated. The nonce is an HMAC over prefix and content (as in SIV): equal content gives an equal token, different content
/// never meets under one nonce in practice, and no counter has to be kept between replicas. The keys are derived from one secret by HKDF-SHA256.
/// </remarks>
public sealed class WrappedIds
{
    /// <summary>No longer id is unwrapped: ours stay far below, and what is longer is not one of ours.</summary>
    public const int LongestToken = 4096;

    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int OwnerSize = 16;
    private const int LongestPrefix = 16;

    private readonly byte[] _encryption;
    private readonly byte[] _nonces;
    private readonly byte[] _owners;

    /// <summary>Derives the keys from <paramref name="secret"/> (the salt key, or else the master key). All replicas need the same one.</summary>
    /// <exception cref="ArgumentException">The secret is empty.</exception>
    public WrappedIds(Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var material = Encoding.UTF8.GetBytes(secret.Reveal());
        if (material.Length == 0)
        {
            throw new ArgumentException("The secret from which ids are wrapped is empty.", nameof(secret));
        }
        _encryption = Derive(material, "weir ids v1 encryption");
        _nonces = Derive(material, "weir ids v1 nonces");
        _owners = Derive(material, "weir ids v1 owners");
        CryptographicOperations.ZeroMemory(material);
    }

    /// <summary>Wraps an upstream's id.</summary>
    /// <param name="id">What the upstream handed out; not empty.</param>
    /// <param name="owner">Whose it is: any text that names the scope, the same at every use.</param>
    /// <param name="deployment">Which deployment handed it out.</param>
    public string Wrap(string id, string owner, string deployment)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(deployment);
        // A token may begin like a prefix, so every token has one.
        var prefix = PrefixLength(id) is var length and > 0 ? id[..length] : "id_";
        var deploymentSize = Encoding.UTF8.GetByteCount(deployment);
        var contentSize = OwnerSize + 2 + deploymentSize + Encoding.UTF8.GetByteCount(id);
        if (deploymentSize > ushort.MaxValue || contentSize > LongestToken / 2)
        {
            throw new ArgumentException("The upstream's id is too long to be one.", nameof(id));
        }
        var content = new byte[contentSize];
        OwnerHash(owner, content);
        content[OwnerSize] = (byte)(deploymentSize >> 8);
        content[OwnerSize + 1] = (byte)deploymentSize;
        Encoding.UTF8.GetBytes(deployment, content.AsSpan(OwnerSize + 2));
        Encoding.UTF8.GetBytes(id, content.AsSpan(OwnerSize + 2 + deploymentSize));

        var associated = Encoding.UTF8.GetBytes(prefix);
        var token = new byte[1 + NonceSize + contentSize + TagSize];
        token[0] = Version;
        var nonce = token.AsSpan(1, NonceSize);
        Nonce(associated, content, nonce);
        using var aes = new AesGcm(_encryption, TagSize);
        aes.Encrypt(nonce, content, token.AsSpan(1 + NonceSize, contentSize), token.AsSpan(1 + NonceSize + contentSize), associated);
        return prefix + Base64Url.EncodeToString(token);
    }

    /// <summary>Unwraps an id. False for everything that was not wrapped here for this owner; which of the reasons it was can't be told from outside.</summary>
    public bool TryUnwrap(string id, string owner, out IssuedId issued)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(owner);
        issued = default;
        var prefix = PrefixLength(id);
        if (id.Length > LongestToken || Decode(id.AsSpan(prefix)) is not { } token || token.Length < 1 + NonceSize + OwnerSize + 2 + TagSize || token[0] != Version)
        {
            return false;
        }
        var content = new byte[token.Length - 1 - NonceSize - TagSize];
        var nonce = token.AsSpan(1, NonceSize);
        using var aes = new AesGcm(_encryption, TagSize);
        try
        {
            aes.Decrypt(nonce, token.AsSpan(1 + NonceSize, content.Length), token.AsSpan(^TagSize..), content, Encoding.UTF8.GetBytes(id[..prefix]));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        Span<byte> wanted = stackalloc byte[OwnerSize];
        OwnerHash(owner, wanted);
        var deploymentSize = (content[OwnerSize] << 8) | content[OwnerSize + 1];
        if (!CryptographicOperations.FixedTimeEquals(wanted, content.AsSpan(0, OwnerSize)) || OwnerSize + 2 + deploymentSize > content.Length)
        {
            return false;
        }
        var rest = content.AsSpan(OwnerSize + 2);
        issued = new IssuedId(Encoding.UTF8.GetString(rest[..deploymentSize]), Encoding.UTF8.GetString(rest[deploymentSize..]));
        return true;
    }

    /// <summary>Length of what stays readable: letters up to the first <c>_</c>, <c>-</c> or <c>/</c> (<c>resp_</c>, <c>file-</c>, <c>files/</c>); 0 when there is none.</summary>
    internal static int PrefixLength(string id)
    {
        for (var i = 0; i < id.Length && i < LongestPrefix; i++)
        {
            if (id[i] is '_' or '-' or '/')
            {
                return i == 0 ? 0 : i + 1;
            }
            if (!char.IsAsciiLetter(id[i]))
            {
                return 0;
            }
        }
        return 0;
    }

    private static byte[] Derive(byte[] material, string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, salt: null, Encoding.UTF8.GetBytes(use));

    /// <summary>The token's bytes; null when the text is not exactly what an encoder writes (no padding, no stray bits, no spaces).</summary>
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, buffer, out var consumed, out var written) != OperationStatus.Done || consumed != text.Length)
        {
            return null;
        }
        var token = buffer[..written];
        return text.SequenceEqual(Base64Url.EncodeToString(token)) ? token : null;
    }

    private void OwnerHash(string owner, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_owners, Encoding.UTF8.GetBytes(owner), hash);
        hash[..OwnerSize].CopyTo(target);
    }

    private void Nonce(byte[] prefix, byte[] content, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_nonces, [(byte)prefix.Length, .. prefix, .. content], hash);
        hash[..NonceSize].CopyTo(target);
    }
}
