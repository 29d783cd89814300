using System.Text;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Ledger;

/// <summary>The stored form of a request's attempts: which deployments were tried, why each failed, how many were eligible or cooling down.</summary>
public static class DecisionRecord
{
    /// <summary>Attempts kept in detail; <see cref="RequestRecord.AttemptCount"/> counts the others too.</summary>
    public const int MaxAttempts = 16;

    internal const byte Version = 1;

    /// <summary>Decodes into <paramref name="attempts"/>.</summary>
    /// <exception cref="LedgerFormatException">The bytes are not a decision record.</exception>
    /// <exception cref="LedgerVersionException">A later build wrote it.</exception>
    public static void Read(ReadOnlySpan<byte> stored, ICollection<AttemptRecord> attempts)
    {
        var reader = new WireReader(stored);
        ulong count = ReadHead(ref reader);
        for (ulong i = 0; i < count; i++)
        {
            string deployment = Encoding.UTF8.GetString(reader.Bytes());
            string group = Encoding.UTF8.GetString(reader.Bytes());
            ulong fault = reader.Unsigned();
            attempts.Add(new AttemptRecord(
                deployment,
                group,
                fault == 0 ? null : (FaultKind)(fault - 1),
                reader.Int32(),
                new TimeSpan(reader.Signed() * TimeSpan.TicksPerMicrosecond),
                reader.Int32(),
                reader.Int32()));
        }
    }

    internal static int Bound(ReadOnlySpan<AttemptRecord> attempts)
    {
        int bound = 2;
        foreach (ref readonly var attempt in attempts[..Math.Min(attempts.Length, MaxAttempts)])
        {
            bound += WireWriter.TextBound(attempt.DeploymentId) + WireWriter.TextBound(attempt.Group) + (5 * 10);
        }

        return bound;
    }

    internal static void Write(ref WireWriter writer, ReadOnlySpan<AttemptRecord> attempts)
    {
        int count = Math.Min(attempts.Length, MaxAttempts);
        writer.Byte(Version);
        writer.Byte((byte)count);
        foreach (ref readonly var attempt in attempts[..count])
        {
            writer.Text(attempt.DeploymentId);
            writer.Text(attempt.Group);
            writer.Unsigned(attempt.Fault is { } fault ? (ulong)fault + 1 : 0);
            writer.Signed(attempt.Status);
            writer.Signed(attempt.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
            writer.Signed(attempt.Candidates);
            writer.Signed(attempt.CooledDown);
        }
    }

    /// <summary>Walks the bytes without making anything, so that a row that cannot be read is found before a store takes it.</summary>
    internal static void Check(ReadOnlySpan<byte> stored)
    {
        var reader = new WireReader(stored);
        ulong count = ReadHead(ref reader);
        for (ulong i = 0; i < count; i++)
        {
            reader.Bytes();
            reader.Bytes();
            reader.Unsigned();
            reader.Int32();
            reader.Signed();
            reader.Int32();
            reader.Int32();
        }

        if (!reader.AtEnd)
        {
            throw new LedgerFormatException("a row goes on after its last field");
        }
    }

    private static ulong ReadHead(ref WireReader reader)
    {
        byte version = reader.Byte();
        return version > Version ? throw new LedgerVersionException("decision record", version, Version) : reader.Byte();
    }
}
