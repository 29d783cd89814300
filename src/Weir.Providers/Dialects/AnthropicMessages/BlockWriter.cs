using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Pieces of blocks that requests and answers share.</summary>
internal static class BlockWriter
{
    /// <summary>Characters of a tool call's id.</summary>
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>
    /// Writes a call's arguments as the object that they have to be. Models now and then write something else: then the text, or the value,
    /// is carried under one name, so that the model sees what it did.
    /// </summary>
    internal static void WriteArguments(Utf8JsonWriter json, string arguments)
    {
        var length = Encoding.UTF8.GetMaxByteCount(arguments.Length);
        byte[]? rented = null;
        var utf8 = length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            utf8 = utf8[..Encoding.UTF8.GetBytes(arguments, utf8)];
            switch (Wire.StartsAs(utf8))
            {
                case JsonTokenType.StartObject:
                    json.WriteRawValue(utf8, skipInputValidation: true);
                    break;
                case JsonTokenType.None when utf8.Trim(" \t\r\n"u8).IsEmpty:
                case JsonTokenType.Null:
                    json.WriteStartObject();
                    json.WriteEndObject();
                    break;
                case JsonTokenType.None:
                    json.WriteStartObject();
                    json.WriteString("arguments"u8, arguments);
                    json.WriteEndObject();
                    break;
                default:
                    json.WriteStartObject();
                    json.WritePropertyName("arguments"u8);
                    json.WriteRawValue(utf8, skipInputValidation: true);
                    json.WriteEndObject();
                    break;
            }
        }
        finally
        {
            if (rented is not null)
            {
                // Arguments are the caller's words: they do not stay behind in a shared buffer.
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    /// <summary>Anthropic refuses ids with other characters than letters, digits, <c>_</c> and <c>-</c>.</summary>
    internal static string CleanId(string id)
    {
        if (id.Length == 0)
        {
            return "_";
        }
        return !id.AsSpan().ContainsAnyExcept(IdCharacters)
            ? id
            : string.Create(id.Length, id, static (clean, id) =>
            {
                for (var i = 0; i < clean.Length; i++)
                {
                    clean[i] = IdCharacters.Contains(id[i]) ? id[i] : '_';
                }
            });
    }

    /// <summary>Writes the members of an image block.</summary>
    internal static void WriteImage(Utf8JsonWriter json, ImagePart image)
    {
        json.WriteString("type"u8, "image"u8);
        json.WriteStartObject("source"u8);
        if (image.Source.Base64 is { } data)
        {
            json.WriteString("type"u8, "base64"u8);
            json.WriteString("media_type"u8, ImageType(image.MediaType, data));
            json.WriteString("data"u8, data);
        }
        else
        {
            WriteAddress(json, image.Source);
        }
        json.WriteEndObject();
    }

    /// <summary>Writes the members of a source that is not in the request itself.</summary>
    internal static void WriteAddress(Utf8JsonWriter json, in MediaSource source)
    {
        json.WriteString("type"u8, source.FileId is null ? "url"u8 : "file"u8);
        if (source.FileId is { } file)
        {
            json.WriteString("file_id"u8, file);
        }
        else
        {
            json.WriteString("url"u8, source.Url ?? "");
        }
    }

    /// <summary>The type as Anthropic spells it; where it is not told, what the first bytes say.</summary>
    private static string ImageType(string? told, string data) => told switch
    {
        "image/jpg" => "image/jpeg",
        { Length: > 0 } => told,
        _ => data.StartsWith("/9j/", StringComparison.Ordinal) ? "image/jpeg"
            : data.StartsWith("R0lG", StringComparison.Ordinal) ? "image/gif"
            : data.StartsWith("UklG", StringComparison.Ordinal) ? "image/webp"
            : "image/png",
    };
}
