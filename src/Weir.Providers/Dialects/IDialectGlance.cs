using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects;

/// <summary>What one event of a stream means to the gateway.</summary>
[Flags]
public enum EventTraits
{
    /// <summary>Nothing that matters: lifecycle, role, keep-alive.</summary>
    None = 0,

    /// <summary>Holds something that a client would show or act on: text, tool call, reasoning, finish reason.</summary>
    Content = 1,

    /// <summary>Tells usage (already added to <see cref="StreamFacts"/>).</summary>
    Usage = 2,

    /// <summary>The answer is complete although the terminal event has not come: a stream that ends after it ends in order.</summary>
    Finish = 4,

    /// <summary>The dialect's terminal event: nothing follows.</summary>
    Terminal = 8,

    /// <summary>Terminal if the stream ends right after it, an ordinary event if not (dialects without a terminal event of their own).</summary>
    MayBeLast = 16,

    /// <summary>An error: the upstream gave up. The event is never passed on, for it may repeat a credential.</summary>
    Error = 32,

    /// <summary>Not of this dialect (not JSON).</summary>
    Garbage = 64,

    /// <summary>Usage alone, which OpenAI chat sends only to those who ask: kept back when the gateway asked and the caller did not.</summary>
    UsageOnly = 128,

    /// <summary>Azure's annotation of the prompt, in a chunk of its own.</summary>
    PromptFilter = 256,
}

/// <summary>What a stream has told so far.</summary>
public struct StreamFacts
{
    /// <summary>Tokens; a later word of the upstream replaces or completes an earlier one, as the dialect has it.</summary>
    public TokenUsage Usage;

    /// <summary>The service tier that the upstream says it served.</summary>
    public ServiceTier Tier;

    /// <summary>What was used besides tokens.</summary>
    public MediaUse Media;
}

/// <summary>What the gateway reads in a whole answer that passes through.</summary>
/// <param name="IsJsonObject">False for garbage, a cut body, or anything after the object.</param>
/// <param name="HasError">A success status that carries an error object.</param>
/// <param name="Usage">Tokens; <see cref="TokenUsage.IsEmpty"/> when the upstream told none.</param>
/// <param name="Tier">The service tier that was served.</param>
public readonly record struct AnswerFacts(bool IsJsonObject, bool HasError, TokenUsage Usage, ServiceTier Tier)
{
    /// <summary>What was used besides tokens.</summary>
    public MediaUse Media { get; init; }
}

/// <summary>
/// What the gateway reads in answers of a dialect while their bytes pass through untouched. Stateless, allocates nothing, one pass.
/// </summary>
public interface IDialectGlance
{
    /// <summary>Reads a whole answer.</summary>
    AnswerFacts ReadFacts(ReadOnlySpan<byte> answer);

    /// <summary>Looks into one event of a stream.</summary>
    /// <param name="name">The event's name; empty when it has none.</param>
    /// <param name="data">Its data, not empty.</param>
    /// <param name="contentSeen">Whether an earlier event had content: then only what is not content needs a full look.</param>
    /// <param name="facts">Takes usage and tier.</param>
    EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts);

    /// <summary>The terminal event for a stream whose upstream left it out after <see cref="EventTraits.Finish"/>; empty when the dialect has none.</summary>
    ReadOnlyMemory<byte> MissingTerminal => default;

    /// <summary>Keeps the generated text of an event or a whole answer, for counting should the upstream tell no usage.</summary>
    void KeepText(ReadOnlySpan<byte> json, OutputText output);
}
