using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;
using Weir.Gateway.Admin.Keys;
using Weir.Gateway.Admin.Teams;

namespace Weir.Gateway.Admin.Users;

/// <summary><c>/user/new</c>, <c>update</c>, <c>delete</c>, <c>info</c>, <c>list</c>: internal users and their roles.</summary>
internal sealed class UserRoutes(Desk desk, KeyGenerate keys)
{
    private static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>
    {
        ["user_email"] = FieldType.Text, ["user_alias"] = FieldType.Text, ["user_role"] = FieldType.Text, ["max_budget"] = FieldType.Number,
        ["soft_budget"] = FieldType.Number, ["budget_duration"] = FieldType.Duration, ["models"] = FieldType.Texts, ["tpm_limit"] = FieldType.Whole,
        ["rpm_limit"] = FieldType.Whole, ["max_parallel_requests"] = FieldType.Whole, ["metadata"] = FieldType.Map, ["model_max_budget"] = FieldType.Map,
        ["model_rpm_limit"] = FieldType.Map, ["model_tpm_limit"] = FieldType.Map, ["sso_user_id"] = FieldType.Text, ["object_permission"] = FieldType.Map,
        ["guardrails"] = FieldType.Texts, ["access_group_ids"] = FieldType.Texts,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Shape Shape = new("""
        {"user_id":null,"user_alias":null,"user_email":null,"user_role":null,"teams":[],"max_budget":null,"budget_duration":null,"budget_reset_at":null,
         "tpm_limit":null,"rpm_limit":null,"max_parallel_requests":null,"models":[],"model_max_budget":{},"metadata":{},"sso_user_id":null,
         "object_permission":null,"organization_memberships":null,"created_at":null,"updated_at":null}
        """);

    /// <summary>Makes a user and, unless <c>auto_create_key</c> is false, a key for it.</summary>
    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        if (!call.Config.UserDefaults.IsEmpty)
        {
            var completed = new EntryDocument(new EntryFields(JsonElement.Parse(call.Config.UserDefaults.Span)));
            foreach (var member in call.Fields.Members)
            {
                completed.Set(member.Name, member.Value);
            }
            call = call with { Body = completed.Fields.Root };
        }
        var fields = call.Read(Types);
        var id = call.Fields.Text("user_id") ?? Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("user_id", id).Set("user_role", "internal_user");
        Apply(document, fields);
        var steps = new List<DirectoryChange>();
        foreach (var team in call.Fields.Texts("teams"))
        {
            var entry = await desk.Store.FindAsync(DirectoryKind.Team, team, call.Aborted) ?? throw TeamRoutes.NotFound(team);
            var into = new EntryDocument(EntryFields.Of(entry));
            into.Set("members_with_roles", JsonValues.Of(json =>
            {
                json.WriteStartArray();
                if (into.Fields.Find("members_with_roles") is { ValueKind: JsonValueKind.Array } there)
                {
                    foreach (var item in there.EnumerateArray())
                    {
                        item.WriteTo(json);
                    }
                }
                json.WriteStartObject();
                json.WriteString("user_id"u8, id);
                json.WriteString("user_email"u8, document.Fields.Text("user_email"));
                json.WriteString("role"u8, "user"u8);
                json.WriteEndObject();
                json.WriteEndArray();
            }));
            steps.Add(new DirectoryChange.Replace(desk.EntryOf(DirectoryKind.Team, team, into, entry)));
        }
        document.Set("teams", JsonValues.Of(call.Fields.Texts("teams")));
        steps.Insert(0, desk.NewOf(DirectoryKind.User, id, document));
        await desk.ApplyAsync(steps);
        var key = JsonValues.Null;
        if (call.Fields.Find("auto_create_key") is not { ValueKind: JsonValueKind.False })
        {
            var body = new EntryDocument().Set("user_id", id);
            foreach (var (name, value) in (IEnumerable<(string, JsonElement?)>)[("key_alias", call.Fields.Find("key_alias")), ("duration", call.Fields.Find("duration"))])
            {
                if (value is { } told)
                {
                    body.Set(name, told);
                }
            }
            var made = JsonValues.Of(await keys.GenerateAsync(call with { Body = body.Fields.Root }));
            key = new EntryFields(made).Find("key") ?? JsonValues.Null;
        }
        return json => Shape.Write(json, document.Fields, ("key", key), ("spend", JsonValues.Of(0m)));
    }

    /// <summary>Changes a user, named by <c>user_id</c> or <c>user_email</c>. Others than administrators change nothing of themselves that limits them.</summary>
    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Fields.Text("user_id") ?? (call.Fields.Text("user_email") is { } email ? (await desk.Store.FindByAliasAsync(DirectoryKind.User, email, call.Aborted))?.Id : null)
            ?? throw new FieldsException(FieldProblem.Missing("user_id"));
        var fields = call.Read(Types);
        var changed = await desk.ChangeAsync(DirectoryKind.User, id, (document, _) =>
        {
            Apply(document, fields);
            return ValueTask.CompletedTask;
        });
        var user = changed is null ? throw NotFound(id) : EntryFields.Of(changed);
        var spend = await SpendOfAsync(id, user, CancellationToken.None);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("user_id"u8, id);
            json.WritePropertyName("data"u8);
            Shape.Write(json, user, spend);
            json.WriteEndObject();
        };
    }

    /// <summary>Deletes users, their keys and their memberships; answers with how many, as LiteLLM does.</summary>
    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var ids = call.RequiredTexts("user_ids");
        foreach (var id in ids)
        {
            var user = await desk.FindAsync(DirectoryKind.User, id, call.Aborted) ?? throw NotFound(id);
            var steps = new List<DirectoryChange>();
            foreach (var key in await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { UserId = id }, call.Aborted))
            {
                steps.Add(new DirectoryChange.Remove(DirectoryKind.Key, key.Id));
            }
            foreach (var team in user.Texts("teams"))
            {
                if (await desk.Store.FindAsync(DirectoryKind.Team, team, call.Aborted) is { } entry)
                {
                    var without = new EntryDocument(EntryFields.Of(entry));
                    TeamMembers.Remove(without, member => member.Text("user_id") == id);
                    steps.Add(new DirectoryChange.Replace(desk.EntryOf(DirectoryKind.Team, team, without, entry)));
                }
            }
            steps.Add(new DirectoryChange.Remove(DirectoryKind.User, id));
            await desk.ApplyAsync(steps);
        }
        return json => json.WriteNumberValue(ids.Count);
    }

    /// <summary>A user with its keys and teams; without <c>?user_id=</c> the caller's own.</summary>
    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        var id = call.Query("user_id") ?? call.Caller.UserId ?? throw new FieldsException(FieldProblem.Missing("user_id", "query"));
        if (!call.SeesAll && id != call.Caller.UserId)
        {
            throw AdminErrors.Forbidden($"key not allowed to access this user's info. user_id={id}, key's user_id={call.Caller.UserId ?? "None"}");
        }
        var user = await desk.FindAsync(DirectoryKind.User, id, call.Aborted) ?? throw NotFound(id);
        var ofUser = (await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { UserId = id }, call.Aborted)).Select(static entry => (entry.Id, Fields: EntryFields.Of(entry))).ToList();
        var spent = await desk.Spend.SpentAsync([.. ofUser.Select(static key => (KeyShelf.ScopeOf(key.Id, key.Fields), key.Fields.Text("budget_duration") ?? ""))], call.Aborted);
        var teams = new List<(EntryFields Fields, IReadOnlyList<(string, JsonElement)> Spend)>();
        foreach (var team in user.Texts("teams"))
        {
            if (await desk.FindAsync(DirectoryKind.Team, team, call.Aborted) is { } found)
            {
                teams.Add((found, await TeamRoutes.SpendOfAsync(desk, team, found, call.Aborted)));
            }
        }
        var spend = await SpendOfAsync(id, user, call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("user_id"u8, id);
            json.WritePropertyName("user_info"u8);
            Shape.Write(json, user, spend);
            json.WriteStartArray("keys"u8);
            for (var i = 0; i < ofUser.Count; i++)
            {
                KeyFields.Shape.Write(json, ofUser[i].Fields, ("token", JsonValues.Of(ofUser[i].Id)), ("spend", JsonValues.Of(spent[i].Dollars)));
            }
            json.WriteEndArray();
            json.WriteStartArray("teams"u8);
            foreach (var (fields, ofTeam) in teams)
            {
                TeamFields.Shape.Write(json, fields, ofTeam);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var (page, size) = (call.Number("page", 1, 1, 1_000_000), call.Number("page_size", 25, 1, 100));
        var (role, email) = (call.Query("role"), call.Query("user_email"));
        var ids = call.Query("user_ids")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        DirectoryPage found;
        if (role is null && email is null && ids is null)
        {
            found = await desk.Store.ListAsync(new DirectoryQuery(DirectoryKind.User) { PageSize = size, Skip = checked((page - 1) * size) }, call.Aborted);
        }
        else
        {
            var all = (await desk.AllAsync(new DirectoryQuery(DirectoryKind.User), call.Aborted)).Where(entry => EntryFields.Of(entry) is var fields
                && (role is null || fields.Text("user_role") == role) && (email is null || (fields.Text("user_email") ?? "").Contains(email, StringComparison.OrdinalIgnoreCase))
                && (ids is null || ids.Contains(entry.Id, StringComparer.Ordinal))).ToList();
            found = new DirectoryPage([.. all.Skip((page - 1) * size).Take(size)], all.Count, null);
        }
        var users = found.Entries.Select(static entry => (entry.Id, Fields: EntryFields.Of(entry))).ToList();
        var spent = await desk.Spend.SpentAsync([.. users.Select(static user => (new Scope(ScopeKind.User, user.Id), user.Fields.Text("budget_duration") ?? ""))], call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("users"u8);
            for (var i = 0; i < users.Count; i++)
            {
                Shape.Write(json, users[i].Fields, ("spend", JsonValues.Of(spent[i].Dollars)));
            }
            json.WriteEndArray();
            json.WriteNumber("total"u8, found.Total);
            json.WriteNumber("page"u8, page);
            json.WriteNumber("page_size"u8, size);
            json.WriteNumber("total_pages"u8, (found.Total + size - 1) / size);
            json.WriteEndObject();
        };
    }

    private static void Apply(EntryDocument document, IReadOnlyList<(string Name, JsonElement Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name == "user_role" && value.ValueKind == JsonValueKind.String && CallerRoles.Of(value.GetString()) == CallerRole.Unknown)
            {
                throw new FieldsException(new FieldProblem("enum", "body", name, $"Input should be one of {string.Join(", ", CallerRoles.All)}", value));
            }
        }
        KeyFields.Apply(document, fields);
    }

    private async ValueTask<IReadOnlyList<(string Name, JsonElement Value)>> SpendOfAsync(string id, EntryFields user, CancellationToken cancellationToken)
    {
        var window = user.Text("budget_duration") ?? "";
        var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.User, id), window)], cancellationToken);
        return [("spend", JsonValues.Of(spent[0].Dollars)), ("budget_reset_at", JsonValues.Of(desk.Spend.EndOf(window)))];
    }

    private static Errors.GatewayException NotFound(string id) => AdminErrors.Missing($"User {id} not found", "user_id");
}
