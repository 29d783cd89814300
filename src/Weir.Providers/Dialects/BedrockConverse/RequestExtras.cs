using System.Collections.Frozen;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Where members without a neutral name go: to the top of the body, into the model's own fields, or nowhere.</summary>
internal static class RequestExtras
{
    /// <summary>Members that Converse has at the top and nobody else has; LiteLLM takes them from clients of OpenAI's chat under these names.</summary>
    private static readonly FrozenSet<string> AtTheTop = FrozenSet.Create(StringComparer.Ordinal,
        "guardrailConfig", "performanceConfig", "requestMetadata", "promptVariables", "additionalModelResponseFieldPaths");

    /// <summary>OpenAI's own, which no model behind Converse understands, and LiteLLM's, which are for the gateway.</summary>
    private static readonly FrozenSet<string> Foreign = FrozenSet.Create(StringComparer.Ordinal,
        "logit_bias", "logprobs", "top_logprobs", "store", "metadata", "prediction", "modalities", "audio", "web_search_options", "verbosity", "user", "safety_identifier",
        "prompt_cache_key", "prompt_cache_retention", "functions", "function_call", "service_tier", "stream_options", "best_of", "echo", "suffix", "moderation",
        "tags", "guardrails", "fallbacks", "context_window_fallbacks", "num_retries", "timeout", "cache", "ttl", "litellm_metadata", "litellm_params", "mock_response",
        "drop_params", "extra_body", "extra_headers", "api_base", "api_key", "base_url", "allowed_openai_params", "caching", "no-log", "mcp_servers", "policies");

    /// <summary>Sorts the extras; what is returned goes to the top of the body.</summary>
    internal static List<Extra> Sort(ChatTurn turn, in ModelFamily model, ModelFields fields, ref ReasoningWish? wish, Dropped dropped)
    {
        var top = new List<Extra>();
        foreach (var extra in turn.Extras)
        {
            if (extra.Dialect == WireFormat.BedrockConverse)
            {
                if (extra.Name.StartsWith(ModelFieldsReader.Prefix, StringComparison.Ordinal))
                {
                    fields.Set(extra.Name[ModelFieldsReader.Prefix.Length..], extra.Value);
                }
                else
                {
                    top.Add(extra);
                }
            }
            else if (extra.Dialect != WireFormat.OpenAIChat)
            {
                dropped.Add(extra.Name);
            }
            else if (AtTheTop.Contains(extra.Name))
            {
                top.Add(extra);
            }
            else if (extra.Name == "thinking" && model.ThinksLikeClaude)
            {
                var json = new Utf8JsonReader(extra.Value.Utf8.Span);
                json.Read();
                wish ??= ModelFieldsReader.Thinking(ref json, new Place(""), null);
            }
            else if (extra.Name == "additionalModelRequestFields")
            {
                Spread(extra.Value, fields);
            }
            else if (extra.Name == "web_search_options" && model.IsNova)
            {
                // Said as a tool of Nova's own.
            }
            else if (Foreign.Contains(extra.Name))
            {
                dropped.Add(extra.Name);
            }
            else
            {
                // As LiteLLM does: whatever it does not know is for the model.
                fields.Set(extra.Name, extra.Value);
            }
        }
        return top;
    }

    private static void Spread(RawJson value, ModelFields fields)
    {
        var place = new Place("additionalModelRequestFields");
        var json = new Utf8JsonReader(value.Utf8.Span);
        json.Read();
        if (Json.IsObject(ref json, place, ""))
        {
            while (Json.NextMember(ref json))
            {
                var name = Json.Name(ref json, place);
                json.Read();
                fields.Set(name, RawJson.Copy(ref json, value.Utf8.Span));
            }
        }
    }
}
