using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>What a record holds. A later kind: audit.</summary>
internal enum EntryKind : byte
{
    /// <summary>A request that ended, or that begins.</summary>
    Request = 1,
}

/// <summary>What lies at a position of a segment.</summary>
internal enum FrameState
{
    /// <summary>A whole record with the right checksum.</summary>
    Whole,

    /// <summary>The bytes end before the record that begins here.</summary>
    Short,

    /// <summary>No record begins here.</summary>
    Damaged,
}

/// <summary>
/// The file format, version 1, little-endian. Segment header: <c>WEIRJRNL</c>, version (4 bytes), reserved (4), random segment id (8),
/// checksum of all that (4), reserved (4). Record: payload length (4), checksum (4), kind (1), payload. Checksums are CRC-32C. A record's covers
/// length, kind and payload and starts from the segment's id, so that bytes of another segment, or bytes that a caller placed inside
/// a text, never pass for a record.
/// </summary>
internal static class JournalFormat
{
    public const uint Version = 1;
    public const int HeaderBytes = 32;
    public const int FrameBytes = 9;

    /// <summary>Above every row that the writer makes (about 45 kB, and 68 kB of charges).</summary>
    public const int MaxPayloadBytes = 128 << 10;

    private static ReadOnlySpan<byte> Magic => "WEIRJRNL"u8;

    public static void WriteHeader(Span<byte> header, long segmentId)
    {
        header[..HeaderBytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], segmentId);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], Crc(0, header[..24]));
    }

    /// <summary>The segment's id, or null when the header is damaged.</summary>
    /// <exception cref="LedgerVersionException">A later build wrote the segment.</exception>
    public static long? ReadHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes
            || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[24..]) != Crc(0, header[..24]))
        {
            return null;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        return version > Version
            ? throw new LedgerVersionException("segment", version, Version)
            : BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
    }

    /// <summary>Fills in the frame before a payload that already lies at <see cref="FrameBytes"/>.</summary>
    public static void Seal(Span<byte> record, EntryKind kind, long segmentId)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - FrameBytes);
        record[8] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record, segmentId));
    }

    /// <summary>Looks at the record that begins with these bytes.</summary>
    public static FrameState Inspect(ReadOnlySpan<byte> bytes, long segmentId, out int length)
    {
        length = 0;
        if (bytes.Length < FrameBytes)
        {
            return FrameState.Short;
        }

        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (payload is 0 or > MaxPayloadBytes)
        {
            return FrameState.Damaged;
        }

        length = FrameBytes + (int)payload;
        if (bytes.Length < length)
        {
            return FrameState.Short;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes[..length], segmentId)
            ? FrameState.Whole
            : FrameState.Damaged;
    }

    private static uint Checksum(ReadOnlySpan<byte> record, long segmentId)
    {
        uint crc = BitOperations.Crc32C(0xFFFF_FFFF, (ulong)segmentId);
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(record));
        return Crc(crc, record[8..]);
    }

    internal static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte rest in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
