using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;
using Weir.Gateway.Admin.Keys;

namespace Weir.Gateway.Admin.Teams;

/// <summary><c>/team/new</c>, <c>update</c>, <c>delete</c>, <c>block</c>, <c>unblock</c>, <c>model/add</c>, <c>model/delete</c>, <c>permissions_*</c>.</summary>
internal sealed class TeamRoutes(Desk desk, KeyShelf shelf)
{
    private const string MemberBudget = "team_member_budget_id";

    internal async Task<Action<Utf8JsonWriter>> NewAsync(AdminCall call)
    {
        await RequireOrganizationAsync(call, call.Fields.Text("organization_id"));
        if (!call.Config.TeamDefaults.IsEmpty)
        {
            var completed = new EntryDocument(new EntryFields(JsonElement.Parse(call.Config.TeamDefaults.Span)));
            foreach (var member in call.Fields.Members)
            {
                completed.Set(member.Name, member.Value);
            }
            call = call with { Body = completed.Fields.Root };
        }
        var (fields, ofMembers) = (call.Read(TeamFields.Types), call.Read(TeamFields.OfMembers));
        var id = call.Fields.Text("team_id") ?? Guid.CreateVersion7(desk.Now).ToString();
        var document = new EntryDocument().Set("team_id", id);
        TeamFields.Apply(document, fields);
        await shelf.RequireReferencesAsync(document.Fields, isTeam: true, call.Aborted);
        var steps = new List<DirectoryChange>();
        if (BudgetFields.New(desk, call, TeamFields.MemberBudget(ofMembers)) is { } budget)
        {
            steps.Add(budget.Step);
            document.SetBelow("metadata", MemberBudget, JsonValues.Of(budget.Id));
        }
        var members = TeamMembers.Read(call.Fields.Find("members_with_roles"), "members_with_roles");
        if (call.Caller.UserId is { } maker && !call.Caller.IsAdmin && members.TrueForAll(member => member.UserId != maker))
        {
            members.Add(new TeamMember(maker, null, "admin"));
        }
        steps.AddRange(await TeamMembers.AddAsync(desk, call, id, document, members, null));
        steps.Insert(0, desk.NewOf(DirectoryKind.Team, id, document));
        await desk.ApplyAsync(steps);
        return Write(document.Fields, [("spend", JsonValues.Of(0m))]);
    }

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        var id = call.Required("team_id");
        var (fields, ofMembers) = (call.Read(TeamFields.Types), call.Read(TeamFields.OfMembers));
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (document, steps) =>
        {
            await RequireOrganizationAsync(call, document.Fields.Text("organization_id"));
            var members = document.Fields.Object("metadata").Text(MemberBudget);
            TeamFields.Apply(document, fields);
            if (members is not null && document.Fields.Object("metadata").Text(MemberBudget) is null)
            {
                // Other metadata must not take the members' limit away.
                document.SetBelow("metadata", MemberBudget, JsonValues.Of(members));
            }
            await RequireOrganizationAsync(call, document.Fields.Text("organization_id"));
            await shelf.RequireReferencesAsync(document.Fields, isTeam: true, call.Aborted);
            if (ofMembers.Count > 0)
            {
                // A new budget rather than a changed one: members may share the old one with others.
                var budget = BudgetFields.New(desk, call, TeamFields.MemberBudget(ofMembers));
                document.SetBelow("metadata", MemberBudget, JsonValues.Of(budget?.Id));
                if (budget is { } made)
                {
                    steps.Add(made.Step);
                }
            }
        });
        var team = changed is null ? throw NotFound(id) : EntryFields.Of(changed);
        var spend = await SpendOfAsync(desk, id, team, CancellationToken.None);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("team_id"u8, id);
            json.WritePropertyName("data"u8);
            TeamFields.Shape.Write(json, team, spend);
            json.WriteEndObject();
        };
    }

    /// <summary>Deletes teams, their keys, and what their members had there.</summary>
    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        var steps = new List<DirectoryChange>();
        foreach (var id in call.RequiredTexts("team_ids"))
        {
            var team = await desk.FindAsync(DirectoryKind.Team, id, call.Aborted) ?? throw NotFound(id);
            await RequireOrganizationAsync(call, team.Text("organization_id"));
            foreach (var key in await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { TeamId = id }, call.Aborted))
            {
                steps.Add(new DirectoryChange.Remove(DirectoryKind.Key, key.Id));
            }
            steps.AddRange(await TeamMembers.LeaveAsync(desk, id, team, TeamMembers.Read(team.Find("members_with_roles"), "members_with_roles").Select(static member => member.UserId)));
            steps.Add(new DirectoryChange.Remove(DirectoryKind.Team, id));
        }
        await desk.ApplyAsync(steps);
        var gone = call.RequiredTexts("team_ids");
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("deleted_teams"u8);
            foreach (var id in gone)
            {
                json.WriteStringValue(id);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    internal Task<Action<Utf8JsonWriter>> BlockAsync(AdminCall call) => SetAsync(call, document => document.Set("blocked", true));

    internal Task<Action<Utf8JsonWriter>> UnblockAsync(AdminCall call) => SetAsync(call, document => document.Set("blocked", false));

    internal Task<Action<Utf8JsonWriter>> AddModelsAsync(AdminCall call)
    {
        var models = call.RequiredTexts("models");
        return SetAsync(call, document => document.Set("models", JsonValues.Of(document.Fields.Texts("models").Union(models, StringComparer.Ordinal))));
    }

    internal Task<Action<Utf8JsonWriter>> DeleteModelsAsync(AdminCall call)
    {
        var models = call.RequiredTexts("models");
        return SetAsync(call, document =>
        {
            var left = document.Fields.Texts("models").Except(models, StringComparer.Ordinal).ToList();
            // An empty list would allow every model.
            document.Set("models", JsonValues.Of(left.Count > 0 || document.Fields.Texts("models").Count == 0 ? left : [ModelSet.NoDefaultModels]));
        });
    }

    internal async Task<Action<Utf8JsonWriter>> PermissionsAsync(AdminCall call)
    {
        var id = call.RequiredQuery("team_id");
        var team = await desk.FindAsync(DirectoryKind.Team, id, call.Aborted) ?? throw NotFound(id);
        if (!call.SeesAll && !await TeamRights.ManagesAsync(desk, call, id, null))
        {
            throw AdminErrors.AdminsOnly(call);
        }
        return json => WritePermissions(json, id, team);
    }

    internal async Task<Action<Utf8JsonWriter>> SetPermissionsAsync(AdminCall call)
    {
        var (id, permissions) = (call.Required("team_id"), call.RequiredTexts("team_member_permissions"));
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (document, _) =>
        {
            if (!await TeamRights.ManagesAsync(desk, call, id, null))
            {
                throw AdminErrors.AdminsOnly(call);
            }
            document.Set("team_member_permissions", JsonValues.Of(permissions));
        });
        return changed is null ? throw NotFound(id) : json => WritePermissions(json, id, EntryFields.Of(changed));
    }

    /// <summary>What a team has spent, with when that starts again.</summary>
    internal static async ValueTask<IReadOnlyList<(string Name, JsonElement Value)>> SpendOfAsync(Desk desk, string id, EntryFields team, CancellationToken cancellationToken)
    {
        var window = team.Text("budget_duration") ?? "";
        var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.Team, id), window)], cancellationToken);
        return [("spend", JsonValues.Of(spent[0].Dollars)), ("budget_reset_at", JsonValues.Of(desk.Spend.EndOf(window)))];
    }

    internal static Errors.GatewayException NotFound(string id) => AdminErrors.Missing($"Team not found, passed team id: {id}", "team_id");

    private static Action<Utf8JsonWriter> Write(EntryFields team, IReadOnlyList<(string Name, JsonElement Value)> spend) => json => TeamFields.Shape.Write(json, team, spend);

    private static void WritePermissions(Utf8JsonWriter json, string id, EntryFields team)
    {
        json.WriteStartObject();
        json.WriteString("team_id"u8, id);
        json.WriteStartArray("team_member_permissions"u8);
        foreach (var permission in team.Texts("team_member_permissions"))
        {
            json.WriteStringValue(permission);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Teams belong to administrators; those of an organisation to its own as well.</summary>
    private async ValueTask RequireOrganizationAsync(AdminCall call, string? organizationId)
    {
        if (!call.IsAdmin && !(organizationId is not null && call.Caller.UserId is { } user && await TeamRights.IsOrgAdminAsync(desk, user, organizationId, call.Aborted)))
        {
            throw AdminErrors.AdminsOnly(call);
        }
    }

    private async Task<Action<Utf8JsonWriter>> SetAsync(AdminCall call, Action<EntryDocument> set)
    {
        var id = call.Required("team_id");
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (document, _) =>
        {
            await RequireOrganizationAsync(call, document.Fields.Text("organization_id"));
            set(document);
        });
        var team = changed is null ? throw NotFound(id) : EntryFields.Of(changed);
        return Write(team, await SpendOfAsync(desk, id, team, CancellationToken.None));
    }
}
