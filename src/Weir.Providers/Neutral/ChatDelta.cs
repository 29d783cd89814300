namespace Weir.Providers.Neutral;

/// <summary>What one step of a streamed answer is.</summary>
public enum DeltaKind
{
    /// <summary>The answer begins: <c>Id</c>, <c>Name</c> (the model) and, where the upstream tells it early, <c>Usage</c>. Exactly once, first.</summary>
    Start,

    /// <summary>A part of kind <c>Part</c> opens: for a tool call with <c>Id</c>, <c>Name</c>, and <c>Signature</c> where there is one.</summary>
    PartStart,

    /// <summary>More of the open part's text (for a tool call: of its arguments) in <c>Text</c>.</summary>
    Text,

    /// <summary>The vendor's seal over the open thinking part, in <c>Text</c>.</summary>
    Signature,

    /// <summary>The open part ends. Parts of one choice never overlap: the reader closes one before it opens the next.</summary>
    PartEnd,

    /// <summary>A part that only its own dialect can say, whole, in <c>Opaque</c>.</summary>
    Opaque,

    /// <summary>A picture or a sound, whole, in <c>Media</c>.</summary>
    Media,

    /// <summary>The choice ends: <c>Stop</c>, and in <c>Text</c> the stop text that was met.</summary>
    Stop,

    /// <summary>What was used so far, in <c>Usage</c>; a later one replaces it.</summary>
    Usage,

    /// <summary>The upstream's terminal event. Exactly once, last.</summary>
    End,
}

/// <summary>Kinds of parts that are streamed.</summary>
public enum DeltaPart
{
    /// <summary>Text for the reader.</summary>
    Text,

    /// <summary>Thoughts.</summary>
    Thinking,

    /// <summary>Sealed thoughts; the seal comes as <see cref="DeltaKind.Signature"/>.</summary>
    RedactedThinking,

    /// <summary>A tool call.</summary>
    ToolCall,

    /// <summary>A refusal.</summary>
    Refusal,
}

/// <summary>One step of a streamed answer. Which members are set depends on <see cref="Kind"/>.</summary>
public readonly record struct ChatDelta(DeltaKind Kind)
{
    /// <summary>The choice, from 0.</summary>
    public int Choice { get; init; }

    /// <summary>Number of the part within its choice, from 0, counted by the reader.</summary>
    public int Index { get; init; }

    /// <summary>Kind of the part that opens or ends, or whose text this is.</summary>
    public DeltaPart Part { get; init; }

    /// <summary>Text of this step.</summary>
    public string? Text { get; init; }

    /// <summary>Id of the answer or of the tool call.</summary>
    public string? Id { get; init; }

    /// <summary>Name of the model or of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>See <see cref="ToolCallPart.Signature"/>.</summary>
    public string? Signature { get; init; }

    /// <summary>Why the choice ended.</summary>
    public StopReason Stop { get; init; }

    /// <summary>What was used.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>The tier that is served, in the upstream's words, with <see cref="DeltaKind.Start"/> or <see cref="DeltaKind.Usage"/>; null = not told (again).</summary>
    public string? ServiceTier { get; init; }

    /// <summary>An <see cref="ImagePart"/> or a <see cref="MediaPart"/>.</summary>
    public ContentPart? Media { get; init; }

    /// <summary>An opaque part, whole. At the <see cref="DeltaKind.PartEnd"/> of a text: its sources, as <see cref="TextPart.Citations"/> has them, under the kind <c>citations</c>.</summary>
    public OpaquePart? Opaque { get; init; }
}
