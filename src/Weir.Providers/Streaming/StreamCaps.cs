namespace Weir.Providers.Streaming;

/// <summary>Bounds on what an upstream may stream. Over a cap the stream ends with an error of its own kind.</summary>
/// <param name="EventBytes">Longest event, and so also the longest line.</param>
/// <param name="TotalBytes">Most bytes of one stream or of one unstreamed answer.</param>
public sealed record StreamCaps(int EventBytes, long TotalBytes)
{
    /// <summary>Code of the fault that a stream over a cap ends with.</summary>
    public const string ExceededCode = "stream_cap_exceeded";

    /// <summary>4 MiB an event, 256 MiB an answer: far above any real model's.</summary>
    public static readonly StreamCaps Default = new(4 << 20, 256L << 20);
}
