using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Keys;

namespace Weir.Gateway.Admin.Budgets;

/// <summary>The fields of a budget, wherever it is written: on its own, for an organisation, an end user, a tag, a member.</summary>
internal static class BudgetFields
{
    internal static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>
    {
        ["max_budget"] = FieldType.Number, ["soft_budget"] = FieldType.Number, ["budget_duration"] = FieldType.Duration, ["budget_limits"] = FieldType.List,
        ["tpm_limit"] = FieldType.Whole, ["rpm_limit"] = FieldType.Whole, ["max_parallel_requests"] = FieldType.Whole, ["model_max_budget"] = FieldType.Map,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static readonly Shape Shape = new("""
        {"budget_id":null,"max_budget":null,"soft_budget":null,"max_parallel_requests":null,"tpm_limit":null,"rpm_limit":null,"model_max_budget":null,
         "budget_duration":null,"budget_reset_at":null,"created_at":null,"created_by":null,"updated_at":null,"updated_by":null}
        """);

    /// <summary>Writes the budget fields of a request into a document.</summary>
    internal static void Apply(EntryDocument document, IEnumerable<(string Name, JsonElement Value)> fields)
    {
        foreach (var (name, value) in fields.Where(static field => Types.ContainsKey(field.Name)))
        {
            switch (name)
            {
                case "max_budget" or "soft_budget" when value.ValueKind == JsonValueKind.Number && value.GetDouble() < 0:
                    throw AdminErrors.Bad($"{name} cannot be negative. Received: {value.GetRawText()}", name);
                case "budget_limits":
                    KeyFields.RequireWindows(value);
                    break;
                case "model_max_budget":
                    KeyFields.RequireModelBudgets(value);
                    break;
                default:
                    break;
            }
            document.Set(name, value);
        }
    }

    /// <summary>A new budget for what a request says of one; null when it says nothing of one.</summary>
    internal static (string Id, DirectoryChange.Add Step)? New(Desk desk, AdminCall call, IReadOnlyList<(string Name, JsonElement Value)> fields)
    {
        if (!fields.Any(static field => Types.ContainsKey(field.Name) && field.Value.ValueKind != JsonValueKind.Null))
        {
            return null;
        }
        var id = Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("budget_id", id).Set("created_by", call.Actor).Set("updated_by", call.Actor);
        Apply(document, fields);
        return (id, desk.NewOf(DirectoryKind.Budget, id, document));
    }

    /// <summary>The budget that an entry refers to, as answers show it; null when there is none.</summary>
    internal static async ValueTask<JsonElement> TableAsync(Desk desk, string? budgetId, CancellationToken cancellationToken) =>
        await desk.FindAsync(DirectoryKind.Budget, budgetId, cancellationToken) is { } budget ? JsonValues.Of(json => Shape.Write(json, budget)) : JsonValues.Null;
}
