namespace Weir.Providers.Neutral;

/// <summary>Units consumed by one call, as the upstream reported them or as counted here. All counts are tokens.</summary>
public record struct TokenUsage
{
    /// <summary>All input tokens, cached and audio ones included.</summary>
    public long Prompt { get; set; }

    /// <summary>All output tokens, reasoning and audio ones included.</summary>
    public long Completion { get; set; }

    /// <summary>The upstream's own total; 0 when it sent none.</summary>
    public long Total { get; set; }

    /// <summary>Part of <see cref="Prompt"/> that was read from the provider's cache.</summary>
    public long CachedPrompt { get; set; }

    /// <summary>Part of <see cref="Prompt"/> that was written to the provider's cache.</summary>
    public long CacheWrite { get; set; }

    /// <summary>Part of <see cref="CacheWrite"/> that is kept for an hour instead of minutes, at a higher price.</summary>
    public long CacheWriteHour { get; set; }

    /// <summary>Part of <see cref="Completion"/> that was reasoning.</summary>
    public long Reasoning { get; set; }

    /// <summary>Part of <see cref="Prompt"/> that was audio.</summary>
    public long AudioPrompt { get; set; }

    /// <summary>
    /// Part of <see cref="AudioPrompt"/>, and of <see cref="CachedPrompt"/>, that was read from the provider's cache. Not kept in a row: it is in
    /// the cost.
    /// </summary>
    public long CachedAudioPrompt { get; set; }

    /// <summary>Part of <see cref="ImagePrompt"/>, and of <see cref="CachedPrompt"/>, likewise.</summary>
    public long CachedImagePrompt { get; set; }

    /// <summary>Part of <see cref="Completion"/> that was audio.</summary>
    public long AudioCompletion { get; set; }

    /// <summary>Part of <see cref="Prompt"/> that was images. Not kept in a row: it is in the cost.</summary>
    public long ImagePrompt { get; set; }

    /// <summary>Part of <see cref="Completion"/> that was images. Not kept in a row: it is in the cost.</summary>
    public long ImageCompletion { get; set; }

    /// <summary>True when the counts come from a local tokenizer because the upstream sent none.</summary>
    public bool Estimated { get; set; }

    /// <summary>True when nothing is known about the use.</summary>
    public readonly bool IsEmpty => Prompt == 0 && Completion == 0 && Total == 0;
}
