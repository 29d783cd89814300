namespace Weir.Providers.Upstream;

/// <summary>
/// The words by which vendors say the few things that routing must tell apart and that a status does not: too long, refused by a
/// content filter, wrong key. Codes are compared whole, phrases are looked for anywhere, both without regard to case.
/// </summary>
internal static class FaultPhrases
{
    private static readonly string[] ContextCodes =
        ["context_length_exceeded", "context_window_exceeded", "exceed_context_size_error", "string_above_max_length", "input_too_long", "max_tokens_exceeded"];

    private static readonly string[] ContextPhrases =
    [
        "context_length_exceeded",
        "context length exceeded",
        "maximum context length",                        // OpenAI, vLLM, Mistral, DeepSeek
        "maximum context limit",
        "maximum prompt length",                         // xAI
        "exceeds the context window",
        "exceed context limit",                          // Anthropic behind compatible faces
        "exceeds the available context size",            // llama.cpp
        "exceeds context size",
        "exceeds the model's context",
        "longer than the model's context length",        // Databricks, Groq
        "longer than the maximum model length",          // vLLM
        "greater than the context length",               // LM Studio
        "loaded with context length of only",            // LM Studio
        "context window is full",
        "prompt is too long",
        "prompt too long",
        "input is too long",
        "input length exceeds",                          // Ollama embeddings
        "input token count exceeds",
        "exceeds the maximum number of tokens",          // Gemini's compatible face
        "input tokens exceed the configured limit",      // newer OpenAI models
        "tokens + `max_new_tokens` must be",             // Hugging Face TGI
        "string too long. expected a string with maximum length",
        "reduce the length of the messages",
        "reduce the length of your prompt",
        "range of input length should be",               // DashScope
        "too large for model with",                      // Mistral
    ];

    private static readonly string[] ContentCodes =
    [
        "content_filter", "content_policy_violation", "responsibleaipolicyviolation", "moderation_blocked", "data_inspection_failed",
        "datainspectionfailed", "content_filter_error", "content_moderation", "safety_violation",
    ];

    private static readonly string[] ContentPhrases =
    [
        "content management policy",                     // Azure
        "responsibleaipolicyviolation",
        "content_policy_violation",
        "content_filter_policy",
        "content filtering policy",                      // Anthropic
        "rejected as a result of our safety system",     // OpenAI images
        "violating our usage policy",                    // OpenAI reasoning models
        "violates our usage policies",
        "inappropriate content",                         // DashScope
        "flagged by moderation",
        "requires moderation on",                        // OpenRouter
        "safety_check_failed",
        "content exists risk",                           // DeepSeek
    ];

    private static readonly string[] KeyCodes = ["invalid_api_key", "authentication_error", "unauthenticated", "invalid_authentication", "expiredtokenexception", "unrecognizedclientexception", "invalidsignatureexception"];

    private static readonly string[] KeyPhrases = ["incorrect api key provided", "api key not valid", "invalid api key", "no api key provided"];

    private static readonly string[] MissingCodes = ["model_not_found", "deploymentnotfound", "modelnotfound", "resourcenotfoundexception"];

    /// <summary>The prompt is longer than the model's context.</summary>
    public static bool TooLong(FaultBody body) => Code(body, ContextCodes) || Phrase(body, ContextPhrases);

    /// <summary>A content filter refused.</summary>
    public static bool Filtered(FaultBody body) => Code(body, ContentCodes) || Phrase(body, ContentPhrases);

    /// <summary>The key is wrong, whatever the status says.</summary>
    public static bool WrongKey(FaultBody body) => Code(body, KeyCodes) || Phrase(body, KeyPhrases);

    /// <summary>The model or deployment does not exist.</summary>
    public static bool NoSuchModel(FaultBody body) => Code(body, MissingCodes);

    private static bool Code(FaultBody body, string[] codes)
    {
        foreach (var code in codes)
        {
            if (code.Equals(body.Code, StringComparison.OrdinalIgnoreCase)
                || code.Equals(body.Type, StringComparison.OrdinalIgnoreCase)
                || code.Equals(body.InnerCode, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Phrase(FaultBody body, string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            if (body.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
