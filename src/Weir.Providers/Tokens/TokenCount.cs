namespace Weir.Providers.Tokens;

/// <summary>Tokens counted here, and how.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="Tokenizer">Name of the encoding, e.g. <c>o200k_base</c>.</param>
/// <param name="Exact">False when a part was too long to count and was taken in proportion, or is an approximation by nature (tools, images).</param>
public readonly record struct TokenCount(long Tokens, string Tokenizer, bool Exact)
{
    /// <summary>What LiteLLM's <c>/utils/token_counter</c> calls tokenizers of this family.</summary>
    public const string TokenizerType = "openai_tokenizer";
}
