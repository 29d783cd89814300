using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What the gateway reads in answers of OpenAI's chat, text completions and embeddings while they pass through.</summary>
public sealed class OpenAIChatGlance : IDialectGlance
{
    /// <summary>The one there is.</summary>
    public static readonly OpenAIChatGlance Instance = new();

    private static readonly byte[] Done = [.. "data: [DONE]\n\n"u8];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> MissingTerminal => Done;

    /// <inheritdoc/>
    public AnswerFacts ReadFacts(ReadOnlySpan<byte> answer)
    {
        var read = Answer.Read(answer);
        var usage = default(TokenUsage);
        if (read.Usage.Length > 0)
        {
            UsageReader.TryRead(answer[read.Usage.Start..read.Usage.End], ref usage);
        }
        return new AnswerFacts(read.IsJsonObject, read.HasError, usage, read.Tier);
    }

    /// <inheritdoc/>
    public EventTraits Look(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool contentSeen, ref StreamFacts facts)
    {
        if (data.TrimEnd((byte)' ').SequenceEqual(StreamChunk.Done))
        {
            return EventTraits.Terminal;
        }
        var traits = StreamChunk.Finishes(data) ? EventTraits.Finish : EventTraits.None;
        if (contentSeen && !StreamChunk.MayMatter(data))
        {
            return traits;
        }
        var chunk = StreamChunk.Read(data, out var usage, out var tier);
        if (tier != ServiceTier.Standard)
        {
            facts.Tier = tier;
        }
        if ((chunk & ChunkTraits.Usage) != 0)
        {
            UsageReader.TryRead(data[usage.Start..usage.End], ref facts.Usage);
            traits |= EventTraits.Usage;
        }
        traits |= (chunk & ChunkTraits.Error) != 0 ? EventTraits.Error : EventTraits.None;
        traits |= (chunk & ChunkTraits.Garbage) != 0 ? EventTraits.Garbage : EventTraits.None;
        traits |= (chunk & ChunkTraits.Content) != 0 ? EventTraits.Content : EventTraits.None;
        if ((chunk & ChunkTraits.NoChoices) != 0)
        {
            traits |= (chunk & ChunkTraits.Usage) != 0 ? EventTraits.UsageOnly : EventTraits.None;
            traits |= (chunk & ChunkTraits.PromptFilter) != 0 ? EventTraits.PromptFilter : EventTraits.None;
        }
        return traits;
    }

    /// <inheritdoc/>
    public void KeepText(ReadOnlySpan<byte> json, OutputText output)
    {
        var any = output.Take(json, "\"content\":"u8) | output.Take(json, "\"arguments\":"u8);
        // Some vendors send the same reasoning under two names, and once more as text parts: the first that speaks counts.
        any |= output.Take(json, "\"reasoning_content\":"u8) || output.Take(json, "\"reasoning\":"u8);
        if (!any)
        {
            output.Take(json, "\"text\":"u8);
        }
    }
}
