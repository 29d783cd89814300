using System.Text;
using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Ledger;

/// <summary>
/// One row as it lies in the journal: numbers decoded, texts as UTF-8 spans over the journal's bytes, so that a store can bind
/// them without making strings. Read by <see cref="LedgerRowReader"/>, written by <see cref="LedgerRowWriter"/>.
/// </summary>
public ref struct LedgerRow
{
    /// <summary>Call id.</summary>
    public ReadOnlySpan<byte> CallId { get; internal set; }

    /// <summary>Start, microseconds since 1970 UTC.</summary>
    public long StartedAtMicros { get; internal set; }

    /// <summary>What was asked.</summary>
    public Operation Operation { get; internal set; }

    /// <summary>Whether the caller asked for a stream.</summary>
    public bool Streamed { get; internal set; }

    /// <summary>The 32 bytes of the key's sha256 when <see cref="KeyHashIsBinary"/>, else UTF-8 text.</summary>
    public ReadOnlySpan<byte> KeyHash { get; internal set; }

    /// <summary>True when the key hash was 64 lower-case hex digits and is kept as 32 bytes.</summary>
    public bool KeyHashIsBinary { get; internal set; }

    /// <summary>The model that the caller named.</summary>
    public ReadOnlySpan<byte> RequestedModel { get; internal set; }

    /// <summary>The group that answered.</summary>
    public ReadOnlySpan<byte> ModelGroup { get; internal set; }

    /// <summary>The deployment that answered.</summary>
    public ReadOnlySpan<byte> DeploymentId { get; internal set; }

    /// <summary>Its provider.</summary>
    public ReadOnlySpan<byte> Provider { get; internal set; }

    /// <summary>The upstream's model name.</summary>
    public ReadOnlySpan<byte> UpstreamModel { get; internal set; }

    /// <summary>End user.</summary>
    public ReadOnlySpan<byte> EndUser { get; internal set; }

    /// <summary>How it ended.</summary>
    public RequestOutcome Outcome { get; internal set; }

    /// <summary>HTTP status sent.</summary>
    public int Status { get; internal set; }

    /// <summary>Wire type of the error.</summary>
    public ReadOnlySpan<byte> ErrorType { get; internal set; }

    /// <summary>Units used.</summary>
    public TokenUsage Usage { get; internal set; }

    /// <summary>Cost in nano-dollars.</summary>
    public long CostNanos { get; internal set; }

    /// <summary>False when no price is known.</summary>
    public bool CostKnown { get; internal set; }

    /// <summary>Whole duration in microseconds.</summary>
    public long DurationMicros { get; internal set; }

    /// <summary>Time to first token in microseconds; null when no content left.</summary>
    public long? TimeToFirstTokenMicros { get; internal set; }

    /// <summary>The gateway's own time in microseconds.</summary>
    public long OverheadMicros { get; internal set; }

    /// <summary>Groups tried after the first.</summary>
    public int Fallbacks { get; internal set; }

    /// <summary>Attempts made.</summary>
    public int AttemptCount { get; internal set; }

    /// <summary>Ticket of the row that was written when the request began; 0 for none.</summary>
    public long Ticket { get; internal set; }

    /// <summary>It says that a request begins: it becomes a row of the ledger only if no row with its ticket follows.</summary>
    public readonly bool IsOpening => Outcome == RequestOutcome.Interrupted && Ticket != 0;

    /// <summary>What it took from which window.</summary>
    public LedgerCharges Charges { get; internal set; }

    /// <summary>The row as it lies in the journal.</summary>
    public ReadOnlySpan<byte> Payload { get; internal set; }

    /// <summary>The decision record in its stored form (version byte first); decoded by <see cref="DecisionRecord"/>.</summary>
    public ReadOnlySpan<byte> Decision { get; internal set; }

    /// <summary>The row as the pipeline filled it, times cut to microseconds.</summary>
    public readonly RequestRecord ToRecord()
    {
        var record = new RequestRecord
        {
            CallId = Encoding.UTF8.GetString(CallId),
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(StartedAtMicros * TimeSpan.TicksPerMicrosecond),
            Operation = Operation,
            Streamed = Streamed,
            KeyHash = KeyHashIsBinary ? Convert.ToHexStringLower(KeyHash) : Encoding.UTF8.GetString(KeyHash),
            RequestedModel = Encoding.UTF8.GetString(RequestedModel),
            ModelGroup = Encoding.UTF8.GetString(ModelGroup),
            DeploymentId = Encoding.UTF8.GetString(DeploymentId),
            Provider = Encoding.UTF8.GetString(Provider),
            UpstreamModel = Encoding.UTF8.GetString(UpstreamModel),
            EndUser = Encoding.UTF8.GetString(EndUser),
            Outcome = Outcome,
            Status = Status,
            ErrorType = Encoding.UTF8.GetString(ErrorType),
            Usage = Usage,
            Cost = new Money(CostNanos),
            CostKnown = CostKnown,
            Duration = Micros(DurationMicros),
            TimeToFirstToken = TimeToFirstTokenMicros is { } ttft ? Micros(ttft) : null,
            Overhead = Micros(OverheadMicros),
            Fallbacks = Fallbacks,
            AttemptCount = AttemptCount,
            Ticket = Ticket,
        };
        var charges = Charges;
        while (charges.Next())
        {
            record.Charges.Add(charges.Current);
        }

        DecisionRecord.Read(Decision, record.Attempts);
        return record;
    }

    private static TimeSpan Micros(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
