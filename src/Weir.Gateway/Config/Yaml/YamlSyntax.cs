using Weir.Gateway.Config.Check;
using YamlDotNet.Core;

namespace Weir.Gateway.Config.Yaml;

/// <summary>Says in plain words what usually causes a YAML syntax error.</summary>
internal static class YamlSyntax
{
    /// <summary>Adds the problem for a parser's failure.</summary>
    /// <param name="source">The text.</param>
    /// <param name="mark">Where the parser gave up.</param>
    /// <param name="message">What it said.</param>
    /// <param name="openFlow">A bracket that was still open there.</param>
    /// <param name="problems">Where the problem goes.</param>
    public static void Explain(YamlSource source, Mark mark, string message, ConfigPosition? openFlow, ConfigProblems problems)
    {
        var last = source.Lines.Length;
        while (last > 1 && source.Line(last).IsWhiteSpace())
        {
            last--;
        }

        var line = (int)Math.Clamp(mark.Line, 1, last);
        var column = (int)Math.Max(mark.Column, 1);
        var (place, cause) = FindTemplateOrTab(source, line) is var (at, why)
            ? (at, why)
            : FindInText(source, message, line, column) is { } inText
                ? (source.At(line, column), inText)
                : openFlow is { } open
                    ? (open, "the '[' or '{' that is opened here is not closed, or a comma is missing in it.")
                    : FindIndent(source, message, line, column);
        problems.Error("yaml-syntax", place, "", $"This is not YAML: {cause}");
    }

    private static (ConfigPosition Place, string Cause)? FindTemplateOrTab(YamlSource source, int line)
    {
        for (var i = line; i >= Math.Max(1, line - 1); i--)
        {
            var text = source.Line(i);
            var template = Math.Max(text.IndexOf("{{", StringComparison.Ordinal), text.IndexOf("{%", StringComparison.Ordinal));
            if (template >= 0)
            {
                return (source.At(i, template + 1),
                    "'{{ }}' belongs to a Helm or Jinja template that was not rendered. Render it first (helm template ...), or put quotes around it.");
            }
        }

        for (var i = Math.Max(1, line - 1); i <= line + 2; i++)
        {
            var tab = source.Line(i).IndexOf('\t');
            if (tab >= 0)
            {
                return (source.At(i, tab + 1), source.Line(i)[..tab].IsWhiteSpace()
                    ? "a tab can't indent. Use spaces."
                    : "a tab stands after the value. Delete it, or use spaces.");
            }
        }

        return null;
    }

    private static string? FindInText(YamlSource source, string message, int line, int column)
    {
        var text = source.Line(line);
        if (message.Contains("unknown escape", StringComparison.Ordinal))
        {
            return "an unknown escape in double quotes. Write single quotes, or double the backslash.";
        }

        if (message.Contains("quoted scalar", StringComparison.Ordinal))
        {
            return "a quote is opened and never closed.";
        }

        if (message.Contains("anchor or alias", StringComparison.Ordinal))
        {
            return "a value that starts with '*' or '&' needs quotes around it, as in \"*\".";
        }

        if (column <= text.Length && text[column - 1] is '@' or '`' or '%' && message.Contains("start any token", StringComparison.Ordinal))
        {
            return $"a value can't start with '{text[column - 1]}'. Put quotes around it.";
        }

        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon >= 0 && text[(colon + 2)..].Contains(": ", StringComparison.Ordinal) && message.Contains("invalid mapping", StringComparison.Ordinal)
            ? "the value holds ': '. Put quotes around the whole value."
            : null;
    }

    private static (ConfigPosition Place, string Cause) FindIndent(YamlSource source, string message, int line, int column)
    {
        var text = source.Line(line);
        var indent = Math.Max(0, text.IndexOfAnyExcept(' '));
        var above = line - 1;
        while (above >= 1 && (source.Line(above).IsWhiteSpace() || source.Line(above).TrimStart()[0] == '#'))
        {
            above--;
        }

        if (above >= 1)
        {
            var other = Math.Max(0, source.Line(above).IndexOfAnyExcept(' '));
            if (indent != other)
            {
                return (source.At(line, indent + 1),
                    $"the indentation does not fit: this line starts in column {indent + 1}, line {source.At(above, 1).Line} above it in column {other + 1}. Keys of one section start in the same column.");
            }

            if (!source.Line(above).Contains(':'))
            {
                return (source.At(above, other + 1), "a key needs a colon and a blank after it ('key: value').");
            }
        }

        return (source.At(line, column), text.Contains(':')
            ? $"{message.TrimEnd('.')}. Usually the indentation is off by some blanks, or a value needs quotes."
            : "a key needs a colon and a blank after it ('key: value').");
    }
}
