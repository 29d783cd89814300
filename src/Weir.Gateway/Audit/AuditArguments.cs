using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.Gateway.Config;

namespace Weir.Gateway.Audit;

/// <summary>What of a command's arguments is written down: as <c>audit.arguments</c> says.</summary>
public static class AuditArguments
{
    /// <summary>Characters that are kept of masked arguments.</summary>
    public const int MaxCharacters = 256;

    private const string Mask = "***";

    // Names of members that hold secrets; max_tokens and the like hold none.
    private static readonly Regex SecretName = Linear(
        "passw|passphrase|secret|credential|authorization|cookie|private.?key|api.?key|access.?key|account.?key|connection.?string"
        + "|(^|[^a-z])(token|pwd|jwt|pat|sas)$|(access|refresh|id|auth|bearer|session|api)_?token$", RegexOptions.IgnoreCase);

    // What vendors' secrets begin with, and tokens in three parts.
    private static readonly Regex KnownSecret = Linear(
        "(sk-|pk-|rk-|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|ya29\\.|hf_|npm_|dop_v1_|SG\\.)[A-Za-z0-9_\\-./+=]{8,}"
        + "|eyJ[A-Za-z0-9_\\-]{8,}(\\.[A-Za-z0-9_\\-]*)*|-----BEGIN [A-Z ]*PRIVATE KEY-----(.|\n)*", RegexOptions.None);

    // Of command lines, headers and URLs: --password x, PASSWORD=x, Authorization: Bearer x, https://user:x@host.
    private static readonly Regex Assignment = Linear(
        "((?:passw(?:or)?d|passphrase|secret|credential|api[-_]?key|access[-_]?key|token|pwd)[\"']?(?:\\s*[=:]\\s*|\\s+)[\"']?"
        + "|bearer\\s+|basic\\s+|://[^/\\s:@]*:)[^\\s\"'&@]+", RegexOptions.IgnoreCase);

    /// <summary>The text to keep.</summary>
    public static string Of(string arguments, AuditArgumentsMode mode) => arguments.Length == 0 ? "" : mode switch
    {
        AuditArgumentsMode.Off => "",
        AuditArgumentsMode.Hash => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(arguments))),
        _ => Cut(Masked(arguments)),
    };

    private static string Masked(string arguments)
    {
        try
        {
            using var json = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = 64 });
            if (json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                var output = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
                {
                    Copy(json.RootElement, writer);
                }
                return Encoding.UTF8.GetString(output.WrittenSpan);
            }
        }
        catch (JsonException)
        {
            // No JSON: a command line, say.
        }
        return MaskedText(arguments);
    }

    private static void Copy(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(MaskedText(member.Name));
                    if (SecretName.IsMatch(member.Name) && member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
                    {
                        writer.WriteStringValue(Mask);
                    }
                    else
                    {
                        Copy(member.Value, writer);
                    }
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(item, writer);
                }
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(MaskedText(value.GetString() ?? ""));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string MaskedText(string text) => Assignment.Replace(KnownSecret.Replace(text, Mask), "$1" + Mask);

    /// <summary>Cuts at a character; what is cut may have been the end of something masked, never its beginning.</summary>
    private static string Cut(string text)
    {
        if (text.Length <= MaxCharacters)
        {
            return text;
        }
        var end = char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters;
        return text[..end];
    }

    /// <summary>Arguments come from models and clients: no expression may be made slow by what it reads.</summary>
    private static Regex Linear(string pattern, RegexOptions options) => new(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
