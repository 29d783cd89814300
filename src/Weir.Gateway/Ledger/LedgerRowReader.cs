using Weir.Providers;
using Weir.Providers.Neutral;

namespace Weir.Gateway.Ledger;

/// <summary>Reads what <see cref="LedgerRowWriter"/> wrote.</summary>
internal static class LedgerRowReader
{
    /// <summary>The row over the given bytes, which it keeps pointing at.</summary>
    /// <exception cref="LedgerVersionException">A later build wrote it.</exception>
    /// <exception cref="LedgerFormatException">It is not a row.</exception>
    public static LedgerRow Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        byte version = reader.Byte();
        if (version > LedgerRowWriter.Version)
        {
            throw new LedgerVersionException("row", version, LedgerRowWriter.Version);
        }

        byte flags = reader.Byte();
        var row = new LedgerRow
        {
            Streamed = (flags & LedgerRowWriter.StreamedFlag) != 0,
            CostKnown = (flags & LedgerRowWriter.CostKnownFlag) != 0,
            KeyHashIsBinary = (flags & LedgerRowWriter.BinaryKeyFlag) != 0,
            Operation = (Operation)reader.Byte(),
            Outcome = (RequestOutcome)reader.Byte(),
            StartedAtMicros = reader.Signed(),
            CallId = reader.Bytes(),
            KeyHash = reader.Bytes(),
            RequestedModel = reader.Bytes(),
            ModelGroup = reader.Bytes(),
            DeploymentId = reader.Bytes(),
            Provider = reader.Bytes(),
            UpstreamModel = reader.Bytes(),
            EndUser = reader.Bytes(),
            ErrorType = reader.Bytes(),
            Status = reader.Int32(),
            Usage = new TokenUsage
            {
                Prompt = reader.Signed(),
                Completion = reader.Signed(),
                Total = reader.Signed(),
                CachedPrompt = reader.Signed(),
                CacheWrite = reader.Signed(),
                Reasoning = reader.Signed(),
                AudioPrompt = reader.Signed(),
                AudioCompletion = reader.Signed(),
                Estimated = (flags & LedgerRowWriter.EstimatedFlag) != 0,
            },
            CostNanos = reader.Signed(),
            DurationMicros = reader.Signed(),
            TimeToFirstTokenMicros = (flags & LedgerRowWriter.FirstTokenFlag) != 0 ? reader.Signed() : null,
            OverheadMicros = reader.Signed(),
            Fallbacks = reader.Int32(),
            AttemptCount = reader.Int32(),
            Payload = payload,
        };
        if (version > 1)
        {
            row.Ticket = reader.Signed();
            reader = LedgerCharges.Skip(reader, out var charges);
            row.Charges = charges;
        }

        row.Decision = reader.Rest;
        DecisionRecord.Check(row.Decision);
        return row;
    }
}
