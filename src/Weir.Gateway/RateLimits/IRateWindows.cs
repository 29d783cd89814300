using Weir.Gateway.Access;

namespace Weir.Gateway.RateLimits;

/// <summary>
/// Where requests and tokens of the minute and requests in flight are counted. One process counts in its own memory
/// (<see cref="LocalWindows"/>); several replicas that share limits need one that they share.
/// </summary>
internal interface IRateWindows
{
    /// <summary>Takes a request, its tokens and a place in flight from every limit, or from none.</summary>
    /// <returns>The limit that has no room; null when all were taken from.</returns>
    ValueTask<RateRefusal?> TakeAsync(RatePermit permit, IReadOnlyList<RateLimit> limits, RateNeed need, CancellationToken cancellationToken);

    /// <summary>The request has ended: frees its place in flight and counts the tokens that it used instead of those that were taken.</summary>
    ValueTask SettleAsync(RatePermit permit, long tokens);
}

/// <summary>Tokens that a request may take.</summary>
/// <param name="Input">Of its input.</param>
/// <param name="Output">Of its answer, as it limits it itself; null when it does not.</param>
/// <param name="LongestOutput">What its model can say at most.</param>
/// <param name="Coarse">Its input is its bytes, a bound that is good enough far from a limit.</param>
internal readonly record struct RateNeed(long Input, long? Output, long LongestOutput, bool Coarse)
{
    // Who says nothing about its answer's length seldom gets the longest one: a quarter of the limit is set aside, and what is used is counted.
    private const int ShareOfLimit = 4;

    /// <summary>What is set aside of a limit.</summary>
    internal long Of(long limit) => Input + (Output ?? Math.Min(LongestOutput, limit / ShareOfLimit));
}

/// <summary>Which part of a limit has no room.</summary>
internal enum RateKind : byte
{
    /// <summary>Requests per minute.</summary>
    Requests,

    /// <summary>Tokens per minute.</summary>
    Tokens,

    /// <summary>Requests in flight.</summary>
    Parallel,
}

/// <summary>Why a request has to wait.</summary>
/// <param name="Limit">Whose limit.</param>
/// <param name="Kind">Which part of it.</param>
/// <param name="Max">How much it allows.</param>
/// <param name="ResetsAt">When the minute ends; for requests in flight, now.</param>
/// <param name="Wait">How long until then.</param>
/// <param name="CountFirst">It may have room: ask again with the input counted.</param>
internal sealed record RateRefusal(RateLimit Limit, RateKind Kind, long Max, DateTimeOffset ResetsAt, TimeSpan Wait, bool CountFirst = false);
