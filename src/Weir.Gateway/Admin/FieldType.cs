using System.Globalization;
using System.Text.Json;

namespace Weir.Gateway.Admin;

/// <summary>What a field of a request may hold. Null is always allowed and means: not said.</summary>
internal enum FieldType
{
    Text,
    Number,
    Whole,
    Flag,
    Texts,
    List,
    Map,
    Duration,
    Any,
}

/// <summary>Reads fields as LiteLLM's framework does: numbers and flags may be written as text.</summary>
internal static class FieldTypes
{
    /// <summary>The value in its own type, or what is wrong with it.</summary>
    internal static JsonElement Read(string name, FieldType type, JsonElement value, List<FieldProblem> problems)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return value;
        }
        var read = type switch
        {
            FieldType.Text => value.ValueKind == JsonValueKind.String ? value : null,
            FieldType.Number => NumberOf(value),
            FieldType.Whole => WholeOf(value),
            FieldType.Flag => FlagOf(value),
            FieldType.Texts => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String) ? value : null,
            FieldType.List => value.ValueKind == JsonValueKind.Array ? value : null,
            FieldType.Map => value.ValueKind == JsonValueKind.Object ? value : null,
            FieldType.Duration => value.ValueKind == JsonValueKind.String && Durations.IsOne(value.GetString() ?? "") ? value : null,
            _ => (JsonElement?)value,
        };
        if (read is null)
        {
            var (kind, message) = Words(type);
            problems.Add(new FieldProblem(kind, "body", name, message, value));
        }
        return read ?? value;
    }

    private static (string Kind, string Message) Words(FieldType type) => type switch
    {
        FieldType.Text => ("string_type", "Input should be a valid string"),
        FieldType.Number => ("float_parsing", "Input should be a valid number, unable to parse string as a number"),
        FieldType.Whole => ("int_parsing", "Input should be a valid integer, unable to parse string as an integer"),
        FieldType.Flag => ("bool_parsing", "Input should be a valid boolean, unable to interpret input"),
        FieldType.Texts => ("list_type", "Input should be a valid list of strings"),
        FieldType.List => ("list_type", "Input should be a valid list"),
        FieldType.Duration => ("value_error", "Input should be a duration such as 30s, 30m, 24h, 7d, 1w or 1mo"),
        _ => ("dict_type", "Input should be a valid dictionary"),
    };

    private static JsonElement? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value,
        JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValues.Of(number),
        _ => null,
    };

    private static JsonElement? WholeOf(JsonElement value) => NumberOf(value) is { } number && number.TryGetDecimal(out var told) && decimal.Truncate(told) == told && Math.Abs(told) < 9e18m
        ? JsonValues.Of((long)told) : null;

    private static JsonElement? FlagOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => value,
        JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => JsonValues.Of(flag),
        _ => null,
    };
}
