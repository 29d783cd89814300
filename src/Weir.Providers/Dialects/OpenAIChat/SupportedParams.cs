using System.Collections.Frozen;
using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// Which of OpenAI's own chat parameters a provider takes, as LiteLLM judges it: with <c>drop_params</c> the others are dropped, without it
/// they are refused. Parameters that are not OpenAI's are nobody's business here and pass.
/// </summary>
public static class SupportedParams
{
    private static readonly FrozenSet<string> OpenAIs = Set(
        "functions", "function_call", "temperature", "top_p", "n", "stop", "max_tokens", "max_completion_tokens", "modalities", "prediction",
        "audio", "presence_penalty", "frequency_penalty", "logit_bias", "response_format", "seed", "tools", "tool_choice", "logprobs",
        "top_logprobs", "parallel_tool_calls", "reasoning_effort", "web_search_options", "verbosity");

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByProvider = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["mistral"] = Set("temperature", "top_p", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "seed", "stop", "response_format",
            "parallel_tool_calls", "frequency_penalty", "presence_penalty", "reasoning_effort", "n"),
        ["perplexity"] = Set("frequency_penalty", "max_tokens", "max_completion_tokens", "presence_penalty", "response_format", "temperature", "top_p",
            "web_search_options", "reasoning_effort", "tools", "tool_choice"),
        ["cerebras"] = Set("max_tokens", "max_completion_tokens", "response_format", "seed", "stop", "temperature", "top_p", "tool_choice", "tools",
            "reasoning_effort", "parallel_tool_calls"),
        ["ollama"] = Ollama(),
        ["ollama_chat"] = Ollama(),
        ["databricks"] = Set("stop", "temperature", "top_p", "max_tokens", "max_completion_tokens", "n", "response_format", "tools", "tool_choice", "reasoning_effort"),
        ["fireworks_ai"] = Set("tools", "tool_choice", "max_completion_tokens", "max_tokens", "temperature", "top_p", "frequency_penalty",
            "presence_penalty", "n", "stop", "response_format", "logprobs", "top_logprobs", "parallel_tool_calls", "reasoning_effort", "seed", "logit_bias"),
        ["anthropic"] = Claude(),
        ["bedrock"] = Set("max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "response_format", "tools", "tool_choice", "functions",
            "function_call", "parallel_tool_calls", "reasoning_effort"),
        ["gemini"] = Gemini(),
        ["vertex_ai"] = Gemini(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> ClaudeTakes = Claude();

    private static readonly FrozenSet<string> NotForReasoningModels = Set("presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs");

    /// <summary>The members of <paramref name="body"/> that the provider does not take for this model; null when all are fine.</summary>
    public static IReadOnlyList<string>? FindUnsupported(ReadOnlySpan<byte> body, RequestView view, string provider, string model)
    {
        var taken = provider is "vertex_ai" or "azure_ai" && model.Contains("claude", StringComparison.Ordinal) ? ClaudeTakes : ByProvider.GetValueOrDefault(provider);
        var reasoning = provider is "openai" or "azure" && IsReasoningModel(model);
        if (taken is null && !reasoning)
        {
            return null;
        }
        List<string>? refused = null;
        foreach (ref readonly var member in view.Members)
        {
            var value = body[member.Value.Start..member.Value.End];
            if (value.SequenceEqual("null"u8))
            {
                continue;
            }
            var name = RequestPatcher.NameOf(body, member.NameStart);
            if (!OpenAIs.Contains(name) || (name == "n" && value.SequenceEqual("1"u8)))
            {
                continue;
            }
            if (taken is not null ? !taken.Contains(name) : !ReasoningModelTakes(name, value))
            {
                (refused ??= []).Add(name);
            }
        }
        return refused;
    }

    /// <summary>Those of <paramref name="names"/> that <paramref name="body"/> sets to something.</summary>
    public static IEnumerable<string> Present(ReadOnlySpan<byte> body, RequestView view, IReadOnlyList<string> names)
    {
        List<string> present = [];
        foreach (ref readonly var member in view.Members)
        {
            var value = body[member.Value.Start..member.Value.End];
            if (!value.SequenceEqual("null"u8) && !value.SequenceEqual("false"u8) && RequestPatcher.NameOf(body, member.NameStart) is var name && names.Contains(name))
            {
                present.Add(name);
            }
        }
        return present;
    }

    /// <summary>False for vendors that refuse a body with <c>stream_options</c>; they report usage without being asked.</summary>
    public static bool TakesStreamOptions(string provider) => provider is not ("mistral" or "perplexity");

    /// <summary>OpenAI's reasoning models take the default temperature alone, and no sampling details.</summary>
    private static bool ReasoningModelTakes(string name, ReadOnlySpan<byte> value) =>
        name is "temperature" or "top_p" ? IsOne(value) : !NotForReasoningModels.Contains(name);

    private static bool IsOne(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && number == 1;
    }

    private static bool IsReasoningModel(string model) =>
        IsFamily(model, "o1") || IsFamily(model, "o3") || IsFamily(model, "o4") || (IsFamily(model, "gpt-5") && !model.StartsWith("gpt-5-chat", StringComparison.Ordinal));

    private static bool IsFamily(string model, string family) =>
        model.StartsWith(family, StringComparison.Ordinal) && (model.Length == family.Length || model[family.Length] == '-');

    private static FrozenSet<string> Claude() => Set(
        "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "response_format", "tools", "tool_choice", "functions", "function_call",
        "parallel_tool_calls", "reasoning_effort", "web_search_options");

    private static FrozenSet<string> Gemini() => Set(
        "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "response_format", "tools", "tool_choice", "functions", "function_call",
        "parallel_tool_calls", "reasoning_effort", "web_search_options", "n", "seed", "logprobs", "top_logprobs", "frequency_penalty", "presence_penalty",
        "modalities", "audio");

    private static FrozenSet<string> Ollama() => Set(
        "max_tokens", "max_completion_tokens", "top_p", "temperature", "seed", "frequency_penalty", "stop", "tools", "tool_choice", "functions",
        "response_format", "reasoning_effort", "presence_penalty");

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
