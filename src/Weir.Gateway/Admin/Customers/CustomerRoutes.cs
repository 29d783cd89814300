using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;
using Weir.Gateway.Admin.Keys;

namespace Weir.Gateway.Admin.Customers;

/// <summary><c>/customer/new</c>, <c>update</c>, <c>delete</c>, <c>info</c>, <c>list</c>, <c>block</c>, <c>unblock</c>; the same under <c>/end_user</c>.</summary>
internal sealed class CustomerRoutes(Desk desk)
{
    private static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>(BudgetFields.Types)
    {
        ["alias"] = FieldType.Text, ["blocked"] = FieldType.Flag, ["budget_id"] = FieldType.Text, ["metadata"] = FieldType.Map,
        ["allowed_model_region"] = FieldType.Text, ["default_model"] = FieldType.Text, ["object_permission"] = FieldType.Map,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Unserved = ["allowed_model_region", "default_model"];

    private static readonly Shape Shape = new("""{"user_id":null,"blocked":false,"alias":null,"allowed_model_region":null,"default_model":null,"object_permission":null}""");

    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Required("user_id");
        var fields = Read(call);
        var document = new EntryDocument().Set("user_id", id);
        var steps = new List<DirectoryChange>();
        await ApplyAsync(call, document, fields, steps);
        steps.Insert(0, desk.NewOf(DirectoryKind.EndUser, id, document));
        try
        {
            await desk.ApplyAsync(steps);
        }
        catch (DirectoryConflictException conflict) when (conflict is { Conflict: DirectoryConflict.IdTaken, Kind: DirectoryKind.EndUser })
        {
            throw AdminErrors.Bad($"Customer already exists, passed user_id={id}. Please pass a new user_id.", "user_id");
        }
        return await WriteAsync(id, document.Fields, CancellationToken.None);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Required("user_id");
        var fields = Read(call);
        var changed = await desk.ChangeAsync(DirectoryKind.EndUser, id, (document, steps) => ApplyAsync(call, document, fields, steps));
        return changed is null ? throw NotFound(id) : await WriteAsync(id, EntryFields.Of(changed), CancellationToken.None);
    }

    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var ids = call.RequiredTexts("user_ids");
        foreach (var id in ids)
        {
            if (await desk.FindAsync(DirectoryKind.EndUser, id, call.Aborted) is null)
            {
                throw NotFound(id);
            }
        }
        await desk.ApplyAsync([.. ids.Select(static id => new DirectoryChange.Remove(DirectoryKind.EndUser, id))]);
        return json =>
        {
            json.WriteStartObject();
            json.WriteNumber("deleted_customers"u8, ids.Count);
            json.WriteString("message"u8, "Successfully deleted customers with ids: " + PythonText.List(ids));
            json.WriteEndObject();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var id = call.RequiredQuery("end_user_id");
        return await WriteAsync(id, await desk.FindAsync(DirectoryKind.EndUser, id, call.Aborted) ?? throw NotFound(id), call.Aborted);
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var written = new List<Action<Utf8JsonWriter>>();
        foreach (var entry in await desk.AllAsync(new DirectoryQuery(DirectoryKind.EndUser), call.Aborted))
        {
            written.Add(await WriteAsync(entry.Id, EntryFields.Of(entry), call.Aborted));
        }
        return json =>
        {
            json.WriteStartArray();
            written.ForEach(write => write(json));
            json.WriteEndArray();
        };
    }

    internal Task<Action<Utf8JsonWriter>> BlockAsync(AdminCall call) => SetBlockedAsync(call, true);

    internal Task<Action<Utf8JsonWriter>> UnblockAsync(AdminCall call) => SetBlockedAsync(call, false);

    private async Task<Action<Utf8JsonWriter>> SetBlockedAsync(AdminCall call, bool blocked)
    {
        call.RequireAdmin();
        var changed = new List<EntryFields>();
        foreach (var id in call.RequiredTexts("user_ids"))
        {
            var entry = await desk.ChangeAsync(DirectoryKind.EndUser, id, (document, _) =>
            {
                document.Set("blocked", blocked);
                return ValueTask.CompletedTask;
            });
            if (entry is null)
            {
                // As in LiteLLM someone who was never seen can be blocked.
                var document = new EntryDocument().Set("user_id", id).Set("blocked", blocked);
                await desk.ApplyAsync([desk.NewOf(DirectoryKind.EndUser, id, document)]);
                changed.Add(document.Fields);
                continue;
            }
            changed.Add(EntryFields.Of(entry));
        }
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("blocked_users"u8);
            changed.ForEach(customer => Shape.Write(json, customer));
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    private static List<(string Name, JsonElement Value)> Read(AdminCall call)
    {
        var fields = call.Read(Types);
        foreach (var (name, value) in fields)
        {
            if (Unserved.Contains(name, StringComparer.Ordinal) && value.ValueKind != JsonValueKind.Null)
            {
                throw AdminErrors.Bad($"'{name}' is not enforced by this build, so a customer can't be given it: it would promise what is not kept.", name);
            }
        }
        return fields;
    }

    private async ValueTask ApplyAsync(AdminCall call, EntryDocument document, IReadOnlyList<(string Name, JsonElement Value)> fields, List<DirectoryChange> steps)
    {
        KeyFields.Apply(document, [.. fields.Where(static field => !BudgetFields.Types.ContainsKey(field.Name))]);
        if (BudgetFields.New(desk, call, fields) is { } budget)
        {
            document.Set("budget_id", budget.Id);
            steps.Add(budget.Step);
        }
        else if (document.Fields.Text("budget_id") is { } named && await desk.FindAsync(DirectoryKind.Budget, named, call.Aborted) is null)
        {
            throw AdminErrors.Missing($"Budget not found, passed budget_id={named}", "budget_id");
        }
    }

    private async ValueTask<Action<Utf8JsonWriter>> WriteAsync(string id, EntryFields customer, CancellationToken cancellationToken)
    {
        var budget = await BudgetFields.TableAsync(desk, customer.Text("budget_id"), cancellationToken);
        var window = new EntryFields(budget).Text("budget_duration") ?? "";
        var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.EndUser, id), window)], cancellationToken);
        return json => Shape.Write(json, customer, ("spend", JsonValues.Of(spent[0].Dollars)), ("litellm_budget_table", budget));
    }

    private static Errors.GatewayException NotFound(string id) => AdminErrors.Missing($"End User Id={id} does not exist in db", "end_user_id");
}
