using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads <c>response_format</c>.</summary>
internal static class FormatReader
{
    /// <summary>Null for text.</summary>
    internal static OutputFormat? Read(ref BodyReader reader)
    {
        if (!reader.EnterObject("response_format"))
        {
            return null;
        }
        string? type = null;
        var format = new OutputFormat(default(RawJson));
        var schema = default(RawJson);
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
            {
                type = reader.Text("response_format.type");
            }
            else if (reader.Is("json_schema"u8))
            {
                format = ReadSchema(ref reader);
            }
            else if (reader.Is("response_schema"u8))
            {
                // LiteLLM's older way to give Gemini a schema.
                schema = reader.RawUnlessNull();
            }
            else
            {
                reader.SkipMember();
            }
        }
        return type switch
        {
            "text" => null,
            "json_object" => new OutputFormat(schema),
            "json_schema" when !format.Schema.IsAbsent => format,
            "json_schema" => throw new DialectException("response_format.json_schema", "`response_format.json_schema.schema` is missing."),
            _ => throw new DialectException("response_format.type", "`response_format.type` must be `text`, `json_object` or `json_schema`."),
        };
    }

    private static OutputFormat ReadSchema(ref BodyReader reader)
    {
        var format = new OutputFormat(default(RawJson));
        if (!reader.EnterObject("response_format.json_schema"))
        {
            return format;
        }
        while (reader.NextMember())
        {
            if (reader.Is("schema"u8))
            {
                format = format with { Schema = reader.EnterObject("response_format.json_schema.schema") ? reader.Raw() : default };
            }
            else if (reader.Is("name"u8))
            {
                format = format with { Name = reader.Text("response_format.json_schema.name") };
            }
            else if (reader.Is("description"u8))
            {
                format = format with { Description = reader.Text("response_format.json_schema.description") };
            }
            else if (reader.Is("strict"u8))
            {
                format = format with { Strict = reader.Flag("response_format.json_schema.strict") };
            }
            else
            {
                reader.SkipMember();
            }
        }
        return format;
    }
}
