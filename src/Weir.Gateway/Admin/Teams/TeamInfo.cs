using System.Text.Json;
using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;
using Weir.Gateway.Admin.Keys;

namespace Weir.Gateway.Admin.Teams;

/// <summary><c>/team/info</c>, <c>/team/list</c>, <c>/v2/team/list</c>.</summary>
internal sealed class TeamInfo(Desk desk)
{
    internal async Task<Action<Utf8JsonWriter>> InfoAsync(AdminCall call)
    {
        var id = call.RequiredQuery("team_id");
        var team = await desk.FindAsync(DirectoryKind.Team, id, call.Aborted) ?? throw TeamRoutes.NotFound(id);
        if (!await SeesAsync(call, id, team))
        {
            throw AdminErrors.Forbidden("key not allowed to access this team's info. Key team_id={0}, Requested team_id={1}"
                .Replace("{0}", call.Caller.TeamId ?? "None", StringComparison.Ordinal).Replace("{1}", id, StringComparison.Ordinal));
        }
        var keys = (await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { TeamId = id }, call.Aborted)).Select(static entry => (entry.Id, Fields: EntryFields.Of(entry))).ToList();
        var spent = await desk.Spend.SpentAsync([.. keys.Select(static key => (KeyShelf.ScopeOf(key.Id, key.Fields), key.Fields.Text("budget_duration") ?? ""))], call.Aborted);
        var spend = await TeamRoutes.SpendOfAsync(desk, id, team, call.Aborted);
        var memberships = await MembershipsAsync(id, team, call.Aborted);
        var members = await BudgetFields.TableAsync(desk, team.Object("metadata").Text("team_member_budget_id"), call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("team_id"u8, id);
            json.WritePropertyName("team_info"u8);
            TeamFields.Shape.Write(json, team, [.. spend, ("team_member_budget_table", members), ("team_memberships", JsonValues.Null)]);
            json.WriteStartArray("keys"u8);
            for (var i = 0; i < keys.Count; i++)
            {
                KeyFields.Shape.Write(json, keys[i].Fields, ("token", JsonValues.Of(keys[i].Id)), ("spend", JsonValues.Of(spent[i].Dollars)));
            }
            json.WriteEndArray();
            json.WritePropertyName("team_memberships"u8);
            memberships.WriteTo(json);
            json.WriteEndObject();
        };
    }

    /// <summary>Every team that the caller may see.</summary>
    internal async Task<Action<Utf8JsonWriter>> ListAsync(AdminCall call)
    {
        var teams = await VisibleAsync(call);
        var spends = await SpendsAsync(teams, call.Aborted);
        return json =>
        {
            json.WriteStartArray();
            WriteAll(json, teams, spends);
            json.WriteEndArray();
        };
    }

    /// <summary>The same in numbered pages.</summary>
    internal async Task<Action<Utf8JsonWriter>> PageAsync(AdminCall call)
    {
        var (page, size) = (call.Number("page", 1, 1, 1_000_000), call.Number("page_size", 10, 1, 100));
        var all = await VisibleAsync(call);
        var teams = all.Skip((page - 1) * size).Take(size).ToList();
        var spends = await SpendsAsync(teams, call.Aborted);
        return json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("teams"u8);
            WriteAll(json, teams, spends);
            json.WriteEndArray();
            json.WriteNumber("total"u8, all.Count);
            json.WriteNumber("page"u8, page);
            json.WriteNumber("page_size"u8, size);
            json.WriteNumber("total_pages"u8, (all.Count + size - 1) / size);
            json.WriteEndObject();
        };
    }

    private async ValueTask<List<(string Id, EntryFields Fields)>> VisibleAsync(AdminCall call)
    {
        var (user, organization) = (call.Query("user_id"), call.Query("organization_id"));
        if (!call.SeesAll)
        {
            user = user is null || user == call.Caller.UserId ? call.Caller.UserId ?? throw AdminErrors.AdminsOnly(call)
                : throw AdminErrors.Forbidden($"Only admin users can query all teams/other teams. Your user role={CallerRoles.WordOf(call.Caller.Role)}");
        }
        var all = await desk.AllAsync(new DirectoryQuery(DirectoryKind.Team) { OrganizationId = organization, Alias = call.Query("team_alias") }, call.Aborted);
        return [.. all.Select(static entry => (entry.Id, EntryFields.Of(entry))).Where(team => user is null || TeamRights.RoleIn(team.Item2, user) is not null)];
    }

    private async ValueTask<IReadOnlyList<Providers.Pricing.Money>> SpendsAsync(List<(string Id, EntryFields Fields)> teams, CancellationToken cancellationToken) =>
        await desk.Spend.SpentAsync([.. teams.Select(static team => (new Scope(ScopeKind.Team, team.Id), team.Fields.Text("budget_duration") ?? ""))], cancellationToken);

    private void WriteAll(Utf8JsonWriter json, List<(string Id, EntryFields Fields)> teams, IReadOnlyList<Providers.Pricing.Money> spends)
    {
        for (var i = 0; i < teams.Count; i++)
        {
            TeamFields.Shape.Write(
                json, teams[i].Fields, ("spend", JsonValues.Of(spends[i].Dollars)), ("budget_reset_at", JsonValues.Of(desk.Spend.EndOf(teams[i].Fields.Text("budget_duration") ?? ""))));
        }
    }

    private async ValueTask<JsonElement> MembershipsAsync(string id, EntryFields team, CancellationToken cancellationToken)
    {
        var items = team.Find("team_memberships") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(static item => new EntryFields(item)).ToList() : [];
        var told = new List<(EntryFields Membership, JsonElement Budget, decimal Spend)>();
        foreach (var membership in items)
        {
            var budget = await BudgetFields.TableAsync(desk, membership.Text("budget_id"), cancellationToken);
            var window = new EntryFields(budget).Text("budget_duration") ?? "";
            var spent = await desk.Spend.SpentAsync([(new Scope(ScopeKind.TeamMember, $"{id}/{membership.Text("user_id")}"), window)], cancellationToken);
            told.Add((membership, budget, spent[0].Dollars));
        }
        return JsonValues.Of(json =>
        {
            json.WriteStartArray();
            foreach (var (membership, budget, spend) in told)
            {
                json.WriteStartObject();
                json.WriteString("user_id"u8, membership.Text("user_id"));
                json.WriteString("team_id"u8, id);
                json.WriteString("budget_id"u8, membership.Text("budget_id"));
                json.WriteNumber("spend"u8, spend);
                json.WritePropertyName("litellm_budget_table"u8);
                budget.WriteTo(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private async ValueTask<bool> SeesAsync(AdminCall call, string id, EntryFields team) =>
        call.SeesAll || call.Caller.TeamId == id || (call.Caller.UserId is { } user && TeamRights.RoleIn(team, user) is not null) || await TeamRights.ManagesAsync(desk, call, id, null);
}
