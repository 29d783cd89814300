using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Gateway.Audit;

/// <summary>
/// What ties a row to all rows before it: SHA-256 over the hash of the row before (zeros for the first), the row's number (8 bytes, big-endian),
/// the length of the chain's name (4), the name, and the body.
/// </summary>
public static class AuditLink
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 32;

    private const int StackBytes = 2048;

    /// <summary>The hash before the first row.</summary>
    public static byte[] Zero => new byte[HashBytes];

    /// <summary>Computes a row's hash.</summary>
    /// <param name="previous">Hash of the row before it.</param>
    /// <param name="seq">The row's number, from 1.</param>
    /// <param name="chain">The chain's name, UTF-8.</param>
    /// <param name="body">The row's body.</param>
    /// <param name="hash">Where the hash goes; may overlap <paramref name="previous"/>.</param>
    public static void Hash(ReadOnlySpan<byte> previous, long seq, ReadOnlySpan<byte> chain, ReadOnlySpan<byte> body, Span<byte> hash)
    {
        var length = HashBytes + 8 + 4 + chain.Length + body.Length;
        byte[]? rented = null;
        var bytes = length <= StackBytes ? stackalloc byte[StackBytes] : (rented = ArrayPool<byte>.Shared.Rent(length));
        bytes = bytes[..length];
        previous[..HashBytes].CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[HashBytes..], seq);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(HashBytes + 8)..], chain.Length);
        chain.CopyTo(bytes[(HashBytes + 12)..]);
        body.CopyTo(bytes[(HashBytes + 12 + chain.Length)..]);
        SHA256.HashData(bytes, hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
