namespace Weir.Providers.Neutral;

/// <summary>Why a model stopped.</summary>
public enum StopReason
{
    /// <summary>Not told (yet).</summary>
    None,

    /// <summary>It was done.</summary>
    EndTurn,

    /// <summary>The limit of output tokens.</summary>
    MaxTokens,

    /// <summary>One of the stop texts.</summary>
    StopSequence,

    /// <summary>It wants a tool.</summary>
    ToolUse,

    /// <summary>A filter of the vendor cut it off, or the model refused.</summary>
    ContentFilter,

    /// <summary>A long turn was paused and can be continued (Anthropic's <c>pause_turn</c>).</summary>
    Pause,

    /// <summary>The context window is full.</summary>
    ContextWindow,

    /// <summary>The vendor failed, or the call that it made was malformed.</summary>
    Error,
}

/// <summary>A whole answer.</summary>
public sealed class ChatResult
{
    /// <summary>The upstream's id; empty when it has none.</summary>
    public string Id { get; set; } = "";

    /// <summary>The upstream's name of the model.</summary>
    public string Model { get; set; } = "";

    /// <summary>When it was made, seconds since 1970; 0 when not told.</summary>
    public long Created { get; set; }

    /// <summary>The answers, mostly one.</summary>
    public List<ChatChoice> Choices { get; } = [];

    /// <summary>What was used.</summary>
    public TokenUsage Usage { get; set; }

    /// <summary>Names of what the answer holds and this form has no place for (<c>logprobs</c>).</summary>
    public List<string> Untold { get; } = [];

    /// <summary>The tier that was served, in the upstream's words.</summary>
    public string? ServiceTier { get; set; }
}

/// <summary>One answer.</summary>
public sealed class ChatChoice
{
    /// <summary>Its number, from 0.</summary>
    public int Index { get; set; }

    /// <summary>What the model says.</summary>
    public List<ContentPart> Parts { get; } = [];

    /// <summary>Why it stopped.</summary>
    public StopReason Stop { get; set; }

    /// <summary>The stop text that was met.</summary>
    public string? StopSequence { get; set; }
}
