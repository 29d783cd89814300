using Weir.Gateway.Config.Check;
using YamlDotNet.Core;

namespace Weir.Gateway.Config.Yaml;

/// <summary>Says in plain words what usually causes a YAML syntax error.</summary>
internal static class YamlSyntax
{
    /// <summary>Adds the problem for a parser's exception.</summary>
    public static void Explain(YamlSource source, YamlException exception, ConfigProblems problems)
    {
        var mark = exception.Start;
        var (line, column, cause) = FindCause(source, exception.Message, mark);
        problems.Error("yaml-syntax", source.At(line, column), "", $"This is not YAML: {cause}");
    }

    private static (int Line, int Column, string Cause) FindCause(YamlSource source, string message, Mark mark)
    {
        var last = source.Lines.Length;
        while (last > 1 && source.Line(last).IsWhiteSpace())
        {
            last--;
        }

        var line = (int)Math.Clamp(mark.Line, 1, last);
        var column = (int)Math.Max(mark.Column, 1);
        var text = source.Line(line);

        for (var i = line; i >= Math.Max(1, line - 1); i--)
        {
            var template = source.Line(i).IndexOf("{{", StringComparison.Ordinal);
            var directive = source.Line(i).IndexOf("{%", StringComparison.Ordinal);
            if (template >= 0 || directive >= 0)
            {
                return (i, Math.Max(template, directive) + 1,
                    "'{{ }}' belongs to a Helm or Jinja template that was not rendered. Render it first (helm template ...), or put quotes around it.");
            }
        }

        for (var i = line; i >= Math.Max(1, line - 1); i--)
        {
            var tab = source.Line(i).IndexOf('\t');
            if (tab >= 0)
            {
                return (i, tab + 1, source.Line(i)[..tab].IsWhiteSpace()
                    ? "a tab can't indent. Use spaces."
                    : "a tab stands after the value. Delete it, or use spaces.");
            }
        }

        if (message.Contains("quoted scalar", StringComparison.Ordinal))
        {
            return (line, column, "a quote is opened and never closed.");
        }

        if (message.Contains("anchor or alias", StringComparison.Ordinal))
        {
            return (line, column, "a value that starts with '*' or '&' needs quotes around it, as in \"*\".");
        }

        if (text.Length >= column && column >= 1 && text[column - 1] is '@' or '`' or '%')
        {
            return (line, column, $"a value can't start with '{text[column - 1]}'. Put quotes around it.");
        }

        if (message.Contains("flow", StringComparison.Ordinal) || message.Contains("',' or '", StringComparison.Ordinal))
        {
            return (line, column, "a '[' or '{' is opened and not closed, or a comma is missing before this place.");
        }

        return ExplainIndent(source, message, line, column);
    }

    private static (int Line, int Column, string Cause) ExplainIndent(YamlSource source, string message, int line, int column)
    {
        var text = source.Line(line);
        if (text.Count(": ") > 1 && message.Contains("apping values", StringComparison.Ordinal))
        {
            return (line, column, "the value holds ': '. Put quotes around the whole value.");
        }

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
                return (line, column,
                    $"the indentation does not fit: this line starts in column {indent + 1}, line {source.At(above, 1).Line} above it in column {other + 1}. Keys of one section start in the same column.");
            }

            if (!source.Line(above).Contains(':'))
            {
                return (above, other + 1, "a key needs a colon and a blank after it ('key: value').");
            }
        }

        return (line, column, text.Contains(':')
            ? $"{message.TrimEnd('.')}. Usually the indentation is off by some blanks, or a value needs quotes."
            : "a key needs a colon and a blank after it ('key: value').");
    }
}
