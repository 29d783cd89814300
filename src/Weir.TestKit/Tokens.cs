namespace Weir.TestKit;

/// <summary>
/// The server's own count of tokens, simple enough to check by eye: one token is a run of characters that are not white
/// space, together with the white space before it. Trailing white space belongs to the last token.
/// </summary>
public static class Tokens
{
    /// <summary>Tokens that frame one message (role and separators).</summary>
    public const int PerMessage = 3;

    /// <summary>Tokens of <paramref name="text"/>.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var at = 0; at < text.Length; count++)
        {
            at += FirstLength(text[at..]);
        }

        return count;
    }

    /// <summary>Length of the first token of <paramref name="text"/>, 0 when it is empty.</summary>
    public static int FirstLength(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return text[at..].IsWhiteSpace() ? text.Length : at;
    }

    /// <summary>The first <paramref name="max"/> tokens of <paramref name="text"/>.</summary>
    public static string Take(string text, int max)
    {
        var at = 0;
        for (var i = 0; i < max && at < text.Length; i++)
        {
            at += FirstLength(text.AsSpan(at));
        }

        return at == text.Length ? text : text[..at];
    }
}
