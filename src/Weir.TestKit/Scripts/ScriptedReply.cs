using System.Collections.Immutable;

namespace Weir.TestKit.Scripts;

/// <summary>A call of a tool that the model makes.</summary>
/// <param name="Name">Name of the function.</param>
/// <param name="Arguments">Its arguments as JSON text.</param>
public sealed record ScriptedToolCall(string Name, string Arguments);

/// <summary>Usage to report instead of the counted one.</summary>
/// <param name="PromptTokens">Tokens of the prompt, the cached ones included.</param>
/// <param name="CompletionTokens">Tokens of the answer, the reasoning ones included.</param>
/// <param name="CachedTokens">Tokens of the prompt that came from a cache.</param>
/// <param name="ReasoningTokens">Tokens of the answer that nobody sees.</param>
/// <param name="CacheWriteTokens">Tokens of the prompt that were written to a cache.</param>
public sealed record ScriptedUsage(int PromptTokens, int CompletionTokens, int CachedTokens = 0, int ReasoningTokens = 0, int CacheWriteTokens = 0);

/// <summary>One answer of the model.</summary>
public sealed record ScriptedReply
{
    /// <summary>The text; null beside tool calls.</summary>
    public string? Text { get; init; }

    /// <summary>Tools to call. They are called also when the request offers none, so that a gateway's checks can be tested.</summary>
    public ImmutableArray<ScriptedToolCall> ToolCalls { get; init; } = [];

    /// <summary>What the model thinks before it answers; null = a sentence of its own when the request asks to see it, else nothing.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The thoughts are shown only encrypted (Anthropic's <c>redacted_thinking</c>, Bedrock's <c>redactedContent</c>).</summary>
    public bool RedactedReasoning { get; init; }

    /// <summary>The model declines, with these words.</summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// <c>finish_reason</c> in OpenAI's words (<c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>), which each dialect
    /// translates; another word goes out as it is. Null = by what the answer holds.
    /// </summary>
    public string? FinishReason { get; init; }

    /// <summary>Usage to report; null = counted by <see cref="Tokens"/>.</summary>
    public ScriptedUsage? Usage { get; init; }

    /// <summary>An answer of plain text.</summary>
    public static ScriptedReply Say(string text) => new() { Text = text };

    /// <summary>The model declines.</summary>
    public static ScriptedReply Refuse(string words) => new() { Refusal = words };

    /// <summary>An answer that calls one tool.</summary>
    public static ScriptedReply Call(string name, string arguments) => new() { ToolCalls = [new(name, arguments)] };
}
