using System.Buffers;
using System.Runtime.InteropServices;

namespace Weir.Gateway.Ledger;

/// <summary>Serialises a finished request for the journal: varints and UTF-8, no strings made, nothing allocated.</summary>
internal static class LedgerRowWriter
{
    /// <summary>Raised when a field is added. A reader takes every version up to its own and refuses a later one.</summary>
    public const byte Version = 2;

    public const byte StreamedFlag = 1;
    public const byte CostKnownFlag = 2;
    public const byte EstimatedFlag = 4;
    public const byte FirstTokenFlag = 8;
    public const byte BinaryKeyFlag = 16;

    // Version, flags, operation, outcome, key hash, and 19 numbers of at most ten bytes.
    private const int FixedBound = 4 + 33 + (19 * 10);

    /// <summary>Most bytes that <see cref="Write"/> needs for this record.</summary>
    public static int Bound(RequestRecord record) =>
        FixedBound
        + WireWriter.TextBound(record.CallId) + WireWriter.TextBound(record.KeyHash) + WireWriter.TextBound(record.RequestedModel)
        + WireWriter.TextBound(record.ModelGroup) + WireWriter.TextBound(record.DeploymentId) + WireWriter.TextBound(record.Provider)
        + WireWriter.TextBound(record.UpstreamModel) + WireWriter.TextBound(record.EndUser) + WireWriter.TextBound(record.ErrorType)
        + ChargeWire.Bound(CollectionsMarshal.AsSpan(record.Charges))
        + DecisionRecord.Bound(CollectionsMarshal.AsSpan(record.Attempts));

    /// <summary>Writes the record and returns its length.</summary>
    public static int Write(RequestRecord record, Span<byte> destination)
    {
        Span<byte> key = stackalloc byte[32];
        bool binaryKey = record.KeyHash.Length == 64
            && !record.KeyHash.AsSpan().ContainsAnyInRange('A', 'F')
            && Convert.FromHexString(record.KeyHash, key, out _, out _) == OperationStatus.Done;
        var usage = record.Usage;

        var writer = new WireWriter(destination);
        writer.Byte(Version);
        writer.Byte((byte)((record.Streamed ? StreamedFlag : 0)
            | (record.CostKnown ? CostKnownFlag : 0)
            | (usage.Estimated ? EstimatedFlag : 0)
            | (record.TimeToFirstToken is null ? 0 : FirstTokenFlag)
            | (binaryKey ? BinaryKeyFlag : 0)));
        writer.Byte((byte)record.Operation);
        writer.Byte((byte)record.Outcome);
        writer.Signed(ToMicros(record.StartedAt));
        writer.Text(record.CallId);
        if (binaryKey)
        {
            writer.Bytes(key);
        }
        else
        {
            writer.Text(record.KeyHash);
        }

        writer.Text(record.RequestedModel);
        writer.Text(record.ModelGroup);
        writer.Text(record.DeploymentId);
        writer.Text(record.Provider);
        writer.Text(record.UpstreamModel);
        writer.Text(record.EndUser);
        writer.Text(record.ErrorType);
        writer.Signed(record.Status);
        writer.Signed(usage.Prompt);
        writer.Signed(usage.Completion);
        writer.Signed(usage.Total);
        writer.Signed(usage.CachedPrompt);
        writer.Signed(usage.CacheWrite);
        writer.Signed(usage.Reasoning);
        writer.Signed(usage.AudioPrompt);
        writer.Signed(usage.AudioCompletion);
        writer.Signed(record.Cost.Nanos);
        writer.Signed(ToMicros(record.Duration));
        if (record.TimeToFirstToken is { } firstToken)
        {
            writer.Signed(ToMicros(firstToken));
        }

        writer.Signed(ToMicros(record.Overhead));
        writer.Signed(record.Fallbacks);
        writer.Signed(record.AttemptCount);
        writer.Signed(record.Ticket);
        ChargeWire.Write(ref writer, CollectionsMarshal.AsSpan(record.Charges));
        DecisionRecord.Write(ref writer, CollectionsMarshal.AsSpan(record.Attempts));
        return writer.Length;
    }

    /// <summary>Microseconds since 1970 UTC, rounded towards the past.</summary>
    public static long ToMicros(DateTimeOffset time) =>
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    private static long ToMicros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
