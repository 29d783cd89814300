using Weir.Gateway.Audit;

namespace Weir.Gateway.Ledger;

/// <summary>An audit event as it lies in the journal: its body, as it will be hashed, and beside it what a table searches by.</summary>
public readonly ref struct AuditEntry
{
    /// <summary>Raised when a field is added. A reader takes every version up to its own and refuses a later one.</summary>
    internal const byte Version = 1;

    private AuditEntry(long atMicros, AuditKind kind, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> body)
    {
        AtMicros = atMicros;
        Kind = kind;
        CallId = callId;
        Body = body;
    }

    /// <summary>When, microseconds since 1970 UTC.</summary>
    public long AtMicros { get; }

    /// <summary>What it is about.</summary>
    public AuditKind Kind { get; }

    /// <summary>The request, or empty.</summary>
    public ReadOnlySpan<byte> CallId { get; }

    /// <summary>The body.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <exception cref="LedgerVersionException">A later build wrote it.</exception>
    /// <exception cref="LedgerFormatException">It is no event.</exception>
    internal static AuditEntry Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        byte version = reader.Byte();
        if (version > Version)
        {
            throw new LedgerVersionException("audit event", version, Version);
        }

        byte kind = reader.Byte();
        if (!Enum.IsDefined((AuditKind)kind))
        {
            throw new LedgerVersionException("kind of audit event", kind, (long)AuditKind.Access);
        }

        return new AuditEntry(reader.Signed(), (AuditKind)kind, reader.Bytes(), reader.Rest);
    }

    /// <summary>The event's bytes.</summary>
    internal static byte[] Encode(AuditEvent what, AuditBody body)
    {
        body.Write(what);
        byte[] bytes = new byte[2 + 10 + WireWriter.TextBound(what.CallId) + body.Written.Length];
        var writer = new WireWriter(bytes);
        writer.Byte(Version);
        writer.Byte((byte)what.Kind);
        writer.Signed(LedgerRowWriter.ToMicros(what.At));
        writer.Text(what.CallId);
        body.Written.CopyTo(bytes.AsSpan(writer.Length));
        return bytes[..(writer.Length + body.Written.Length)];
    }
}
