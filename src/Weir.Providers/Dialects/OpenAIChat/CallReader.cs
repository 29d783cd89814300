using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads the tool calls of a message.</summary>
internal static class CallReader
{
    internal static void ReadAll(ref BodyReader reader, List<ContentPart> calls)
    {
        if (!reader.EnterArray("tool_calls"))
        {
            return;
        }
        var at = reader.At;
        for (var i = 0; reader.NextItem(); i++)
        {
            reader.At = BodyReader.Item(at, "tool_calls", i);
            if (reader.EnterObject("function"))
            {
                calls.Add(Read(ref reader));
            }
        }
        reader.At = at;
    }

    /// <summary>The old <c>function_call</c>, which has no id.</summary>
    internal static ToolCallPart? ReadLegacy(ref BodyReader reader, KnownCalls calls)
    {
        string? name = null, arguments = null, signature = null;
        if (!reader.EnterObject("function_call"))
        {
            return null;
        }
        ReadFunction(ref reader, ref name, ref arguments, ref signature);
        name = reader.Required(name, "function_call.name");
        return new ToolCallPart(calls.NewLegacyId(name), name, Whole(arguments)) { Signature = signature };
    }

    /// <summary>The seal that Gemini puts on a call, in any of the places where it is met; the reader stands on the value that may hold it.</summary>
    internal static string? FindSignature(ref BodyReader reader)
    {
        string? signature = null;
        if (reader.Json.TokenType != JsonTokenType.StartObject)
        {
            reader.Json.Skip();
            return null;
        }
        while (reader.NextMember())
        {
            if (reader.Is("thought_signature"u8))
            {
                signature = reader.Text("thought_signature");
            }
            else if (reader.Is("google"u8))
            {
                signature ??= FindSignature(ref reader);
            }
            else
            {
                reader.SkipMember();
            }
        }
        return signature;
    }

    private static ToolCallPart Read(ref BodyReader reader)
    {
        string? id = null, name = null, arguments = null, signature = null;
        var cacheControl = default(RawJson);
        while (reader.NextMember())
        {
            if (reader.Is("id"u8))
            {
                id = reader.Text("id");
            }
            else if (reader.Is("function"u8) || reader.Is("custom"u8))
            {
                if (reader.EnterObject("function"))
                {
                    ReadFunction(ref reader, ref name, ref arguments, ref signature);
                }
            }
            else if (reader.Is("provider_specific_fields"u8) || reader.Is("extra_content"u8))
            {
                signature = FindSignature(ref reader) ?? signature;
            }
            else if (reader.Is("cache_control"u8))
            {
                cacheControl = reader.RawUnlessNull();
            }
            else
            {
                reader.SkipMember();
            }
        }
        var (plain, sealing) = SignedToolIds.Split(reader.Required(id, "id"));
        return new ToolCallPart(plain, reader.Required(name, "function.name"), Whole(arguments)) { Signature = signature ?? sealing, CacheControl = cacheControl };
    }

    private static void ReadFunction(ref BodyReader reader, ref string? name, ref string? arguments, ref string? signature)
    {
        while (reader.NextMember())
        {
            if (reader.Is("name"u8))
            {
                name = reader.Text("function.name");
            }
            else if (reader.Is("arguments"u8))
            {
                // Some servers send the object itself.
                arguments = reader.Json.TokenType == JsonTokenType.StartObject ? reader.Raw().ToString() : reader.Text("function.arguments");
            }
            else if (reader.Is("input"u8))
            {
                // A custom tool takes free text; every other dialect knows objects only.
                arguments = $"{{\"input\":\"{JsonEncodedText.Encode(reader.Text("custom.input") ?? "", System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"}}";
            }
            else if (reader.Is("provider_specific_fields"u8))
            {
                signature = FindSignature(ref reader) ?? signature;
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    /// <summary>A call without arguments is an empty object, whatever the server wrote.</summary>
    private static string Whole(string? arguments) => string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments;
}
