using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;
using Weir.Gateway.Admin.Keys;
using Weir.Gateway.Admin.Teams;

namespace Weir.Gateway.Admin.Organizations;

/// <summary><c>/organization/new</c>, <c>update</c>, <c>delete</c>, <c>info</c>, <c>list</c>, and its members.</summary>
internal sealed class OrganizationRoutes(Desk desk)
{
    private static readonly FrozenDictionary<string, FieldType> Types = new Dictionary<string, FieldType>(BudgetFields.Types)
    {
        ["organization_alias"] = FieldType.Text, ["models"] = FieldType.Texts, ["metadata"] = FieldType.Map, ["budget_id"] = FieldType.Text, ["object_permission"] = FieldType.Map,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Shape Shape = new("""
        {"organization_id":null,"organization_alias":null,"budget_id":null,"metadata":{},"models":[],"created_at":null,"created_by":null,"updated_at":null,
         "updated_by":null,"object_permission":null,"members":[]}
        """);

    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        call.RequireAdmin();
        call.Required("organization_alias");
        var fields = call.Read(Types);
        var id = call.Fields.Text("organization_id") ?? Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("organization_id", id).Set("created_by", call.Actor).Set("updated_by", call.Actor);
        KeyFields.Apply(document, [.. fields.Where(static field => !BudgetFields.Types.ContainsKey(field.Name))]);
        var steps = new List<DirectoryChange>();
        if (BudgetFields.New(desk, call, fields) is { } budget)
        {
            document.Set("budget_id", budget.Id);
            steps.Add(budget.Step);
        }
        else if (document.Fields.Text("budget_id") is { } named && await desk.FindAsync(DirectoryKind.Budget, named, call.Aborted) is null)
        {
            throw AdminErrors.Missing($"Budget not found, passed budget_id={named}", "budget_id");
        }
        steps.Insert(0, desk.NewOf(DirectoryKind.Organization, id, document));
        await desk.ApplyAsync(steps);
        return await WriteAsync(id, document.Fields, CancellationToken.None);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        call.RequireAdmin();
        var id = call.Required("organization_id");
        var fields = call.Read(Types);
        var changed = await desk.ChangeAsync(DirectoryKind.Organization, id, async (document, steps) =>
        {
            KeyFields.Apply(document.Set("updated_by", call.Actor), [.. fields.Where(static field => !BudgetFields.Types.ContainsKey(field.Name))]);
            var limits = fields.Where(static field => BudgetFields.Types.ContainsKey(field.Name)).ToList();
            if (limits.Count == 0)
            {
                return;
            }
            if (document.Fields.Text("budget_id") is { } there && await desk.Store.FindAsync(DirectoryKind.Budget, there, CancellationToken.None) is { } entry)
            {
                var budget = new EntryDocument(EntryFields.Of(entry));
                BudgetFields.Apply(budget, limits);
                steps.Add(new DirectoryChange.Replace(desk.EntryOf(DirectoryKind.Budget, there, budget, entry)));
            }
            else if (BudgetFields.New(desk, call, limits) is { } made)
            {
                document.Set("budget_id", made.Id);
                steps.Add(made.Step);
            }
        });
        return changed is null ? throw NotFound(id) : await WriteAsync(id, EntryFields.Of(changed), CancellationToken.None);
    }

    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        call.RequireAdmin();
        var (steps, gone) = (new List<DirectoryChange>(), new List<EntryFields>());
        foreach (var id in call.RequiredTexts("organization_ids"))
        {
            gone.Add(await desk.FindAsync(DirectoryKind.Organization, id, call.Aborted) ?? throw NotFound(id));
            foreach (var kind in (DirectoryKind[])[DirectoryKind.Key, DirectoryKind.Team])
            {
                foreach (var entry in await desk.AllAsync(new DirectoryQuery(kind) { OrganizationId = id }, call.Aborted))
                {
                    steps.Add(new DirectoryChange.Remove(kind, entry.Id));
                    if (kind == DirectoryKind.Team)
                    {
                        var keys = await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { TeamId = entry.Id }, call.Aborted);
                        steps.AddRange(keys.Where(static key => key.OrganizationId is null).Select(static key => new DirectoryChange.Remove(DirectoryKind.Key, key.Id)));
                    }
                }
            }
            steps.Add(new DirectoryChange.Remove(DirectoryKind.Organization, id));
        }
        await desk.ApplyAsync(steps);
        return json =>
        {
            json.WriteStartArray();
            gone.ForEach(organization => Shape.Write(json, organization));
            json.WriteEndArray();
        };
    }

    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        var id = call.RequiredQuery("organization_id");
        if (!call.SeesAll && !(call.Caller.UserId is { } user && await TeamRights.IsOrgAdminAsync(desk, user, id, call.Aborted)))
        {
            throw AdminErrors.AdminsOnly(call);
        }
        return await WriteAsync(id, await desk.FindAsync(DirectoryKind.Organization, id, call.Aborted) ?? throw NotFound(id), call.Aborted);
    }

    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        call.RequireSeesAll();
        var written = new List<Action<Utf8JsonWriter>>();
        foreach (var entry in await desk.AllAsync(new DirectoryQuery(DirectoryKind.Organization), call.Aborted))
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

    internal Task<Action<Utf8JsonWriter>> AddMemberAsync(AdminCall call)
    {
        var members = new List<(string Id, string Role)>();
        var told = call.Fields.Find("member") ?? throw new FieldsException(FieldProblem.Missing("member"));
        foreach (var item in told.ValueKind == JsonValueKind.Array ? told.EnumerateArray().ToList() : [told])
        {
            members.Add((new EntryFields(item).Text("user_id") ?? throw new FieldsException(FieldProblem.Missing("member")), RoleOf(new EntryFields(item).Text("role"))));
        }
        return SetMembersAsync(call, list =>
        {
            foreach (var (id, role) in members)
            {
                list.RemoveAll(there => there.Id == id);
                list.Add((id, role));
            }
        });
    }

    internal Task<Action<Utf8JsonWriter>> UpdateMemberAsync(AdminCall call)
    {
        var (id, role) = (call.Required("user_id"), RoleOf(call.Fields.Text("role")));
        return SetMembersAsync(call, list => list[Place(list, id)] = (id, role));
    }

    internal Task<Action<Utf8JsonWriter>> DeleteMemberAsync(AdminCall call)
    {
        var id = call.Required("user_id");
        return SetMembersAsync(call, list => list.RemoveAt(Place(list, id)));
    }

    private static int Place(List<(string Id, string Role)> list, string id) => list.FindIndex(member => member.Id == id) is >= 0 and var at ? at
        : throw AdminErrors.Bad($"User={id} is not a member of the organization.", "user_id");

    private static string RoleOf(string? role) => role is null ? "internal_user" : CallerRoles.Of(role) is CallerRole.OrgAdmin or CallerRole.InternalUser or CallerRole.InternalUserViewer ? role
        : throw new FieldsException(new FieldProblem("enum", "body", "role", "Input should be 'org_admin', 'internal_user' or 'internal_user_viewer'", JsonValues.Of(role)));

    private async Task<Action<Utf8JsonWriter>> SetMembersAsync(AdminCall call, Action<List<(string Id, string Role)>> set)
    {
        var id = call.Required("organization_id");
        if (!call.IsAdmin && !(call.Caller.UserId is { } user && await TeamRights.IsOrgAdminAsync(desk, user, id, call.Aborted)))
        {
            throw AdminErrors.AdminsOnly(call);
        }
        var changed = await desk.ChangeAsync(DirectoryKind.Organization, id, (document, _) =>
        {
            var list = new List<(string Id, string Role)>();
            if (document.Fields.Find("members") is { ValueKind: JsonValueKind.Array } members)
            {
                list.AddRange(members.EnumerateArray().Select(static item => new EntryFields(item)).Select(static member => (member.Text("user_id") ?? "", member.Text("user_role") ?? "internal_user")));
            }
            set(list);
            document.Set("members", JsonValues.Of(json =>
            {
                json.WriteStartArray();
                foreach (var (member, role) in list)
                {
                    json.WriteStartObject();
                    json.WriteString("user_id"u8, member);
                    json.WriteString("organization_id"u8, id);
                    json.WriteString("user_role"u8, role);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }));
            return ValueTask.CompletedTask;
        });
        return changed is null ? throw NotFound(id) : await WriteAsync(id, EntryFields.Of(changed), CancellationToken.None);
    }

    private async ValueTask<Action<Utf8JsonWriter>> WriteAsync(string id, EntryFields organization, CancellationToken cancellationToken)
    {
        var budget = await BudgetFields.TableAsync(desk, organization.Text("budget_id"), cancellationToken);
        var window = new EntryFields(budget).Text("budget_duration") ?? "";
        var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.Organization, id), window)], cancellationToken);
        return json => Shape.Write(json, organization, ("spend", JsonValues.Of(spent[0].Dollars)), ("litellm_budget_table", budget));
    }

    private static Errors.GatewayException NotFound(string id) => AdminErrors.Missing($"Organization not found, passed organization_id={id}", "organization_id");
}
