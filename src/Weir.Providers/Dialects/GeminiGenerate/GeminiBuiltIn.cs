using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>Tools that run at the vendor. Gemini names each by a member of its tool object: <c>{"googleSearch":{}}</c>.</summary>
internal static class GeminiBuiltIn
{
    /// <summary>Gemini's own, as OpenAI clients of LiteLLM write them too.</summary>
    private static readonly string[] Own =
        ["googleSearch", "googleSearchRetrieval", "enterpriseWebSearch", "urlContext", "codeExecution", "googleMaps", "computerUse", "fileSearch", "retrieval", "mcpServers", "exaAiSearch", "parallelAiSearch"];

    /// <summary>Those that models before the third generation refuse beside functions.</summary>
    private static readonly string[] Searches = ["googleSearch", "googleSearchRetrieval", "enterpriseWebSearch", "urlContext"];

    /// <summary>The tool object with the one member <paramref name="name"/>.</summary>
    public static RawJson Wrap(string name, RawJson value)
    {
        var target = new ArrayBufferWriter<byte>(value.Utf8.Length + name.Length + 8);
        using var json = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        json.WriteStartObject();
        json.WritePropertyName(name);
        value.WriteTo(json);
        json.WriteEndObject();
        json.Flush();
        return new(target.WrittenMemory);
    }

    /// <summary>Whether the tool searches.</summary>
    public static bool IsSearch(string name) => Array.IndexOf(Searches, name) >= 0;

    /// <summary>
    /// Gemini's tool for one of another dialect: its name, and its tool object; null when Gemini has none. Web search, code and fetched pages exist everywhere;
    /// their options (places, sizes, filters) do not cross.
    /// </summary>
    public static (string Name, RawJson Tool)? For(ToolDefinition tool)
    {
        if (tool.BuiltInFrom == WireFormat.GeminiGenerate)
        {
            return (tool.Name, tool.BuiltIn);
        }

        var (type, only) = Look(tool.BuiltIn);
        var known = only is null ? null : Array.Find(Own, name => name == GeminiJson.Camel(only));
        if (known is not null && type is null)
        {
            return (known, tool.BuiltIn);
        }

        var name = type switch
        {
            not null when type.StartsWith("web_search", StringComparison.Ordinal) => "googleSearch",
            not null when type.StartsWith("code_interpreter", StringComparison.Ordinal) || type.StartsWith("code_execution", StringComparison.Ordinal) => "codeExecution",
            not null when type.StartsWith("web_fetch", StringComparison.Ordinal) || type == "url_context" => "urlContext",
            _ => null,
        };
        return name is null ? null : (name, Wrap(name, RawJson.Of("{}"u8)));
    }

    /// <summary>How a tool that can't cross is named: <c>tools[computer_use_preview]</c>.</summary>
    public static string Named(ToolDefinition tool) => $"tools[{Look(tool.BuiltIn).Type ?? tool.Name}]";

    /// <summary>The tool's <c>type</c>, and the name of its member when it has but one.</summary>
    private static (string? Type, string? Only) Look(RawJson tool)
    {
        string? type = null, only = null;
        var members = 0;
        var json = new Utf8JsonReader(tool.Utf8.Span, GeminiJson.ReaderOptions);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            members++;
            only = GeminiJson.Name(ref json);
            json.Read();
            if (only == "type" && json.TokenType == JsonTokenType.String)
            {
                type = GeminiJson.Name(ref json);
            }

            json.Skip();
        }

        return (type, members == 1 ? only : null);
    }
}
