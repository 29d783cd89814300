using Weir.Gateway.Access;

namespace Weir.Gateway.RateLimits;

/// <summary>What one request has taken of the limits of speed. Not safe for concurrent use.</summary>
internal sealed class RatePermit
{
    /// <summary>A limit that was taken from.</summary>
    internal readonly record struct Part(RateLimit Limit, RateCount Count, long Minute, long Tokens);

    /// <summary>All of them.</summary>
    internal List<Part> Parts { get; } = new(2);

    /// <summary>The narrowest limit of requests, and what was left of it: for the response's headers.</summary>
    internal (long Limit, long Left)? Requests { get; set; }

    /// <summary>The narrowest limit of tokens, and what was left of it.</summary>
    internal (long Limit, long Left)? Tokens { get; set; }

    /// <summary>The limit of one model under the key, and what was left of requests and tokens.</summary>
    internal (long? Requests, long? Tokens) OfModel { get; set; }
}

/// <summary>Counters of one limit. Guarded by the lock of its <see cref="LocalWindows"/>.</summary>
internal sealed class RateCount
{
    /// <summary>The minute that is counted, since 1970.</summary>
    internal long Minute { get; set; }

    /// <summary>Requests of the minute.</summary>
    internal long Requests { get; set; }

    /// <summary>Tokens of the minute.</summary>
    internal long Tokens { get; set; }

    /// <summary>Requests in flight.</summary>
    internal int Parallel { get; set; }
}
