using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>Google reads JSON into protocol buffers, so a name that the message has not is an error. The messages that a gateway writes are checked.</summary>
internal static class GeminiFields
{
    private static readonly FrozenSet<string> Request = Names(
        "contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent model labels serviceTier store generateContentRequest");

    private static readonly FrozenSet<string> Part = Names(
        "text inlineData fileData functionCall functionResponse executableCode codeExecutionResult toolCall toolResponse thought thoughtSignature videoMetadata mediaResolution partMetadata");

    private static readonly FrozenSet<string> Config = Names(
        """
        stopSequences responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities candidateCount maxOutputTokens temperature topP topK
        seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution
        audioTimestamp routingConfig modelSelectionConfig
        """);

    private static readonly FrozenSet<string> Function = Names("name description parameters parametersJsonSchema response responseJsonSchema behavior");

    private static readonly FrozenSet<string> Schema = Names(
        """
        type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf
        propertyOrdering default items minimum maximum
        """);

    private static readonly string[] Types = ["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

    public static string? Refusal(JsonElement asked) =>
        Unknown(asked, Request, "")
        ?? Each(asked.Member("contents"), "contents", static (content, path) =>
            Unknown(content, Names("role parts"), path) ?? Each(content.Member("parts"), path + ".parts", static (part, at) =>
                Unknown(part, Part, at)
                ?? (part.Member("functionCall", "function_call") is { } call ? Unknown(call, Names("id name args partialArgs willContinue"), at + ".function_call") : null)
                ?? (part.Member("functionResponse", "function_response") is { } response ? Response(response, at + ".function_response") : null)
                ?? (part.Member("inlineData", "inline_data") is { } blob ? Unknown(blob, Names("mimeType data displayName"), at + ".inline_data") ?? Bytes(blob, "data", at + ".inline_data") : null)
                ?? Bytes(part, "thoughtSignature", at)))
        ?? (asked.Member("generationConfig", "generation_config") is { } config
            ? Unknown(config, Config, "generation_config")
                ?? (config.Member("responseSchema", "response_schema") is { } schema ? OfSchema(schema, "generation_config.response_schema") : null) : null)
        ?? Each(asked.Member("tools"), "tools", static (tool, path) =>
            Each(tool.Member("functionDeclarations", "function_declarations"), path + ".function_declarations", static (function, at) =>
                Unknown(function, Function, at) ?? (function.Member("parameters") is { } schema ? OfSchema(schema, at + ".parameters") : null)));

    private static string? Response(JsonElement response, string path) =>
        Unknown(response, Names("id name response parts scheduling willContinue"), path)
        ?? (response.Member("response") is { ValueKind: not JsonValueKind.Object } wrong
            ? $"Invalid value at '{path}.response' (type.googleapis.com/google.protobuf.Struct), {wrong.GetRawText()}" : null);

    private static string? Bytes(JsonElement element, string name, string path)
    {
        var snake = Snake(name);
        if (element.Member(name, snake) is not { } value)
        {
            return null;
        }

        // Google takes both alphabets of base64, with and without padding.
        var text = (value.GetString() ?? "").Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), new byte[text.Length], out _)
            ? null : $"Invalid value at '{path}.{snake}' (TYPE_BYTES), Base64 decoding failed for \"{value.GetString()}\"";
    }

    private static string? OfSchema(JsonElement schema, string path)
    {
        if (Unknown(schema, Schema, path) is { } unknown)
        {
            return unknown;
        }

        if (schema.Member("type") is { } type)
        {
            if (type.ValueKind == JsonValueKind.Array)
            {
                return $"Invalid JSON payload received. Unknown name \"type\" at '{path}': Proto field is not repeating, cannot start list.";
            }

            if (!Types.Contains(type.GetString()?.ToUpperInvariant()))
            {
                return $"Invalid value at '{path}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), \"{type.GetString()}\"";
            }
        }

        if (schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            var index = 0;
            foreach (var property in properties.EnumerateObject())
            {
                if (OfSchema(property.Value, $"{path}.properties[{index++}].value") is { } inner)
                {
                    return inner;
                }
            }
        }

        return (schema.Member("items") is { } items ? OfSchema(items, path + ".items") : null) ?? Each(schema.Member("anyOf", "any_of"), path + ".any_of", OfSchema);
    }

    private static string? Unknown(JsonElement element, FrozenSet<string> known, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return $"Invalid JSON payload received. Expected an object at '{path}'.";
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return $"Invalid JSON payload received. Unknown name \"{member.Name}\"{(path.Length > 0 ? $" at '{path}'" : "")}: Cannot find field.";
            }
        }

        return null;
    }

    private static string? Each(JsonElement? list, string path, Func<JsonElement, string, string?> check)
    {
        var index = 0;
        foreach (var item in list.Items())
        {
            if (check(item, $"{path}[{index++}]") is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>The names in camel and in snake case.</summary>
    private static FrozenSet<string> Names(string camel)
    {
        var names = camel.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return names.Concat(names.Select(Snake)).ToFrozenSet(StringComparer.Ordinal);
    }

    private static string Snake(string camel)
    {
        var snake = new StringBuilder();
        foreach (var c in camel)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(c));
        }

        return snake.ToString();
    }
}
