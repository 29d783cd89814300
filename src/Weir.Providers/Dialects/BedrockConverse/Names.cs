using System.Security.Cryptography;
using System.Text;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Names that Converse restricts, made fit.</summary>
internal static class Names
{
    /// <summary>
    /// The tool by which a model that has no native JSON output is made to answer in JSON; its call is read back as text. The name is
    /// LiteLLM's.
    /// </summary>
    internal const string JsonTool = "json_tool_call";

    private const int LongestToolId = 64;
    private const int LongestDocument = 200;

    /// <summary>A call's id: letters, digits, <c>_</c> and <c>-</c>, at most 64. The same text always gives the same id, so call and result keep together.</summary>
    internal static string ToolId(string id)
    {
        var fits = id.Length is > 0 and <= LongestToolId;
        foreach (var c in id)
        {
            fits &= IsIdChar(c);
        }
        if (fits)
        {
            return id;
        }
        var clean = new StringBuilder(LongestToolId);
        for (var i = 0; i < id.Length && i < 40; i++)
        {
            clean.Append(IsIdChar(id[i]) ? id[i] : '_');
        }

        // What was replaced or cut off must still tell two ids apart.
        return clean.Append('_').Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)), 0, 8)).ToString();
    }

    /// <summary>
    /// A document's name: letters, digits, single spaces, hyphens, parentheses and square brackets, each name once in a request.
    /// The extension goes, because the format says it.
    /// </summary>
    internal static string Document(string? name, string format, HashSet<string> used)
    {
        var text = name ?? "";
        if (text.EndsWith("." + format, StringComparison.OrdinalIgnoreCase))
        {
            text = text[..^(format.Length + 1)];
        }
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var fit = char.IsAsciiLetterOrDigit(c) || c is '-' or '(' or ')' or '[' or ']' ? c : char.IsWhiteSpace(c) ? ' ' : '-';
            if (clean.Length < LongestDocument - 8 && !(fit == ' ' && (clean.Length == 0 || clean[^1] == ' ')))
            {
                clean.Append(fit);
            }
        }
        var unique = clean.ToString().Trim();
        unique = unique.Length == 0 ? "document" : unique;
        var wanted = unique;
        for (var n = 2; !used.Add(unique); n++)
        {
            unique = $"{wanted} {n}";
        }
        return unique;
    }

    private static bool IsIdChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
