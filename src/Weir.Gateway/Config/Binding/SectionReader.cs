using System.Collections.Immutable;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Reads typed values of one section. It converts as leniently as LiteLLM does (a number or a boolean may be text, as after
/// <c>os.environ/</c>), takes null for absent, and reports what does not fit with its place instead of throwing.
/// </summary>
internal sealed class SectionReader(ConfigMap map, string path, ConfigProblems problems, ProblemSeverity severity)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    /// <summary>The section itself.</summary>
    public ConfigMap Map { get; } = map;

    /// <summary>The section's path, such as <c>router_settings</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The first setting that did not fit; null while all did.</summary>
    public string? FirstWrong { get; private set; }

    /// <summary>The section of that name below <paramref name="root"/>; an empty one when it is absent, null or not a map (which is reported).</summary>
    public static SectionReader Of(ConfigMap root, string name, ConfigProblems problems, ProblemSeverity severity)
    {
        var node = root.Find(name);
        if (node is not null and not ConfigMap)
        {
            Report(problems, severity, node, name, "a map");
        }

        return new SectionReader(node as ConfigMap ?? ConfigMap.Empty(node?.Position ?? root.Position), name, problems, severity);
    }

    /// <summary>True when the key is there with a value.</summary>
    public bool Has(string name) => Map.Find(name) is not null;

    /// <summary>The path of a key of this section.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>The section below this one; null when it is absent, or not a map (which is reported).</summary>
    public SectionReader? Section(string name)
    {
        var node = Map.Find(name);
        if (node is ConfigMap below)
        {
            return new SectionReader(below, PathOf(name), problems, severity);
        }

        if (node is not null)
        {
            Wrong(node, name, "a map");
        }

        return null;
    }

    /// <summary>A map that stands inside this section, such as an item of a list.</summary>
    public SectionReader Below(ConfigMap below, string name) => new(below, PathOf(name), problems, severity);

    /// <summary>A boolean.</summary>
    public bool? Bool(string name)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && (scalar.TryGetBool(out var value) || TryReadDigit(scalar, out value)))
        {
            return value;
        }

        Wrong(node, name, "true or false");
        return null;
    }

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public int? Int(string name, int least = 0)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && scalar.TryGetInt(out var value) && value >= least)
        {
            return value;
        }

        Wrong(node, name, $"a whole number of at least {least}");
        return null;
    }

    /// <summary>A whole number of at least <paramref name="least"/>, 64 bits.</summary>
    public long? Long(string name, long least = 0)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && scalar.TryGetLong(out var value) && value >= least)
        {
            return value;
        }

        Wrong(node, name, $"a whole number of at least {least}");
        return null;
    }

    /// <summary>A number that is not negative.</summary>
    public double? Double(string name)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && scalar.TryGetDouble(out var value) && value >= 0)
        {
            return value;
        }

        Wrong(node, name, "a number of at least 0");
        return null;
    }

    /// <summary>An exact number that is not negative.</summary>
    public decimal? Decimal(string name)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && scalar.TryGetDecimal(out var value) && value >= 0)
        {
            return value;
        }

        Wrong(node, name, "a number of at least 0");
        return null;
    }

    /// <summary>A time in seconds, at most a year.</summary>
    public TimeSpan? Seconds(string name)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar && scalar.TryGetDouble(out var seconds) && seconds >= 0)
        {
            return seconds >= s_longest.TotalSeconds ? s_longest : TimeSpan.FromSeconds(seconds);
        }

        Wrong(node, name, "a number of seconds");
        return null;
    }

    /// <summary>A limit of time in seconds; 0 means none of its own, as LiteLLM reads it.</summary>
    public TimeSpan? Limit(string name) => Seconds(name) is { } limit && limit > TimeSpan.Zero ? limit : null;

    /// <summary>Text; a number or a boolean counts as its text. Empty text counts as absent.</summary>
    public string? Text(string name)
    {
        if (Map.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ConfigScalar scalar)
        {
            return scalar.Text.Length == 0 ? null : scalar.Text;
        }

        Wrong(node, name, "text");
        return null;
    }

    /// <summary>Text that must not be shown.</summary>
    public Secret? Secret(string name) => Text(name) is { } text ? new Secret(text) : null;

    /// <summary>A list of texts; one text counts as a list of one.</summary>
    public ImmutableArray<string> Texts(string name)
    {
        switch (Map.Find(name))
        {
            case null:
                return [];
            case ConfigScalar scalar:
                return [scalar.Text];
            case ConfigList list:
                var texts = ImmutableArray.CreateBuilder<string>(list.Items.Length);
                for (var i = 0; i < list.Items.Length; i++)
                {
                    if (list.Items[i] is ConfigScalar { IsNull: false } item)
                    {
                        texts.Add(item.Text);
                    }
                    else if (!list.Items[i].IsNull)
                    {
                        Wrong(list.Items[i], $"{name}[{i}]", "text");
                    }
                }

                return texts.ToImmutable();
            case var other:
                Wrong(other, name, "a list of texts");
                return [];
        }
    }

    /// <summary>Reports that a setting does not fit.</summary>
    public void Wrong(ConfigNode node, string name, string expected)
    {
        FirstWrong ??= name;
        Report(problems, severity, node, PathOf(name), expected);
    }

    /// <summary>Reports a setting that must not be passed over.</summary>
    public void Error(string code, ConfigNode node, string name, string message, string? found = null, string? expected = null) =>
        problems.Error(code, node.Position, PathOf(name), message, found, expected);

    /// <summary>Warns about a setting.</summary>
    public void Warn(string code, ConfigNode node, string name, string message, string? found = null, string? expected = null, string? suggestion = null) =>
        problems.Warning(code, node.Position, PathOf(name), message, found, expected, suggestion);

    private static void Report(ConfigProblems problems, ProblemSeverity severity, ConfigNode node, string path, string expected) =>
        problems.Add(new ConfigProblem(BindingCodes.WrongType, severity, node.Position, $"'{path}' does not fit.")
        {
            Path = path,
            Found = node.Describe(),
            Expected = expected,
        });

    /// <summary>0 and 1 stand for false and true, as Python's truth has it.</summary>
    private static bool TryReadDigit(ConfigScalar scalar, out bool value)
    {
        value = scalar.Text == "1";
        return scalar.Text is "0" or "1";
    }
}
