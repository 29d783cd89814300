using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>The traps of YAML 1.1 and the ways in which variables are written that LiteLLM does not know.</summary>
internal sealed class ScalarHints(ConfigProblems problems)
{
    /// <summary>Reports what is odd about a value that has an acceptable type.</summary>
    public void Report(ConfigScalar scalar, ValueTypes types, string path, bool secret = false)
    {
        if (scalar.Variable is null && scalar.MissingVariable is null)
        {
            ReportTrap(scalar, types, path, secret);
            ReportReferences(scalar, path);
        }
    }

    /// <summary>Reports a key that YAML 1.1 does not read as text.</summary>
    public void ReportKey(ConfigScalar key, string path)
    {
        if (key.Kind == ScalarKind.Bool)
        {
            problems.Warning("yaml-bool", key.Position, path, $"YAML 1.1 reads the key {key.Text} as a boolean. Put quotes around it.", suggestion: $"\"{key.Text}\"");
        }
    }

    /// <summary>Reports an unquoted value that YAML 1.1 reads as something else than it looks like.</summary>
    public void ReportTrap(ConfigScalar? scalar, ValueTypes types, string path, bool secret = false)
    {
        if (scalar is null || scalar.Style != ScalarStyle.Plain)
        {
            return;
        }

        if (secret)
        {
            if (scalar.Kind is not (ScalarKind.String or ScalarKind.Null))
            {
                problems.Warning("yaml-not-text", scalar.Position, path, "Without quotes YAML 1.1 does not read this secret as text. Put quotes around it.");
            }

            return;
        }

        var quoted = $"\"{scalar.Text}\"";
        switch (scalar.Kind)
        {
            case ScalarKind.Bool when !types.HasFlag(ValueTypes.Bool) && types.HasFlag(ValueTypes.Text):
                problems.Warning("yaml-bool", scalar.Position, path, $"YAML 1.1 reads {scalar.Text} without quotes as a boolean. Put quotes around it.", scalar.Describe(), "text", quoted);
                break;
            case ScalarKind.Int when YamlTypes.IsSexagesimal(scalar.Text) && scalar.TryGetLong(out var number):
                problems.Warning("yaml-base60", scalar.Position, path, $"YAML 1.1 reads {scalar.Text} without quotes as a number in base 60: {number}. Put quotes around it.", suggestion: quoted);
                break;
            case ScalarKind.Int when YamlTypes.IsLeadingZeroOctal(scalar.Text) && scalar.TryGetLong(out var number):
                problems.Warning(
                    "yaml-octal", scalar.Position, path,
                    $"YAML 1.1 reads {scalar.Text} without quotes as an octal number: {number}. Put quotes around it, or drop the leading zero.", suggestion: quoted);
                break;
            case ScalarKind.Timestamp:
                problems.Warning("yaml-date", scalar.Position, path, $"YAML 1.1 reads {scalar.Text} without quotes as a date, and LiteLLM then has no text. Put quotes around it.", suggestion: quoted);
                break;
            case ScalarKind.String when (types & (ValueTypes.Number | ValueTypes.Int)) != 0 && !types.HasFlag(ValueTypes.Text) && YamlTypes.IsNumberElsewhere(scalar.Text):
                problems.Warning(
                    "yaml-float", scalar.Position, path,
                    $"YAML 1.1 reads {scalar.Text} as text, not as a number, because it has no dot. It is used as a number here; in LiteLLM it is text.",
                    suggestion: AddDot(scalar.Text));
                break;
        }
    }

    private void ReportReferences(ConfigScalar scalar, string path)
    {
        var text = scalar.Text;
        if (text.Contains("os.environ/", StringComparison.Ordinal))
        {
            if (path.StartsWith("general_settings.pass_through_endpoints[", StringComparison.Ordinal) && path.Contains("].headers.", StringComparison.Ordinal))
            {
                // The one place where it is replaced behind other words: 'bearer os.environ/NAME'.
                return;
            }

            problems.Warning("reference-inside-text", scalar.Position, path, "'os.environ/NAME' is replaced only where it is the whole value; here it stays text.", suggestion: "a variable that holds the whole value");
        }
        else if (FindShellVariable(text) is { } name && !path.StartsWith("mcp_servers.", StringComparison.Ordinal))
        {
            problems.Warning(
                "shell-variable", scalar.Position, path,
                $"'${{{name}}}' is not replaced, here or in LiteLLM: the text itself is used. Render the file first (envsubst), or use os.environ.",
                suggestion: $"os.environ/{name}");
        }
        else if (FindOtherReference(text) is { } other)
        {
            problems.Warning("wrong-reference", scalar.Position, path, "A variable is not written this way; the text itself is used.", expected: "os.environ/NAME", suggestion: $"os.environ/{other}");
        }
        else if (text.Contains("{{", StringComparison.Ordinal) && text.Contains("}}", StringComparison.Ordinal) && !path.StartsWith("prompts", StringComparison.Ordinal))
        {
            problems.Warning("template-not-rendered", scalar.Position, path, "The value holds '{{ }}': a template that was not rendered. The text itself is used.");
        }
    }

    /// <summary>NAME of <c>${NAME}</c> or <c>${NAME:-default}</c>.</summary>
    private static string? FindShellVariable(string text)
    {
        var start = text.IndexOf("${", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf('}', start);
        if (end < 0)
        {
            return null;
        }

        var inner = text.AsSpan(start + 2, end - start - 2);
        var colon = inner.IndexOfAny(':', '-');
        var name = colon < 0 ? inner : inner[..colon];
        return IsName(name) ? name.ToString() : null;
    }

    private static string? FindOtherReference(string text)
    {
        ReadOnlySpan<char> rest = text;
        foreach (var prefix in new[] { "os.environ[", "os.environ.get(", "os.getenv(", "os.environ.", "os.env/", "env:", "env/", "environ/", "$env:" })
        {
            if (rest.StartsWith(prefix, StringComparison.Ordinal))
            {
                var name = rest[prefix.Length..].Trim("[]()\"' ");
                return IsName(name) ? name.ToString() : null;
            }
        }

        // Only capitals: a password may begin with a dollar sign.
        return rest.Length > 1 && rest[0] == '$' && IsName(rest[1..]) && !rest[1..].ContainsAnyInRange('a', 'z') ? rest[1..].ToString() : null;
    }

    private static bool IsName(ReadOnlySpan<char> name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && !name.ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static string AddDot(string text)
    {
        var exponent = text.IndexOfAny(['e', 'E']);
        return exponent < 0 ? text : $"{text[..exponent]}.0{text[exponent..]}";
    }
}
