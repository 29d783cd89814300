using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Budgets;

/// <summary><c>/budget/new</c>, <c>update</c>, <c>info</c>, <c>list</c>, <c>delete</c>, <c>settings</c>.</summary>
internal sealed class BudgetRoutes(Desk desk)
{
    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Fields.Text("budget_id") ?? Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("budget_id", id).Set("created_by", call.Actor).Set("updated_by", call.Actor);
        BudgetFields.Apply(document, call.Read(BudgetFields.Types));
        await desk.ApplyAsync([desk.NewOf(DirectoryKind.Budget, id, document)]);
        return json => BudgetFields.Shape.Write(json, document.Fields);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Required("budget_id");
        var fields = call.Read(BudgetFields.Types);
        var changed = await desk.ChangeAsync(DirectoryKind.Budget, id, (document, _) =>
        {
            BudgetFields.Apply(document.Set("updated_by", call.Actor), fields);
            return ValueTask.CompletedTask;
        });
        return changed is null ? throw NotFound(id) : json => BudgetFields.Shape.Write(json, EntryFields.Of(changed));
    }

    /// <summary>Several budgets, <c>{"budgets": [..]}</c>.</summary>
    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var found = new List<EntryFields>();
        foreach (var id in call.RequiredTexts("budgets"))
        {
            if (await desk.FindAsync(DirectoryKind.Budget, id, call.Aborted) is { } budget)
            {
                found.Add(budget);
            }
        }
        return json => WriteList(json, found);
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var all = await desk.AllAsync(new DirectoryQuery(DirectoryKind.Budget), call.Aborted);
        return json => WriteList(json, all.Select(EntryFields.Of));
    }

    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Required("id");
        var budget = await desk.FindAsync(DirectoryKind.Budget, id, call.Aborted) ?? throw NotFound(id);
        await desk.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Budget, id)]);
        return json => BudgetFields.Shape.Write(json, budget);
    }

    /// <summary>Which fields a budget has, and what is in them.</summary>
    internal async Task<Action<Utf8JsonWriter>> SettingsAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var id = call.RequiredQuery("budget_id");
        var budget = await desk.FindAsync(DirectoryKind.Budget, id, call.Aborted) ?? throw NotFound(id);
        return json =>
        {
            json.WriteStartArray();
            foreach (var (name, type) in BudgetFields.Types.OrderBy(static field => field.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("field_name"u8, name);
                json.WriteString("field_type"u8, type switch { FieldType.Number => "Float", FieldType.Whole => "Integer", FieldType.Map => "Dict", FieldType.List => "List", _ => "String" });
                json.WritePropertyName("field_value"u8);
                (budget.Find(name) ?? JsonValues.Null).WriteTo(json);
                json.WriteBoolean("stored_in_db"u8, true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        };
    }

    private static void WriteList(Utf8JsonWriter json, IEnumerable<EntryFields> budgets)
    {
        json.WriteStartArray();
        foreach (var budget in budgets)
        {
            BudgetFields.Shape.Write(json, budget);
        }
        json.WriteEndArray();
    }

    private static Errors.GatewayException NotFound(string id) => AdminErrors.Missing($"Budget not found, passed budget_id={id}", "budget_id");
}
