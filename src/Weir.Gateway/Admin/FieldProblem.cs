using System.Text.Json;

namespace Weir.Gateway.Admin;

/// <summary>One thing that is wrong with a request, in the words of LiteLLM's framework.</summary>
/// <param name="Type">Its kind, e.g. <c>missing</c>.</param>
/// <param name="Place"><c>body</c> or <c>query</c>.</param>
/// <param name="Field">The field; empty for the whole.</param>
/// <param name="Message">For people.</param>
/// <param name="Input">What was found.</param>
internal sealed record FieldProblem(string Type, string Place, string Field, string Message, JsonElement? Input)
{
    /// <summary>A field that has to be there is not.</summary>
    internal static FieldProblem Missing(string field, string place = "body") => new("missing", place, field, "Field required", null);
}

/// <summary>A request whose fields are wrong: 422, every problem at once.</summary>
internal sealed class FieldsException(IReadOnlyList<FieldProblem> problems) : Exception("the request has wrong fields")
{
    internal FieldsException(FieldProblem problem)
        : this([problem])
    {
    }

    /// <summary><c>{"detail":[{"type","loc","msg","input"}]}</c>.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("detail"u8);
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, problem.Type);
            json.WriteStartArray("loc"u8);
            json.WriteStringValue(problem.Place);
            if (problem.Field.Length > 0)
            {
                json.WriteStringValue(problem.Field);
            }
            json.WriteEndArray();
            json.WriteString("msg"u8, problem.Message);
            if (problem.Input is { } input)
            {
                json.WritePropertyName("input"u8);
                input.WriteTo(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
