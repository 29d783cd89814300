using System.Text.Json;

namespace Weir.Gateway.Endpoints;

/// <summary>The list of models as each vendor's clients read it.</summary>
internal static class ModelListForms
{
    // LiteLLM's constant: clients sort and cache by it.
    private const long Created = 1677610602;
    private const string CreatedText = "2023-02-28T18:56:42Z";

    /// <summary>OpenAI's <c>GET /v1/models</c>.</summary>
    internal static void WriteOpenAI(Utf8JsonWriter json, IReadOnlyList<string> names)
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var name in names)
        {
            WriteOpenAI(json, name);
        }
        json.WriteEndArray();
        json.WriteString("object"u8, "list"u8);
        json.WriteEndObject();
    }

    /// <summary>One of OpenAI's.</summary>
    internal static void WriteOpenAI(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, Created);
        json.WriteString("owned_by"u8, "openai"u8);
        json.WriteEndObject();
    }

    /// <summary>Anthropic's <c>GET /v1/models</c> (Anthropic API, "List Models").</summary>
    internal static void WriteAnthropic(Utf8JsonWriter json, IReadOnlyList<string> names)
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var name in names)
        {
            WriteAnthropic(json, name);
        }
        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, false);
        json.WriteString("first_id"u8, names.Count > 0 ? names[0] : null);
        json.WriteString("last_id"u8, names.Count > 0 ? names[^1] : null);
        json.WriteEndObject();
    }

    /// <summary>One of Anthropic's.</summary>
    internal static void WriteAnthropic(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, id);
        json.WriteString("display_name"u8, id);
        json.WriteString("created_at"u8, CreatedText);
        json.WriteEndObject();
    }

    /// <summary>Gemini's <c>GET /v1beta/models</c> (Gemini API, "models.list").</summary>
    internal static void WriteGemini(Utf8JsonWriter json, IReadOnlyList<string> names)
    {
        json.WriteStartObject();
        json.WriteStartArray("models"u8);
        foreach (var name in names)
        {
            WriteGemini(json, name);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One of Gemini's.</summary>
    internal static void WriteGemini(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, "models/" + id);
        json.WriteString("displayName"u8, id);
        json.WriteStartArray("supportedGenerationMethods"u8);
        json.WriteStringValue("generateContent"u8);
        json.WriteStringValue("countTokens"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
