using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads strings of upstreams, which are not always well formed.</summary>
internal static class WireStrings
{
    /// <summary>
    /// The string at which <paramref name="reader"/> stands; null for any other token. Half a surrogate pair stays as it is: a careless server
    /// cuts a stream inside a pair, and the other half comes with the next chunk. Bytes that are not UTF-8 become U+FFFD.
    /// </summary>
    internal static string? Lenient(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return null;
        }
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // The slow way, for the few strings that System.Text.Json won't decode.
            return Decode(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private static string Decode(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\' || i + 1 == escaped.Length)
            {
                text.Append(escaped[i]);
                continue;
            }
            i++;
            if (escaped[i] == 'u')
            {
                // The reader has seen the four digits.
                text.Append((char)ushort.Parse(escaped.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
                continue;
            }
            text.Append(escaped[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                var other => other,
            });
        }
        return text.ToString();
    }
}
