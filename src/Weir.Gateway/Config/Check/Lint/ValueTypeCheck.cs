using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Compares values with the types of the schema.</summary>
internal static class ValueTypeCheck
{
    /// <summary>True when the value can be read as one of the types.</summary>
    public static bool Fits(ConfigNode value, ValueTypes types) => value switch
    {
        ConfigMap => types.HasFlag(ValueTypes.Map),
        ConfigList list => types.HasFlag(ValueTypes.List) || (types.HasFlag(ValueTypes.TextList) && list.Items.All(static item => item is ConfigScalar)),
        ConfigScalar { MissingVariable: not null } => (types & ~(ValueTypes.Map | ValueTypes.List | ValueTypes.TextList)) != 0,
        ConfigScalar scalar => FitsScalar(scalar, types),
        _ => true,
    };

    /// <summary>The types in words.</summary>
    public static string Describe(ValueTypes types)
    {
        List<string> words = [];
        Add(ValueTypes.Bool, "true or false");
        Add(ValueTypes.Int, "a whole number");
        Add(ValueTypes.Number, "a number");
        Add(ValueTypes.Text, "text");
        Add(ValueTypes.TextList, "a list of texts");
        Add(ValueTypes.List, "a list");
        Add(ValueTypes.Map, "a map");
        return string.Join(" or ", words);

        void Add(ValueTypes type, string word)
        {
            if (types.HasFlag(type))
            {
                words.Add(word);
            }
        }
    }

    /// <summary>True when the value is one with which a restricting key restricts.</summary>
    public static bool Restricts(ConfigNode value, ConfigKey key) => key.When switch
    {
        RestrictsWhen.Positive => value is not ConfigScalar scalar || !scalar.TryGetDecimal(out var number) || number > 0,
        RestrictsWhen.False => value is ConfigScalar scalar && scalar.TryGetBool(out var on) && !on,
        RestrictsWhen.Named => Texts(value).Any(text => key.RestrictingValues.Contains(text)),
        _ => IsWritten(value),
    };

    /// <summary>True for a value that asks for something: not null, false or empty.</summary>
    public static bool IsWritten(ConfigNode value) => value switch
    {
        ConfigMap map => !map.Entries.IsEmpty,
        ConfigList list => !list.Items.IsEmpty,
        ConfigScalar scalar => !scalar.IsNull && scalar.Text.Length > 0 && !(scalar.TryGetBool(out var on) && !on),
        _ => true,
    };

    /// <summary>": a, b" for a list of guardrails with names; else nothing.</summary>
    public static string NameGuardrails(ConfigNode value)
    {
        var names = (value as ConfigList)?.Items.OfType<ConfigMap>().Select(static item => item.FindScalar("guardrail_name")?.Shown).OfType<string>().ToList() ?? [];
        return names.Count == 0 ? "" : ": " + string.Join(", ", names);
    }

    private static IEnumerable<string> Texts(ConfigNode value) => value switch
    {
        ConfigScalar scalar => [scalar.Text],
        ConfigList list => list.Items.OfType<ConfigScalar>().Select(static item => item.Text),
        _ => [],
    };

    private static bool FitsScalar(ConfigScalar scalar, ValueTypes types) =>
        (types.HasFlag(ValueTypes.Bool) && scalar.TryGetBool(out _))
        || (types.HasFlag(ValueTypes.Int) && scalar.TryGetLong(out _))
        || (types.HasFlag(ValueTypes.Number) && scalar.TryGetDouble(out _))
        || (types.HasFlag(ValueTypes.Text) && scalar.Kind != ScalarKind.Bool);
}
