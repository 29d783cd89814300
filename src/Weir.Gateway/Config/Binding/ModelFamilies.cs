namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Whose models begin with a name, for a model that is written without a prefix and that the price book does not list: LiteLLM knows those
/// names from its own list, which also holds image, speech and retired models and grows between two releases of Weir.
/// </summary>
internal static class ModelFamilies
{
    private static readonly (string Beginning, string Provider)[] s_families =
    [
        ("gpt-", "openai"), ("chatgpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4-", "openai"), ("dall-e-", "openai"), ("whisper-1", "openai"),
        ("tts-1", "openai"), ("text-embedding-3-", "openai"), ("text-embedding-ada-", "openai"), ("omni-moderation-", "openai"), ("text-moderation-", "openai"),
        ("computer-use-", "openai"), ("codex-mini", "openai"), ("sora-", "openai"), ("babbage-002", "openai"), ("davinci-002", "openai"),
        ("claude-", "anthropic"),
        ("gemini-", "vertex_ai"), ("imagen-", "vertex_ai"), ("imagegeneration@", "vertex_ai"), ("text-embedding-00", "vertex_ai"),
        ("text-multilingual-embedding-", "vertex_ai"), ("textembedding-gecko", "vertex_ai"), ("multimodalembedding", "vertex_ai"),
        ("command-", "cohere"), ("embed-english-", "cohere"), ("embed-multilingual-", "cohere"), ("rerank-", "cohere"),
        ("amazon.", "bedrock"), ("anthropic.", "bedrock"), ("meta.", "bedrock"), ("mistral.", "bedrock"), ("cohere.", "bedrock"), ("ai21.", "bedrock"),
        ("stability.", "bedrock"), ("us.", "bedrock"), ("eu.", "bedrock"), ("apac.", "bedrock"), ("global.", "bedrock"),
    ];

    /// <summary>
    /// Makers of open weights take up these names too, so a model that carries one is nobody's: it needs its server's prefix.
    /// </summary>
    private static readonly string[] s_open = ["gpt-oss", "gpt-j", "gpt-neo", "gpt2", "gpt-2"];

    /// <summary>The provider; null when the name begins like none.</summary>
    /// <param name="model">The name.</param>
    /// <param name="elsewhere">The deployment has an address of its own: then only a server that speaks OpenAI's format can be meant.</param>
    public static string? Find(string model, bool elsewhere)
    {
        if (model.Contains('/', StringComparison.Ordinal) || Array.Exists(s_open, open => model.StartsWith(open, StringComparison.Ordinal)))
        {
            return null;
        }

        var found = Array.Find(s_families, family => model.StartsWith(family.Beginning, StringComparison.Ordinal));
        return elsewhere && found.Provider != "openai" ? null : found.Provider;
    }
}
