namespace Weir.Providers.Tests.Dialects.Coverage;

/// <summary>Why a cell of the coverage table is empty. A cell that nothing here explains fails the test.</summary>
internal static class EmptyCells
{
    private const string Whole = "only a stream has it";
    private const string InRequests = "only a request says it, and requests are not streamed";

    /// <summary>What a dialect can't say, neither as the one that comes in nor as the one that goes out.</summary>
    private static readonly Dictionary<(WireFormat Format, string Feature), string> Unsayable = new()
    {
        [(WireFormat.OpenAIChat, "tool_result_image")] = "OpenAI chat takes pictures from the user only: those of a result follow in a message of the user",
        [(WireFormat.OpenAIChat, "documents")] = "OpenAI chat takes documents as bytes or by an upload's id: an address is refused",
        [(WireFormat.OpenAIChat, "tool_error")] = "OpenAI chat has no mark for a tool's failure",
        [(WireFormat.OpenAIResponses, "tool_error")] = "Responses has no mark for a tool's failure",
        [(WireFormat.OpenAIResponses, "stop_sequence")] = "Responses takes no stop texts",
        [(WireFormat.OpenAIResponses, "seed")] = "Responses takes no seed",
        [(WireFormat.OpenAIResponses, "n")] = "Responses gives one answer",
        [(WireFormat.OpenAIResponses, "cache_control")] = "Responses caches unasked and takes no marks",
        [(WireFormat.AnthropicMessages, "audio")] = "Anthropic's models neither hear nor speak",
        [(WireFormat.AnthropicMessages, "json_object")] = "Anthropic has no mode for any JSON object: a tool that the gateway forces stands for it",
        [(WireFormat.AnthropicMessages, "seed")] = "Anthropic takes no seed",
        [(WireFormat.AnthropicMessages, "n")] = "Anthropic gives one answer",
        [(WireFormat.AnthropicMessages, "refusal")] = "Anthropic refuses in a text, with a stop reason of its own",
        [(WireFormat.GeminiGenerate, "end_user")] = "Gemini has no place for the caller's user",
        [(WireFormat.GeminiGenerate, "cache_control")] = "Gemini caches by itself or by a name, not by marks",
        [(WireFormat.GeminiGenerate, "usage_cache_write")] = "Gemini tells no tokens written to the cache",
        [(WireFormat.GeminiGenerate, "refusal")] = "Gemini refuses in a text or by a filter",
        [(WireFormat.GeminiGenerate, "redacted_thinking")] = "Gemini hides no thoughts",
        [(WireFormat.GeminiGenerate, "service_tier")] = "Gemini has no service tiers",
        [(WireFormat.BedrockConverse, "audio")] = "Converse takes no sounds",
        [(WireFormat.BedrockConverse, "image_url")] = "Converse takes pictures as bytes only",
        [(WireFormat.BedrockConverse, "json_object")] = "Converse has no mode for JSON: a tool that the gateway forces stands for it",
        [(WireFormat.BedrockConverse, "seed")] = "Converse takes no seed",
        [(WireFormat.BedrockConverse, "n")] = "Converse gives one answer",
        [(WireFormat.BedrockConverse, "end_user")] = "Converse has no place for the caller's user",
        [(WireFormat.BedrockConverse, "refusal")] = "Converse refuses in a text or by a guardrail",
        [(WireFormat.BedrockConverse, "usage_reasoning")] = "Converse counts thoughts among the output",
    };

    /// <summary>What only the whole answer of a dialect can say.</summary>
    private static readonly Dictionary<(WireFormat Format, string Feature), string> UnsayableStreamed = new()
    {
        [(WireFormat.OpenAIChat, "builtin_tool")] = "OpenAI chat's streams hold nothing of tools that run at a vendor",
        [(WireFormat.OpenAIChat, "stop_sequence")] = "OpenAI chat says `stop` whether or not a stop text was met",
        [(WireFormat.BedrockConverse, "builtin_tool")] = "Converse's streams hold nothing of tools that run at a vendor",
        [(WireFormat.GeminiGenerate, "stop_sequence")] = "Gemini says `STOP` whether or not a stop text was met",
    };

    /// <summary>What holds whatever the two dialects are, for what they both can say.</summary>
    private static readonly Dictionary<string, string> NotAcross = new()
    {
        ["builtin_tool"] = "what runs at a vendor is that vendor's; only what has a counterpart crosses",
        ["citations"] = "sources quote what they cite in one dialect and point at pages in another",
    };

    private static readonly Dictionary<string, string> NotStreamed = new()
    {
        ["audio"] = "a neutral stream carries texts and calls, no sounds",
        ["images"] = "pictures in a stream are read by Gemini, Responses and, as LiteLLM has them, OpenAI chat",
        ["json_object"] = "how an answer in JSON is streamed is how a text is streamed",
        ["json_schema"] = "how an answer in JSON is streamed is how a text is streamed",
        ["service_tier"] = "the tier has no word in the other dialect",
    };

    /// <summary>The reason; null when there is none.</summary>
    internal static string? Reason(string feature, WireFormat from, WireFormat to, bool streamed)
    {
        if (feature == "error_in_stream")
        {
            return streamed ? null : Whole;
        }
        if (streamed && Features.OfRequests.Contains(feature))
        {
            return InRequests;
        }
        return Unsayable.GetValueOrDefault((to, feature)) ?? Unsayable.GetValueOrDefault((from, feature))
            ?? (streamed ? UnsayableStreamed.GetValueOrDefault((to, feature)) ?? UnsayableStreamed.GetValueOrDefault((from, feature)) ?? NotStreamed.GetValueOrDefault(feature) : null)
            ?? (from != to ? NotAcross.GetValueOrDefault(feature) : null);
    }
}
