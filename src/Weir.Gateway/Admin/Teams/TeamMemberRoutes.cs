using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Admin.Budgets;

namespace Weir.Gateway.Admin.Teams;

/// <summary><c>/team/member_add</c>, <c>member_update</c>, <c>member_delete</c>, <c>bulk_member_add</c>.</summary>
internal sealed class TeamMemberRoutes(Desk desk)
{
    private static readonly Dictionary<string, FieldType> Limits = new(StringComparer.Ordinal)
    {
        ["max_budget_in_team"] = FieldType.Number, ["budget_duration"] = FieldType.Duration, ["tpm_limit"] = FieldType.Whole, ["rpm_limit"] = FieldType.Whole,
    };

    internal Task<Action<Utf8JsonWriter>> AddAsync(AdminCall call) =>
        AddAsync(call, TeamMembers.Read(call.Fields.Find("member") ?? throw new FieldsException(FieldProblem.Missing("member")), "member"));

    internal Task<Action<Utf8JsonWriter>> BulkAddAsync(AdminCall call) =>
        AddAsync(call, TeamMembers.Read(call.Fields.Find("members") ?? throw new FieldsException(FieldProblem.Missing("members")), "members"));

    internal async Task<Action<Utf8JsonWriter>> UpdateAsync(AdminCall call)
    {
        var id = call.Required("team_id");
        var (limits, role) = (LimitsOf(call), call.Fields.Text("role"));
        if (role is not (null or "admin" or "user"))
        {
            throw new FieldsException(new FieldProblem("literal_error", "body", "role", "Input should be 'admin' or 'user'", JsonValues.Of(role)));
        }
        var user = await UserIdAsync(call);
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (team, steps) =>
        {
            await RequireAsync(call, id);
            var budget = BudgetFields.New(desk, call, limits);
            TeamMembers.Update(team, id, user, role, budget?.Id);
            if (budget is { } own)
            {
                steps.Add(own.Step);
            }
        });
        var fields = changed is null ? throw TeamRoutes.NotFound(id) : EntryFields.Of(changed);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("team_id"u8, id);
            json.WriteString("user_id"u8, user);
            json.WriteString("user_email"u8, call.Fields.Text("user_email"));
            json.WriteString("role"u8, TeamRights.RoleIn(fields, user));
            foreach (var (name, _) in Limits)
            {
                json.WritePropertyName(name);
                (call.Fields.Find(name) ?? JsonValues.Null).WriteTo(json);
            }
            json.WriteEndObject();
        };
    }

    /// <summary>Takes a member out; the keys that it had for the team end with it.</summary>
    internal async Task<Action<Utf8JsonWriter>> DeleteAsync(AdminCall call)
    {
        var id = call.Required("team_id");
        var (userId, email) = (call.Fields.Text("user_id"), call.Fields.Text("user_email"));
        if (userId is null && email is null)
        {
            throw new FieldsException(new FieldProblem("value_error", "body", "", "Value error, Either user_id or user_email must be provided", null));
        }
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (team, steps) =>
        {
            await RequireAsync(call, id);
            var before = team.Fields;
            var gone = TeamMembers.Remove(team, member => userId is not null ? member.Text("user_id") == userId : member.Text("user_email") == email);
            if (gone.Count == 0)
            {
                throw AdminErrors.Bad($"User not found in team. Team_id={id}, user_id={userId ?? "None"}, user_email={email ?? "None"}", "user_id");
            }
            steps.AddRange(await TeamMembers.LeaveAsync(desk, id, before, gone));
            foreach (var user in gone)
            {
                foreach (var key in await desk.AllAsync(new DirectoryQuery(DirectoryKind.Key) { TeamId = id, UserId = user }, CancellationToken.None))
                {
                    steps.Add(new DirectoryChange.Remove(DirectoryKind.Key, key.Id));
                }
            }
        });
        return await TeamAsync(id, changed);
    }

    private async Task<Action<Utf8JsonWriter>> AddAsync(AdminCall call, List<TeamMember> members)
    {
        var id = call.Required("team_id");
        var limits = LimitsOf(call);
        var changed = await desk.ChangeAsync(DirectoryKind.Team, id, async (team, steps) =>
        {
            await RequireAsync(call, id);
            steps.AddRange(await TeamMembers.AddAsync(desk, call, id, team, members, () => BudgetFields.New(desk, call, limits)));
        });
        return await TeamAsync(id, changed);
    }

    private static List<(string Name, JsonElement Value)> LimitsOf(AdminCall call) =>
        [.. call.Read(Limits).Select(static field => (field.Name == "max_budget_in_team" ? "max_budget" : field.Name, field.Value))];

    private async ValueTask<string> UserIdAsync(AdminCall call) => call.Fields.Text("user_id")
        ?? (call.Fields.Text("user_email") is { } email ? (await desk.Store.FindByAliasAsync(DirectoryKind.User, email, call.Aborted))?.Id : null)
        ?? throw new FieldsException(new FieldProblem("value_error", "body", "", "Value error, Either user_id or user_email must be provided", null));

    private async ValueTask RequireAsync(AdminCall call, string teamId)
    {
        if (!await TeamRights.ManagesAsync(desk, call, teamId, null))
        {
            throw AdminErrors.Forbidden($"Call not allowed. User not proxy admin OR team admin. route={call.Http.Request.Path.Value}, team_id={teamId}");
        }
    }

    private async ValueTask<Action<Utf8JsonWriter>> TeamAsync(string id, DirectoryEntry? changed)
    {
        var team = changed is null ? throw TeamRoutes.NotFound(id) : EntryFields.Of(changed);
        var spend = await TeamRoutes.SpendOfAsync(desk, id, team, CancellationToken.None);
        return json => TeamFields.Shape.Write(json, team, [.. spend, ("updated_users", JsonValues.Null), ("updated_team_memberships", team.Find("team_memberships") ?? JsonValues.Null)]);
    }
}
