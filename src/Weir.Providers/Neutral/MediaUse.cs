namespace Weir.Providers.Neutral;

/// <summary>What a call used besides tokens, as far as its answer tells.</summary>
public readonly record struct MediaUse
{
    /// <summary>Images made.</summary>
    public long Images { get; init; }

    /// <summary>Their size as <c>1024x1536</c>; null when the answer does not say.</summary>
    public string? Size { get; init; }

    /// <summary>Their quality; null when the answer does not say.</summary>
    public string? Quality { get; init; }

    /// <summary>Seconds of audio; null when the answer does not say.</summary>
    public decimal? Seconds { get; init; }

    /// <summary>Searches that a rerank counts as; null when the answer does not say.</summary>
    public long? Searches { get; init; }
}
