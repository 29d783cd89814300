using System.Globalization;

namespace Weir.Gateway.Config.Yaml;

/// <summary>
/// The implicit types of YAML 1.1 exactly as PyYAML's safe loader resolves them, because the files were written against it.
/// Written by hand: a configuration file never meets a backtracking regex.
/// </summary>
internal static class YamlTypes
{
    /// <summary>The kind of an unquoted scalar.</summary>
    public static ScalarKind Resolve(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text is "~" or "null" or "Null" or "NULL")
        {
            return ScalarKind.Null;
        }

        if (text is "yes" or "Yes" or "YES" or "no" or "No" or "NO"
            or "true" or "True" or "TRUE" or "false" or "False" or "FALSE"
            or "on" or "On" or "ON" or "off" or "Off" or "OFF")
        {
            return ScalarKind.Bool;
        }

        var first = text[0];
        if (!char.IsAsciiDigit(first) && first is not ('-' or '+' or '.'))
        {
            return ScalarKind.String;
        }

        return IsInt(text) ? ScalarKind.Int
            : IsFloat(text) ? ScalarKind.Float
            : IsTimestamp(text) ? ScalarKind.Timestamp
            : ScalarKind.String;
    }

    /// <summary>The value of a scalar of kind Bool.</summary>
    public static bool ReadBool(ReadOnlySpan<char> text) => text[0] switch
    {
        'y' or 'Y' or 't' or 'T' => true,
        'o' or 'O' => text.Length == 2,
        _ => false,
    };

    /// <summary>The value of a scalar of kind Int; false when it is beyond 64 bits.</summary>
    public static bool TryReadInt(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        var negative = text[0] == '-';
        var rest = text[0] is '-' or '+' ? text[1..] : text;
        var radix = 10;
        if (rest.Length > 1 && rest[0] == '0')
        {
            (radix, var skip) = rest[1] switch { 'b' => (2, 2), 'x' => (16, 2), _ => (8, 1) };
            rest = rest[skip..];
        }

        Int128 whole = 0;
        Int128 part = 0;
        foreach (var c in rest)
        {
            if (c == '_')
            {
                continue;
            }

            if (c == ':')
            {
                whole = (whole + part) * 60;
                part = 0;
                continue;
            }

            part = (part * radix) + (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            if (whole + part > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        var signed = negative ? -(whole + part) : whole + part;
        if (signed < long.MinValue || signed > long.MaxValue)
        {
            return false;
        }

        value = (long)signed;
        return true;
    }

    /// <summary>True for a number in base 60 such as <c>12:30</c>.</summary>
    public static bool IsSexagesimal(ReadOnlySpan<char> text) => text.Contains(':');

    /// <summary>True for an octal number with a leading zero such as <c>0644</c>.</summary>
    public static bool IsLeadingZeroOctal(ReadOnlySpan<char> text)
    {
        var rest = text.TrimStart("+-");
        return rest.Length > 1 && rest[0] == '0' && (char.IsAsciiDigit(rest[1]) || rest[1] == '_');
    }

    /// <summary>True for text such as <c>1e-06</c>, a number everywhere but in YAML 1.1.</summary>
    public static bool IsNumberElsewhere(ReadOnlySpan<char> text) =>
        text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.')
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool IsInt(ReadOnlySpan<char> text)
    {
        var rest = text[0] is '-' or '+' ? text[1..] : text;
        if (rest.IsEmpty || !char.IsAsciiDigit(rest[0]))
        {
            return false;
        }

        if (rest[0] == '0')
        {
            return rest.Length == 1
                || (rest[1] == 'b' && rest.Length > 2 && !rest[2..].ContainsAnyExcept("01_"))
                || (rest[1] == 'x' && rest.Length > 2 && !rest[2..].ContainsAnyExcept("0123456789abcdefABCDEF_"))
                || !rest[1..].ContainsAnyExcept("01234567_");
        }

        var colon = rest.IndexOf(':');
        var head = colon < 0 ? rest : rest[..colon];
        return !head.ContainsAnyExcept("0123456789_") && (colon < 0 || IsBase60(rest[colon..]));
    }

    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        if (text is ".nan" or ".NaN" or ".NAN")
        {
            return true;
        }

        var signed = text[0] is '-' or '+';
        var rest = signed ? text[1..] : text;
        if (rest is ".inf" or ".Inf" or ".INF")
        {
            return true;
        }

        if (rest.IsEmpty || (rest[0] == '.' && (signed || rest.Length < 2 || !char.IsAsciiDigit(rest[1]))))
        {
            return false;
        }

        var dot = rest.IndexOf('.');
        if (dot < 0)
        {
            return false;
        }

        var head = rest[..dot];
        var tail = rest[(dot + 1)..];
        var colon = head.IndexOf(':');
        if (colon >= 0)
        {
            return IsDigits(head[..colon]) && IsBase60(head[colon..]) && !tail.ContainsAnyExcept("0123456789_");
        }

        var exponent = tail.IndexOfAny('e', 'E');
        return (head.IsEmpty || IsDigits(head))
            && !(exponent < 0 ? tail : tail[..exponent]).ContainsAnyExcept("0123456789_")
            && (exponent < 0 || IsExponent(tail[(exponent + 1)..]));
    }

    private static bool IsDigits(ReadOnlySpan<char> text) =>
        text.Length > 0 && char.IsAsciiDigit(text[0]) && !text.ContainsAnyExcept("0123456789_");

    private static bool IsExponent(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] is '-' or '+' && !text[1..].ContainsAnyExceptInRange('0', '9');

    /// <summary>One or more of <c>:[0-5]?[0-9]</c>.</summary>
    private static bool IsBase60(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            if (text[0] != ':' || text.Length < 2 || !char.IsAsciiDigit(text[1]))
            {
                return false;
            }

            var two = text.Length > 2 && char.IsAsciiDigit(text[2]);
            if (two && text[1] > '5')
            {
                return false;
            }

            text = text[(two ? 3 : 2)..];
        }

        return true;
    }

    /// <summary>A date, or a date with a time after T, t or blanks, and an optional zone.</summary>
    private static bool IsTimestamp(ReadOnlySpan<char> text)
    {
        var dash = text.IndexOf('-');
        if (dash != 4 || text[..4].ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (text.Length == 10 && text[7] == '-' && IsTwoDigits(text[5..7]) && IsTwoDigits(text[8..10]))
        {
            return true;
        }

        var split = text.IndexOfAny("Tt \t");
        return split is >= 8 and <= 10
            && DateTime.TryParseExact(text[..split], "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && text[(split + 1)..].Contains(':')
            && !text[(split + 1)..].ContainsAnyExcept("0123456789:.+-Z \t");
    }

    private static bool IsTwoDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
