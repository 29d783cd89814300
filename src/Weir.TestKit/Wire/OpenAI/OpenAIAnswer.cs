using System.Text.Json;

namespace Weir.TestKit.Wire.OpenAI;

/// <summary>An answer in the manner of OpenAI or Azure OpenAI.</summary>
internal abstract class OpenAIAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => OpenAIShape.Instance;

    protected bool Azure => Options.Flavor == ModelFlavor.Azure;

    public override IEnumerable<KeyValuePair<string, string>> Headers()
    {
        var id = $"req-{Request.Number:D6}";
        yield return new("x-request-id", id);
        yield return new("x-ratelimit-limit-requests", "600");
        yield return new("x-ratelimit-remaining-requests", "599");
        yield return new("x-ratelimit-limit-tokens", "100000");
        yield return new("x-ratelimit-remaining-tokens", "99000");
        if (Azure)
        {
            yield return new("apim-request-id", id);
            yield return new("x-ms-region", Options.Region);
            yield return new("x-ms-deployment-name", Request.Model ?? "");
            yield return new("azureml-model-session", "scripted-1");
        }
        else
        {
            yield return new("openai-version", "2020-10-01");
            yield return new("openai-processing-ms", "1");
        }
    }

    protected static void WriteUsage(Utf8JsonWriter json, int prompt, int completion, int cached, int reasoning)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", completion);
        json.WriteNumber("total_tokens", prompt + completion);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", cached);
        json.WriteNumber("audio_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", reasoning);
        json.WriteNumber("audio_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Azure's verdict on harmless text.</summary>
    protected static void WriteFilterResults(Utf8JsonWriter json, string member, string? filtered = null)
    {
        json.WriteStartObject(member);
        ReadOnlySpan<string> categories = ["hate", "self_harm", "sexual", "violence"];
        foreach (var category in categories)
        {
            var hit = category == filtered;
            json.WriteStartObject(category);
            json.WriteBoolean("filtered", hit);
            json.WriteString("severity", hit ? "medium" : "safe");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    protected static void WritePromptFilterResults(Utf8JsonWriter json)
    {
        json.WriteStartArray("prompt_filter_results");
        json.WriteStartObject();
        json.WriteNumber("prompt_index", 0);
        WriteFilterResults(json, "content_filter_results");
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
