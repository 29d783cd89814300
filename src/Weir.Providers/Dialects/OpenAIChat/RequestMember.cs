using System.Collections.Frozen;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// The top-level members of an OpenAI-shaped body that the gateway decides on. A body that holds one of them twice, or under another
/// case, is refused: what Weir decided on is what the upstream reads.
/// </summary>
public enum RequestMember : byte
{
    /// <summary>Not one that is read; passed on untouched.</summary>
    Unknown,

    // Read and passed on.
    /// <summary><c>model</c>.</summary>
    Model,

    /// <summary><c>stream</c>.</summary>
    Stream,

    /// <summary><c>stream_options</c>.</summary>
    StreamOptions,

    /// <summary><c>messages</c>.</summary>
    Messages,

    /// <summary><c>prompt</c>.</summary>
    Prompt,

    /// <summary><c>input</c>.</summary>
    Input,

    /// <summary><c>max_tokens</c>.</summary>
    MaxTokens,

    /// <summary><c>max_completion_tokens</c>.</summary>
    MaxCompletionTokens,

    /// <summary><c>n</c>.</summary>
    N,

    /// <summary><c>user</c>.</summary>
    User,

    /// <summary><c>tools</c>.</summary>
    Tools,

    /// <summary><c>response_format</c>.</summary>
    ResponseFormat,

    /// <summary><c>service_tier</c>.</summary>
    ServiceTier,

    /// <summary><c>max_output_tokens</c> (Responses).</summary>
    MaxOutputTokens,

    /// <summary><c>system</c> (Anthropic).</summary>
    System,

    /// <summary><c>instructions</c> (Responses).</summary>
    Instructions,

    /// <summary><c>previous_response_id</c> (Responses).</summary>
    PreviousResponseId,

    /// <summary><c>conversation</c> (Responses).</summary>
    Conversation,

    /// <summary><c>contents</c> (Gemini).</summary>
    Contents,

    /// <summary><c>systemInstruction</c> or <c>system_instruction</c> (Gemini).</summary>
    SystemInstruction,

    /// <summary><c>generationConfig</c> or <c>generation_config</c> (Gemini).</summary>
    GenerationConfig,

    /// <summary><c>query</c> (rerank).</summary>
    Query,

    /// <summary><c>documents</c> (rerank).</summary>
    Documents,

    /// <summary><c>stream_format</c> (speech).</summary>
    StreamFormat,

    /// <summary><c>size</c> (images).</summary>
    Size,

    /// <summary><c>quality</c> (images).</summary>
    Quality,

    // Read and taken out before the body leaves: LiteLLM's own members.
    /// <summary><c>metadata</c>.</summary>
    Metadata,

    /// <summary><c>litellm_metadata</c>.</summary>
    LiteLlmMetadata,

    /// <summary><c>tags</c>.</summary>
    Tags,

    /// <summary><c>num_retries</c>.</summary>
    NumRetries,

    /// <summary><c>timeout</c> in seconds.</summary>
    Timeout,

    /// <summary><c>stream_timeout</c> in seconds.</summary>
    StreamTimeout,

    /// <summary><c>fallbacks</c>.</summary>
    Fallbacks,

    /// <summary><c>context_window_fallbacks</c>.</summary>
    ContextWindowFallbacks,

    /// <summary><c>content_policy_fallbacks</c>.</summary>
    ContentPolicyFallbacks,

    /// <summary><c>disable_fallbacks</c>.</summary>
    DisableFallbacks,

    /// <summary><c>mock_response</c>.</summary>
    MockResponse,

    /// <summary><c>mock_tool_calls</c>.</summary>
    MockToolCalls,

    /// <summary><c>drop_params</c>.</summary>
    DropParams,

    /// <summary><c>additional_drop_params</c>.</summary>
    AdditionalDropParams,

    /// <summary><c>allowed_openai_params</c>.</summary>
    AllowedOpenAiParams,

    /// <summary><c>guardrails</c>.</summary>
    Guardrails,

    /// <summary><c>policies</c>.</summary>
    Policies,

    /// <summary><c>cache</c>.</summary>
    Cache,

    /// <summary><c>no-log</c>.</summary>
    NoLog,

    /// <summary><c>litellm_session_id</c>, <c>litellm_trace_id</c>, <c>litellm_call_id</c>, ...: read by nobody here, taken out.</summary>
    LiteLlmOwn,

    /// <summary><c>enable_tag_filtering</c>: not the client's to decide; taken out.</summary>
    EnableTagFiltering,

    /// <summary><c>extra_headers</c>.</summary>
    ExtraHeaders,

    /// <summary><c>extra_body</c>.</summary>
    ExtraBody,

    /// <summary>A <c>mock_testing_*</c>, <c>mock_timeout</c> or <c>mock_delay</c> member.</summary>
    MockTesting,

    // Name an endpoint or a credential: refused unless the deployment lets the client set them.
    /// <summary><c>api_base</c>.</summary>
    ApiBase,

    /// <summary><c>base_url</c>.</summary>
    BaseUrl,

    /// <summary><c>api_key</c>.</summary>
    ApiKey,

    /// <summary><c>api_version</c>.</summary>
    ApiVersion,

    /// <summary><c>aws_*</c>, <c>vertex_*</c>, <c>*_endpoint</c>, <c>azure_ad_token</c> and other names of endpoints and credentials.</summary>
    OtherCredential,
}

/// <summary>Names of the members, and what becomes of each.</summary>
public static class RequestMembers
{
    private static readonly Dictionary<string, RequestMember> Names = new(StringComparer.Ordinal)
    {
        ["model"] = RequestMember.Model,
        ["stream"] = RequestMember.Stream,
        ["stream_options"] = RequestMember.StreamOptions,
        ["messages"] = RequestMember.Messages,
        ["prompt"] = RequestMember.Prompt,
        ["input"] = RequestMember.Input,
        ["max_tokens"] = RequestMember.MaxTokens,
        ["max_completion_tokens"] = RequestMember.MaxCompletionTokens,
        ["n"] = RequestMember.N,
        ["user"] = RequestMember.User,
        ["tools"] = RequestMember.Tools,
        ["response_format"] = RequestMember.ResponseFormat,
        ["service_tier"] = RequestMember.ServiceTier,
        ["max_output_tokens"] = RequestMember.MaxOutputTokens,
        ["system"] = RequestMember.System,
        ["instructions"] = RequestMember.Instructions,
        ["previous_response_id"] = RequestMember.PreviousResponseId,
        ["conversation"] = RequestMember.Conversation,
        ["contents"] = RequestMember.Contents,
        ["systemInstruction"] = RequestMember.SystemInstruction,
        ["system_instruction"] = RequestMember.SystemInstruction,
        ["generationConfig"] = RequestMember.GenerationConfig,
        ["generation_config"] = RequestMember.GenerationConfig,
        ["query"] = RequestMember.Query,
        ["documents"] = RequestMember.Documents,
        ["stream_format"] = RequestMember.StreamFormat,
        ["size"] = RequestMember.Size,
        ["quality"] = RequestMember.Quality,
        ["metadata"] = RequestMember.Metadata,
        ["litellm_metadata"] = RequestMember.LiteLlmMetadata,
        ["tags"] = RequestMember.Tags,
        ["num_retries"] = RequestMember.NumRetries,
        ["timeout"] = RequestMember.Timeout,
        ["stream_timeout"] = RequestMember.StreamTimeout,
        ["fallbacks"] = RequestMember.Fallbacks,
        ["context_window_fallbacks"] = RequestMember.ContextWindowFallbacks,
        ["content_policy_fallbacks"] = RequestMember.ContentPolicyFallbacks,
        ["disable_fallbacks"] = RequestMember.DisableFallbacks,
        ["mock_response"] = RequestMember.MockResponse,
        ["mock_tool_calls"] = RequestMember.MockToolCalls,
        ["drop_params"] = RequestMember.DropParams,
        ["additional_drop_params"] = RequestMember.AdditionalDropParams,
        ["allowed_openai_params"] = RequestMember.AllowedOpenAiParams,
        ["guardrails"] = RequestMember.Guardrails,
        ["policies"] = RequestMember.Policies,
        ["cache"] = RequestMember.Cache,
        ["no-log"] = RequestMember.NoLog,
        ["litellm_session_id"] = RequestMember.LiteLlmOwn,
        ["litellm_trace_id"] = RequestMember.LiteLlmOwn,
        ["litellm_call_id"] = RequestMember.LiteLlmOwn,
        ["litellm_logging_obj"] = RequestMember.LiteLlmOwn,
        ["litellm_parent_otel_span"] = RequestMember.LiteLlmOwn,
        ["proxy_server_request"] = RequestMember.LiteLlmOwn,
        ["enable_tag_filtering"] = RequestMember.EnableTagFiltering,
        ["extra_headers"] = RequestMember.ExtraHeaders,
        ["extra_body"] = RequestMember.ExtraBody,
        ["mock_timeout"] = RequestMember.MockTesting,
        ["mock_delay"] = RequestMember.MockTesting,
        ["mock_testing_fallbacks"] = RequestMember.MockTesting,
        ["mock_testing_context_fallbacks"] = RequestMember.MockTesting,
        ["mock_testing_context_window_fallbacks"] = RequestMember.MockTesting,
        ["mock_testing_content_policy_fallbacks"] = RequestMember.MockTesting,
        ["mock_testing_rate_limit_error"] = RequestMember.MockTesting,
        ["api_base"] = RequestMember.ApiBase,
        ["base_url"] = RequestMember.BaseUrl,
        ["api_key"] = RequestMember.ApiKey,
        ["api_version"] = RequestMember.ApiVersion,
        ["azure_ad_token"] = RequestMember.OtherCredential,
        ["azure_ad_token_provider"] = RequestMember.OtherCredential,
        ["custom_llm_provider"] = RequestMember.OtherCredential,
        ["organization"] = RequestMember.OtherCredential,
        ["litellm_credential_name"] = RequestMember.OtherCredential,
        ["user_config"] = RequestMember.OtherCredential,
        ["client_secret"] = RequestMember.OtherCredential,
        ["tenant_id"] = RequestMember.OtherCredential,
        ["region_name"] = RequestMember.OtherCredential,
        ["headers"] = RequestMember.OtherCredential,
        ["ssl_verify"] = RequestMember.OtherCredential,
    };

    private static readonly FrozenDictionary<string, KeyValuePair<string, RequestMember>>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Names.ToFrozenDictionary(name => name.Key, name => name, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Longest name that can be known, in bytes after unescaping.</summary>
    internal const int LongestName = 64;

    /// <summary>True for members that must not reach an upstream.</summary>
    /// <param name="member">The member.</param>
    /// <param name="format">The body's format: in Responses and Messages <c>metadata</c> is the vendor's own, and LiteLLM's is <c>litellm_metadata</c>.</param>
    public static bool IsTakenOut(RequestMember member, WireFormat format) =>
        member == RequestMember.Metadata
            ? format is not (WireFormat.OpenAIResponses or WireFormat.AnthropicMessages)
            : member is > RequestMember.Metadata and <= RequestMember.MockTesting;

    /// <summary>True for members that name an endpoint or a credential.</summary>
    public static bool NamesEndpointOrCredential(RequestMember member) => member >= RequestMember.ApiBase;

    /// <summary>The member that <paramref name="name"/> means, whatever its case; <see cref="RequestMember.Unknown"/> for one that nobody here reads.</summary>
    public static RequestMember Find(string name) => Find(System.Text.Encoding.UTF8.GetBytes(name), out _);

    /// <summary>Whether some upstream could take <paramref name="name"/> for <paramref name="expected"/> (ASCII) although it is another name.</summary>
    internal static bool LooksLike(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected)
    {
        Span<char> text = stackalloc char[LongestName];
        return name.Length <= LongestName && TryFold(name, text, out var length) && System.Text.Ascii.EqualsIgnoreCase(expected, text[..length]);
    }

    /// <summary>
    /// Widens a name to characters. Two letters outside ASCII fold to ASCII ones under Unicode's simple case folding, by which Go's decoder
    /// matches names: the long s (U+017F) and the Kelvin sign (U+212A). False for any other letter outside ASCII.
    /// </summary>
    private static bool TryFold(ReadOnlySpan<byte> name, Span<char> text, out int length)
    {
        length = 0;
        for (var i = 0; i < name.Length;)
        {
            if (name[i] < 0x80)
            {
                text[length++] = (char)name[i++];
            }
            else if (name[i..].StartsWith("\u017F"u8))
            {
                text[length++] = 's';
                i += 2;
            }
            else if (name[i..].StartsWith("\u212A"u8))
            {
                text[length++] = 'k';
                i += 3;
            }
            else
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The member that <paramref name="name"/> (unescaped UTF-8) means, whatever its case; <paramref name="exact"/> tells whether the case is right too.</summary>
    internal static RequestMember Find(ReadOnlySpan<byte> name, out bool exact)
    {
        exact = true;
        if (name.Length is 0 or > LongestName)
        {
            return RequestMember.Unknown;
        }
        Span<char> text = stackalloc char[LongestName];
        if (!TryFold(name, text, out var length))
        {
            return RequestMember.Unknown;
        }
        var chars = text[..length];
        if (Lookup.TryGetValue(chars, out var known))
        {
            exact = length == name.Length && chars.SequenceEqual(known.Key);
            return known.Value;
        }
        return chars.StartsWith("aws_", StringComparison.OrdinalIgnoreCase) ||
            chars.StartsWith("vertex_", StringComparison.OrdinalIgnoreCase) ||
            chars.EndsWith("_endpoint", StringComparison.OrdinalIgnoreCase)
            ? RequestMember.OtherCredential
            : chars.StartsWith("mock_testing_", StringComparison.OrdinalIgnoreCase) ? RequestMember.MockTesting : RequestMember.Unknown;
    }
}
