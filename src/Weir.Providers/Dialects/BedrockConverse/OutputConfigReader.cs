using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads <c>outputConfig</c>: the form of the answer, and how much effort goes into it.</summary>
internal static class OutputConfigReader
{
    /// <summary>Reads the object on which the reader stands.</summary>
    internal static void Read(ref Utf8JsonReader json, ChatTurn turn)
    {
        var place = new Place("outputConfig");
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("effort"u8))
            {
                if (Json.Text(ref json, place, "effort") is { } effort)
                {
                    turn.Reasoning = (turn.Reasoning ?? new ReasoningWish()) with { Effort = effort };
                }
            }
            else if (json.ValueTextEquals("textFormat"u8))
            {
                json.Read();
                if (Json.IsObject(ref json, place, "textFormat"))
                {
                    turn.Format = ReadFormat(ref json, place);
                }
            }
            else
            {
                Json.Skip(ref json);
            }
        }
    }

    private static OutputFormat? ReadFormat(ref Utf8JsonReader json, in Place place)
    {
        OutputFormat? format = null;
        while (Json.NextMember(ref json))
        {
            var structure = json.ValueTextEquals("structure"u8);
            json.Read();
            if (!structure || !Json.IsObject(ref json, place, "textFormat.structure"))
            {
                json.Skip();
                continue;
            }
            while (Json.NextMember(ref json))
            {
                var schema = json.ValueTextEquals("jsonSchema"u8);
                json.Read();
                if (schema && Json.IsObject(ref json, place, "textFormat.structure.jsonSchema"))
                {
                    format = ReadSchema(ref json, place);
                }
                else
                {
                    json.Skip();
                }
            }
        }
        return format;
    }

    /// <summary>The schema is a text that holds JSON.</summary>
    private static OutputFormat ReadSchema(ref Utf8JsonReader json, in Place place)
    {
        const string Member = "textFormat.structure.jsonSchema";
        string? name = null, description = null, text = null;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("schema"u8))
            {
                text = Json.Text(ref json, place, Member + ".schema");
            }
            else if (json.ValueTextEquals("name"u8))
            {
                name = Json.Text(ref json, place, Member + ".name");
            }
            else if (json.ValueTextEquals("description"u8))
            {
                description = Json.Text(ref json, place, Member + ".description");
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        var schema = Encoding.UTF8.GetBytes(text ?? "");
        return IsObject(schema)
            ? new OutputFormat(new RawJson(schema)) { Name = name, Description = description }
            : throw Json.Wrong(place, Member + ".schema", "a text that holds a JSON object");
    }

    internal static bool IsObject(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 256 });
            return json.Read() && json.TokenType == JsonTokenType.StartObject && json.TrySkip() && !json.Read();
        }
        catch (JsonException)
        {
            // That it is no JSON is the answer.
            return false;
        }
    }
}
