using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;

namespace Weir.Gateway.Admin.Tags;

/// <summary><c>/tag/new</c>, <c>update</c>, <c>delete</c>, <c>info</c>, <c>list</c>: tags of requests, and their budgets.</summary>
internal sealed class TagRoutes(Desk desk)
{
    private static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>(BudgetFields.Types)
    {
        ["description"] = FieldType.Text, ["models"] = FieldType.Texts, ["budget_id"] = FieldType.Text,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Shape Shape = new("""{"name":null,"description":null,"models":[],"model_info":null,"budget_id":null,"created_at":null,"updated_at":null,"created_by":null}""");

    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        var name = call.Required("name");
        var document = new EntryDocument().Set("name", name).Set("created_by", call.Actor);
        var steps = new List<DirectoryChange>();
        await ApplyAsync(call, document, steps);
        steps.Insert(0, desk.NewOf(DirectoryKind.Tag, name, document));
        await desk.ApplyAsync(steps);
        return await ToldAsync($"Tag {name} created successfully", name, document.Fields);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var name = call.Required("name");
        var changed = await desk.ChangeAsync(DirectoryKind.Tag, name, (document, steps) => ApplyAsync(call, document, steps));
        return changed is null ? throw NotFound(name) : await ToldAsync($"Tag {name} updated successfully", name, EntryFields.Of(changed));
    }

    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var name = call.Required("name");
        if (await desk.FindAsync(DirectoryKind.Tag, name, call.Aborted) is null)
        {
            throw NotFound(name);
        }
        await desk.ApplyAsync([new DirectoryChange.Remove(DirectoryKind.Tag, name)]);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, $"Tag {name} deleted successfully");
            json.WriteEndObject();
        };
    }

    /// <summary>Several tags by name, as an object.</summary>
    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var written = new List<(string Name, Action<Utf8JsonWriter> Write)>();
        foreach (var name in call.RequiredTexts("names"))
        {
            written.Add((name, await WriteAsync(name, await desk.FindAsync(DirectoryKind.Tag, name, call.Aborted) ?? throw NotFound(name))));
        }
        return json =>
        {
            json.WriteStartObject();
            foreach (var (name, write) in written)
            {
                json.WritePropertyName(name);
                write(json);
            }
            json.WriteEndObject();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var written = new List<Action<Utf8JsonWriter>>();
        foreach (var entry in await desk.AllAsync(new DirectoryQuery(DirectoryKind.Tag), call.Aborted))
        {
            written.Add(await WriteAsync(entry.Id, EntryFields.Of(entry)));
        }
        return json =>
        {
            json.WriteStartArray();
            written.ForEach(write => write(json));
            json.WriteEndArray();
        };
    }

    private async ValueTask ApplyAsync(AdminCall call, EntryDocument document, List<DirectoryChange> steps)
    {
        var fields = call.Read(Types);
        foreach (var (name, value) in fields.Where(static field => !BudgetFields.Types.ContainsKey(field.Name)))
        {
            document.Set(name, value);
        }
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

    private async ValueTask<Action<Utf8JsonWriter>> ToldAsync(string message, string name, EntryFields tag)
    {
        var write = await WriteAsync(name, tag);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, message);
            json.WritePropertyName("tag"u8);
            write(json);
            json.WriteEndObject();
        };
    }

    private async ValueTask<Action<Utf8JsonWriter>> WriteAsync(string name, EntryFields tag)
    {
        var budget = await BudgetFields.TableAsync(desk, tag.Text("budget_id"), CancellationToken.None);
        var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.Tag, name), new EntryFields(budget).Text("budget_duration") ?? "")], CancellationToken.None);
        return json => Shape.Write(json, tag, ("spend", JsonValues.Of(spent[0].Dollars)), ("litellm_budget_table", budget));
    }

    private static Errors.GatewayException NotFound(string name) => AdminErrors.Missing($"Tag {name} not found", "name");
}
