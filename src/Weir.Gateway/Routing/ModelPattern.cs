using System.Text;

namespace Weir.Gateway.Routing;

/// <summary>
/// A <c>model_name</c> with stars, such as <c>openai/*</c>. Matching is linear in the name's length: config text never runs a
/// backtracking matcher.
/// </summary>
internal sealed class ModelPattern
{
    private readonly string[] _literals;

    /// <summary>Reads a pattern; each <c>*</c> stands for any text, also none.</summary>
    public ModelPattern(string text)
    {
        Text = text;
        _literals = text.Split('*');
        LiteralLength = text.Length - Stars;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Number of stars.</summary>
    public int Stars => _literals.Length - 1;

    /// <summary>Characters that are not stars: the more, the more specific.</summary>
    public int LiteralLength { get; }

    /// <summary>True when <paramref name="text"/> holds a star.</summary>
    public static bool IsPattern(string text) => text.Contains('*', StringComparison.Ordinal);

    /// <summary>True when the name fits.</summary>
    public bool Matches(ReadOnlySpan<char> name) => Walk(name, null);

    /// <summary>
    /// The upstream's name: the text under each star put into the stars of <paramref name="target"/>, in order. A target without a
    /// star is taken as it is; one with fewer stars than the pattern can't hold all parts and gives the requested name.
    /// </summary>
    public string Substitute(string requested, string target)
    {
        if (!IsPattern(target))
        {
            return target;
        }

        var parts = new List<string>(Stars);
        if (!Walk(requested, parts) || parts.Count > target.Count(c => c == '*'))
        {
            return requested;
        }

        var result = new StringBuilder(requested.Length + target.Length);
        var next = 0;
        foreach (var c in target)
        {
            if (c == '*' && next < parts.Count)
            {
                result.Append(parts[next++]);
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private bool Walk(ReadOnlySpan<char> name, List<string>? parts)
    {
        var first = _literals[0];
        var last = _literals[^1];
        if (Stars == 0 || name.Length < LiteralLength || !name.StartsWith(first, StringComparison.Ordinal) || !name.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        // Between the two ends each literal is taken at its first place: what fits at all fits this way.
        var rest = name[first.Length..^last.Length];
        for (var i = 1; i < _literals.Length - 1; i++)
        {
            var at = rest.IndexOf(_literals[i], StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            parts?.Add(rest[..at].ToString());
            rest = rest[(at + _literals[i].Length)..];
        }

        parts?.Add(rest.ToString());
        return true;
    }
}
