using System.Text;
using System.Text.Unicode;

namespace Weir.Providers.Dialects.Forms;

/// <summary>What the headers of a part say, read so that no other reader can find another name or another kind in them.</summary>
internal readonly record struct FormHeaders(string? Name, bool IsFile)
{
    private const int LongestName = 256;

    /// <summary>Reads a header block without its closing empty line. Null on success, else what is wrong.</summary>
    internal static string? Read(ReadOnlySpan<byte> block, out FormHeaders headers)
    {
        headers = default;
        if (!Utf8.IsValid(block))
        {
            return "The headers of a part are not valid UTF-8.";
        }
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? charset = null;
        foreach (var line in Encoding.UTF8.GetString(block).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !line.AsSpan(0, colon).ContainsOnlyTokens() || line.Any(static c => c is '\r' or '\n' or '\0'))
            {
                return "A part has a header line that is none, or one that is folded.";
            }
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
            if (!seen.Add(name))
            {
                return $"A part has two '{name}' headers.";
            }
            var wrong = name.Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase) ? ReadDisposition(value, ref headers)
                : name.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase) ? ReadEncoding(value)
                : name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) ? ReadType(value, ref charset) : null;
            if (wrong is not null)
            {
                return wrong;
            }
        }
        return headers.Name is null ? "A part has no Content-Disposition with a name."
            : !headers.IsFile && charset is not null && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
                ? $"The field '{headers.Name}' is written in '{charset}'; send UTF-8." : null;
    }

    private static string? ReadDisposition(string value, ref FormHeaders headers)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0 || !value[..semicolon].Trim().Equals("form-data", StringComparison.OrdinalIgnoreCase))
        {
            return "A part's Content-Disposition is not 'form-data; name=...'.";
        }
        if (ReadParameters(value[semicolon..]) is not { } parameters)
        {
            return "A part's Content-Disposition can't be read in one way only: a parameter occurs twice, or a quote stands inside a quoted text.";
        }
        if (parameters.ContainsKey("name*") || !parameters.TryGetValue("name", out var name))
        {
            return "A part's Content-Disposition has no plain name.";
        }
        // Some readers decode these, some do not.
        if (name.Length is 0 or > LongestName || name.AsSpan().IndexOfAny("\\%\"") >= 0 || name.Any(char.IsControl) || name.Trim() != name)
        {
            return "A part's name is empty, too long, or holds characters that readers take differently.";
        }
        headers = new FormHeaders(name, parameters.ContainsKey("filename") || parameters.ContainsKey("filename*"));
        return null;
    }

    private static string? ReadEncoding(string value) => value.ToUpperInvariant() is "BINARY" or "8BIT" or "7BIT"
        ? null : "A part has a Content-Transfer-Encoding; send its bytes as they are.";

    private static string? ReadType(string value, ref string? charset)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon >= 0)
        {
            if (ReadParameters(value[semicolon..]) is not { } parameters)
            {
                return "A part's Content-Type can't be read in one way only.";
            }
            charset = parameters.GetValueOrDefault("charset");
        }
        return null;
    }

    /// <summary>Reads <c>; key=value; key="value"</c>; null when it is broken or ambiguous.</summary>
    private static Dictionary<string, string>? ReadParameters(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] != ';')
            {
                return null;
            }
            at = PastSpaces(text, at + 1);
            if (at == text.Length)
            {
                return found;
            }
            var equals = text.IndexOf('=', at);
            if (equals <= at || !text.AsSpan(at, equals - at).ContainsOnlyTokens())
            {
                return null;
            }
            var key = text[at..equals];
            at = equals + 1;
            string value;
            if (at < text.Length && text[at] == '"')
            {
                var end = text.IndexOf('"', at + 1);
                // A backslash before a quote ends the text for some readers and not for others.
                if (end < 0 || text[end - 1] == '\\')
                {
                    return null;
                }
                value = text[(at + 1)..end];
                at = PastSpaces(text, end + 1);
            }
            else
            {
                var end = text.IndexOf(';', at) is >= 0 and var next ? next : text.Length;
                value = text[at..end].Trim();
                if (value.Contains('"', StringComparison.Ordinal))
                {
                    return null;
                }
                at = end;
            }
            if (!found.TryAdd(key, value))
            {
                return null;
            }
        }
        return found;
    }

    private static int PastSpaces(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }
        return at;
    }
}

/// <summary>RFC 9110's tokens.</summary>
internal static class TokenText
{
    internal static bool ContainsOnlyTokens(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return text.Length > 0;
    }
}
