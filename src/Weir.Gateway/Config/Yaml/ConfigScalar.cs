using System.Globalization;

namespace Weir.Gateway.Config.Yaml;

/// <summary>How a scalar was written.</summary>
internal enum ScalarStyle
{
    /// <summary>Without quotes.</summary>
    Plain,

    /// <summary>In single or double quotes.</summary>
    Quoted,

    /// <summary>As a block, <c>|</c> or <c>&gt;</c>.</summary>
    Block,
}

/// <summary>What PyYAML's safe loader makes of a scalar (YAML 1.1).</summary>
internal enum ScalarKind
{
    /// <summary>Empty, <c>~</c>, <c>null</c>.</summary>
    Null,

    /// <summary>true, yes, on and their opposites.</summary>
    Bool,

    /// <summary>An integer, also octal, hexadecimal, binary and base 60.</summary>
    Int,

    /// <summary>A float; <c>1e-06</c> is not one (no dot).</summary>
    Float,

    /// <summary>A date or a time stamp, which the field reads as text.</summary>
    Timestamp,

    /// <summary>Text.</summary>
    String,
}

/// <summary>A single value.</summary>
internal sealed class ConfigScalar : ConfigNode
{
    /// <summary>Makes a scalar; its kind follows from text and style.</summary>
    public ConfigScalar(ConfigPosition position, string text, ScalarStyle style)
        : base(position)
    {
        Text = text;
        Style = style;
        Kind = style == ScalarStyle.Plain ? YamlTypes.Resolve(text) : ScalarKind.String;
    }

    /// <summary>The text without quotes.</summary>
    public string Text { get; }

    /// <summary>How it was written.</summary>
    public ScalarStyle Style { get; }

    /// <summary>What it is.</summary>
    public ScalarKind Kind { get; }

    /// <summary>The text for a message: the reference, where it came from a variable.</summary>
    public string Shown => Variable is null ? Text : "os.environ/" + Variable;

    /// <summary>The environment variable that the text came from; null when it stands in the file. Such a value is never shown.</summary>
    public string? Variable { get; init; }

    /// <summary>
    /// The environment variable that <c>os.environ/NAME</c> names and that is not set, in a file that leaves such deployments out;
    /// <see cref="Text"/> is then still the reference, which nothing may use.
    /// </summary>
    public string? MissingVariable { get; init; }

    /// <summary>For a literal block (<c>|</c>): the columns that its lines are indented by; else -1.</summary>
    public int BlockIndent { get; init; } = -1;

    /// <inheritdoc/>
    public override long ExpandedCount => 1;

    /// <inheritdoc/>
    public override int Height => 1;

    /// <summary>A boolean, or the text true / false in any case (as after <c>os.environ/</c>).</summary>
    public bool TryGetBool(out bool value)
    {
        if (Kind == ScalarKind.Bool)
        {
            value = YamlTypes.ReadBool(Text);
            return true;
        }

        value = false;
        return Kind == ScalarKind.String && bool.TryParse(Text, out value);
    }

    /// <summary>An integer, a float without a fraction, or text that holds one.</summary>
    public bool TryGetLong(out long value)
    {
        if (Kind == ScalarKind.Int)
        {
            return YamlTypes.TryReadInt(Text, out value);
        }

        value = 0;
        if (!TryGetDecimal(out var number) || number != decimal.Truncate(number) || number is < long.MinValue or > long.MaxValue)
        {
            return false;
        }

        value = (long)number;
        return true;
    }

    /// <summary>Like <see cref="TryGetLong"/>, within 32 bits.</summary>
    public bool TryGetInt(out int value)
    {
        value = 0;
        if (!TryGetLong(out var number) || number is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        value = (int)number;
        return true;
    }

    /// <summary>A number, or text that holds one (<c>1e-06</c> too); exact.</summary>
    public bool TryGetDecimal(out decimal value)
    {
        value = 0;
        switch (Kind)
        {
            case ScalarKind.Int:
                var isInt = YamlTypes.TryReadInt(Text, out var number);
                value = number;
                return isInt;
            case ScalarKind.Float:
                return decimal.TryParse(Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
            case ScalarKind.String:
                return decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
            default:
                return false;
        }
    }

    /// <summary>A finite number, or text that holds one.</summary>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        if (Kind == ScalarKind.Int)
        {
            var isInt = YamlTypes.TryReadInt(Text, out var number);
            value = number;
            return isInt;
        }

        return Kind is ScalarKind.Float or ScalarKind.String
            && double.TryParse(Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>Seconds (a number) as a time span; not negative, at most a year.</summary>
    public bool TryGetSeconds(out TimeSpan value)
    {
        const double year = 366 * 86400.0;
        var ok = TryGetDouble(out var seconds) && seconds is >= 0 and <= year;
        value = ok ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return ok;
    }

    /// <inheritdoc/>
    public override string Describe()
    {
        const int longest = 60;
        if (Variable is not null)
        {
            return $"the value of environment variable {Variable}";
        }

        var shown = Text.Length <= longest ? Text : string.Concat(Text.AsSpan(0, longest), "...");
        shown = shown.ReplaceLineEndings(" ");
        return Kind switch
        {
            ScalarKind.Null => "nothing (null)",
            ScalarKind.Bool => $"the boolean {shown}",
            ScalarKind.Int or ScalarKind.Float => $"the number {shown}",
            ScalarKind.Timestamp => $"the date {shown}",
            _ => $"the text '{shown}'",
        };
    }
}
