using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Gateway.Access.Keys;

/// <summary>The sha256 of a whole key, as a value that can be looked up without an allocation. Its hex form is the id that LiteLLM stores.</summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>The hash of a key as presented.</summary>
    public static KeyHash Of(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        if (size <= 1024)
        {
            Span<byte> bytes = stackalloc byte[1024];
            SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
            return From(hash);
        }
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            SHA256.HashData(rented.AsSpan(0, Encoding.UTF8.GetBytes(key, rented)), hash);
            return From(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Reads the 64 hex digits of a stored id; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out KeyHash hash)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        hash = default;
        if (hex.Length != 64 || Convert.FromHexString(hex, bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }
        hash = From(bytes);
        return true;
    }

    /// <summary>The stored id.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Whether both are the same, in a time that does not tell how much of them is.</summary>
    public bool FixedTimeEquals(in KeyHash other) => ((A ^ other.A) | (B ^ other.B) | (C ^ other.C) | (D ^ other.D)) == 0;

    private void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    private static KeyHash From(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));
}
