namespace Weir.Gateway.Config.Schema;

/// <summary>The short words that the schema lists are written in.</summary>
internal static class SchemaWords
{
    /// <summary>true or false.</summary>
    public const ValueTypes Bool = ValueTypes.Bool;

    /// <summary>A whole number.</summary>
    public const ValueTypes Int = ValueTypes.Int;

    /// <summary>Any number.</summary>
    public const ValueTypes Number = ValueTypes.Number;

    /// <summary>Text.</summary>
    public const ValueTypes Text = ValueTypes.Text;

    /// <summary>A list of texts.</summary>
    public const ValueTypes TextList = ValueTypes.TextList;

    /// <summary>One text, or a list of texts.</summary>
    public const ValueTypes Texts = ValueTypes.Text | ValueTypes.TextList;

    /// <summary>Names of callbacks: a text, or a list of texts and of maps that hold one callback's settings under its name.</summary>
    public const ValueTypes CallbackNames = ValueTypes.Text | ValueTypes.List;

    /// <summary>A list.</summary>
    public const ValueTypes List = ValueTypes.List;

    /// <summary>A map.</summary>
    public const ValueTypes Map = ValueTypes.Map;

    /// <summary>Anything.</summary>
    public const ValueTypes Any = ValueTypes.Any;

    /// <summary>A key that works.</summary>
    public static ConfigKey Served(string name, ValueTypes types, string description) =>
        new(name, KeyMark.Served, types, description);

    /// <summary>A key without effect that nobody gets more by.</summary>
    public static ConfigKey Ignored(string name, ValueTypes types, string description, string? instead = null) =>
        new(name, KeyMark.Ignored, types, description) { Instead = instead };

    /// <summary>A key without effect whose wish holds anyway, or that is mere noise.</summary>
    public static ConfigKey Quiet(string name, ValueTypes types, string description) =>
        new(name, KeyMark.Ignored, types, description) { Quiet = true };

    /// <summary>A key that limits, which this build does not do.</summary>
    public static ConfigKey Restricts(string name, ValueTypes types, string description, string? instead = null) =>
        new(name, KeyMark.Restricts, types, description) { Instead = instead };

    /// <summary>A limit for which 0 means none.</summary>
    public static ConfigKey Limit(string name, string description, string? instead = null) =>
        new(name, KeyMark.Restricts, Number, description) { Instead = instead, When = RestrictsWhen.Positive };
}
