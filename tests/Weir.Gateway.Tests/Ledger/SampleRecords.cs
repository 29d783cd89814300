using CsCheck;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Tests.Ledger;

/// <summary>Finished requests: one that looks like every day, and random ones of every shape.</summary>
internal static class SampleRecords
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Const(""),
        Gen.String[Gen.Char.AlphaNumeric, 0, 60],
        Gen.String[Gen.Char["aü漢é/-"], 0, 80],
        Gen.String[Gen.Char.AlphaNumeric, 50, 900]);

    private static readonly Gen<string> AnyKeyHash = Gen.OneOf(
        Gen.Const(""),
        Gen.String[Gen.Char["0123456789abcdef"], 64, 64],
        Gen.String[Gen.Char["0123456789ABCDEFg"], 64, 64],
        Gen.String[Gen.Char.AlphaNumeric, 1, 70]);

    private static readonly Gen<long> AnyCount = Gen.OneOf(Gen.Long[0, 200], Gen.Long[0, 2_000_000], Gen.Long);

    private static readonly Gen<TimeSpan> AnySpan = Gen.Long[0, 1L << 52].Select(micros => new TimeSpan(micros * TimeSpan.TicksPerMicrosecond));

    private static readonly Gen<AttemptRecord> AnyAttempt =
        from deployment in AnyText
        from fault in Gen.Int[-1, Enum.GetValues<FaultKind>().Length - 1]
        from numbers in Gen.Int.Array[3]
        from duration in AnySpan
        select new AttemptRecord(deployment, "group-" + deployment, fault < 0 ? null : (FaultKind)fault, numbers[0], duration, numbers[1], numbers[2]);

    private static readonly Gen<TokenUsage> AnyUsage =
        from counts in AnyCount.Array[8]
        from estimated in Gen.Bool
        select new TokenUsage
        {
            Prompt = counts[0], Completion = counts[1], Total = counts[2], CachedPrompt = counts[3], CacheWrite = counts[4],
            Reasoning = counts[5], AudioPrompt = counts[6], AudioCompletion = counts[7], Estimated = estimated,
        };

    /// <summary>Any record, times in whole microseconds as they are stored.</summary>
    public static readonly Gen<RequestRecord> Any =
        from texts in AnyText.Array[8]
        from key in AnyKeyHash
        from start in Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999]
        from kinds in Gen.Select(Gen.Enum<Operation>(), Gen.Enum<RequestOutcome>(), Gen.Bool, Gen.Bool, Gen.Bool)
        from usage in AnyUsage
        from cost in Gen.Long
        from spans in AnySpan.Array[3]
        from numbers in Gen.Int.Array[3]
        from attempts in AnyAttempt.List[0, DecisionRecord.MaxAttempts]
        select Build(texts, key, start, kinds, usage, cost, spans, numbers, attempts);

    /// <summary>A usual row, about 250 bytes in the journal.</summary>
    public static RequestRecord Usual(string callId, int number = 0) => new()
    {
        CallId = callId,
        StartedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(number),
        Operation = Operation.Chat,
        Streamed = true,
        KeyHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        RequestedModel = "gpt-4o",
        ModelGroup = "gpt-4o",
        DeploymentId = "azure-weu-gpt-4o-1",
        Provider = "azure",
        UpstreamModel = "gpt-4o-prod",
        EndUser = "user-4711",
        Outcome = RequestOutcome.Success,
        Status = 200,
        Usage = new TokenUsage { Prompt = 812, Completion = 164, Total = 976, CachedPrompt = 512 },
        Cost = new Money(3_670_000),
        CostKnown = true,
        Duration = TimeSpan.FromMilliseconds(1834),
        TimeToFirstToken = TimeSpan.FromMilliseconds(412),
        Overhead = TimeSpan.FromMicroseconds(190),
        Fallbacks = 0,
        AttemptCount = 2,
        Attempts =
        {
            new AttemptRecord("azure-swc-gpt-4o-2", "gpt-4o", FaultKind.RateLimited, 429, TimeSpan.FromMilliseconds(31), 3, 0),
            new AttemptRecord("azure-weu-gpt-4o-1", "gpt-4o", null, 200, TimeSpan.FromMilliseconds(402), 2, 1),
        },
    };

    /// <summary>Everything in the record as one text, so that two records are equal when and only when their texts are.</summary>
    public static string Describe(RequestRecord r) => string.Join(
        '|',
        r.CallId, r.StartedAt.UtcTicks, r.Operation, r.Streamed, r.KeyHash, r.RequestedModel, r.ModelGroup, r.DeploymentId, r.Provider, r.UpstreamModel, r.EndUser,
        r.Outcome, r.Status, r.ErrorType, r.Usage, r.Cost.Nanos, r.CostKnown, r.Duration.Ticks, r.TimeToFirstToken?.Ticks, r.Overhead.Ticks, r.Fallbacks, r.AttemptCount,
        string.Join(';', r.Attempts));

    private static RequestRecord Build(
        string[] texts, string key, long start, (Operation Operation, RequestOutcome Outcome, bool Streamed, bool Known, bool First) kinds,
        TokenUsage usage, long cost, TimeSpan[] spans, int[] numbers, List<AttemptRecord> attempts)
    {
        var record = new RequestRecord
        {
            CallId = texts[0],
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(start * TimeSpan.TicksPerMicrosecond),
            Operation = kinds.Operation,
            Streamed = kinds.Streamed,
            KeyHash = key,
            RequestedModel = texts[1],
            ModelGroup = texts[2],
            DeploymentId = texts[3],
            Provider = texts[4],
            UpstreamModel = texts[5],
            EndUser = texts[6],
            Outcome = kinds.Outcome,
            Status = numbers[0],
            ErrorType = texts[7],
            Usage = usage,
            Cost = new Money(cost),
            CostKnown = kinds.Known,
            Duration = spans[0],
            TimeToFirstToken = kinds.First ? spans[1] : null,
            Overhead = spans[2],
            Fallbacks = numbers[1],
            AttemptCount = numbers[2],
        };
        record.Attempts.AddRange(attempts);
        return record;
    }
}
