using System.Text.Json;
using Weir.Gateway.Access.Directory;

namespace Weir.Gateway.Admin.Teams;

/// <summary>A member as a request names it.</summary>
internal sealed record TeamMember(string? UserId, string? Email, string Role);

/// <summary>The members of a team: in the team's list with their role, in the user's list of teams, and with a budget of their own when they have one.</summary>
internal static class TeamMembers
{
    private const string List = "members_with_roles";
    private static readonly string[] UsualFields = ["models", "max_budget", "budget_duration", "tpm_limit", "rpm_limit"];
    private const string Budgets = "team_memberships";

    /// <summary>Reads one member, or a list of them.</summary>
    internal static List<TeamMember> Read(JsonElement? told, string field)
    {
        IEnumerable<JsonElement> items = told switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
            { } one => [one],
        };
        var members = new List<TeamMember>();
        foreach (var item in items)
        {
            var fields = new EntryFields(item);
            var member = new TeamMember(fields.Text("user_id"), fields.Text("user_email"), fields.Text("role") ?? "user");
            if (member.UserId is null && member.Email is null)
            {
                throw new FieldsException(new FieldProblem("value_error", "body", field, "Value error, Either user_id or user_email must be provided", item));
            }
            if (member.Role is not ("admin" or "user"))
            {
                throw new FieldsException(new FieldProblem("literal_error", "body", field, "Input should be 'admin' or 'user'", item));
            }
            members.Add(member);
        }
        return members;
    }

    /// <summary>Adds members to a team's document; returns the steps that make them known to their users.</summary>
    /// <param name="desk">The directory.</param>
    /// <param name="call">Who asks.</param>
    /// <param name="teamId">The team.</param>
    /// <param name="team">Its document.</param>
    /// <param name="members">Whom to add.</param>
    /// <param name="budget">Makes a budget for each; null for none of their own.</param>
    internal static async ValueTask<List<DirectoryChange>> AddAsync(
        Desk desk, AdminCall call, string teamId, EntryDocument team, IReadOnlyList<TeamMember> members, Func<(string Id, DirectoryChange.Add Step)?>? budget)
    {
        var steps = new List<DirectoryChange>();
        var (list, budgets) = (Items(team, List), Items(team, Budgets));
        foreach (var member in members)
        {
            var (user, entry) = await UserOfAsync(desk, call, member);
            var id = user.Fields.Text("user_id") ?? "";
            if (list.Exists(there => new EntryFields(there).Text("user_id") == id))
            {
                throw AdminErrors.Bad($"User already in team. Member: user_id={id}, user_email={member.Email ?? "None"}", "member");
            }
            list.Add(JsonValues.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("user_id"u8, id);
                json.WriteString("user_email"u8, user.Fields.Text("user_email"));
                json.WriteString("role"u8, member.Role);
                json.WriteEndObject();
            }));
            if (budget?.Invoke() is { } own)
            {
                steps.Add(own.Step);
                SetBudget(budgets, teamId, id, own.Id);
            }
            user.Set("teams", JsonValues.Of(user.Fields.Texts("teams").Union([teamId], StringComparer.Ordinal)));
            steps.Add(entry is null ? desk.NewOf(DirectoryKind.User, id, user) : new DirectoryChange.Replace(desk.EntryOf(DirectoryKind.User, id, user, entry)));
        }
        Write(team, list, budgets);
        return steps;
    }

    /// <summary>Gives a member another role, or another budget.</summary>
    internal static void Update(EntryDocument team, string teamId, string userId, string? role, string? budgetId)
    {
        var (list, budgets) = (Items(team, List), Items(team, Budgets));
        var at = list.FindIndex(there => new EntryFields(there).Text("user_id") == userId);
        if (at < 0)
        {
            throw AdminErrors.Bad($"User={userId} is not in team={teamId}.", "user_id");
        }
        if (role is not null)
        {
            list[at] = new EntryDocument(new EntryFields(list[at])).Set("role", role).Fields.Root;
        }
        if (budgetId is not null)
        {
            SetBudget(budgets, teamId, userId, budgetId);
        }
        Write(team, list, budgets);
    }

    /// <summary>Takes members out of a team's document.</summary>
    /// <returns>Their user ids.</returns>
    internal static List<string> Remove(EntryDocument team, Predicate<EntryFields> whom)
    {
        var (list, budgets) = (Items(team, List), Items(team, Budgets));
        var gone = list.Select(static item => new EntryFields(item)).Where(member => whom(member)).Select(static member => member.Text("user_id") ?? "").ToList();
        list.RemoveAll(item => whom(new EntryFields(item)));
        budgets.RemoveAll(item => gone.Contains(new EntryFields(item).Text("user_id") ?? "", StringComparer.Ordinal));
        Write(team, list, budgets);
        return gone;
    }

    /// <summary>The steps that make users forget a team, with the budgets that they had there.</summary>
    internal static async ValueTask<List<DirectoryChange>> LeaveAsync(Desk desk, string teamId, EntryFields team, IEnumerable<string?> userIds)
    {
        var steps = new List<DirectoryChange>();
        foreach (var id in userIds.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await desk.Store.FindAsync(DirectoryKind.User, id, CancellationToken.None) is { } entry)
            {
                var user = new EntryDocument(EntryFields.Of(entry));
                user.Set("teams", JsonValues.Of(user.Fields.Texts("teams").Where(team => team != teamId)));
                steps.Add(new DirectoryChange.Replace(desk.EntryOf(DirectoryKind.User, id, user, entry)));
            }
            foreach (var item in Items(new EntryDocument(team), Budgets))
            {
                if (new EntryFields(item) is var membership && membership.Text("user_id") == id && membership.Text("budget_id") is { } budget)
                {
                    steps.Add(new DirectoryChange.Remove(DirectoryKind.Budget, budget));
                }
            }
        }
        return steps;
    }

    /// <summary>The user of a member: by id, by address, else a new one, as LiteLLM does.</summary>
    private static async ValueTask<(EntryDocument User, DirectoryEntry? Entry)> UserOfAsync(Desk desk, AdminCall call, TeamMember member)
    {
        var entry = member.UserId is { } id ? await desk.Store.FindAsync(DirectoryKind.User, id, call.Aborted)
            : await desk.Store.FindByAliasAsync(DirectoryKind.User, member.Email ?? "", call.Aborted);
        if (entry is not null)
        {
            return (new EntryDocument(EntryFields.Of(entry)), entry);
        }
        var user = new EntryDocument().Set("user_id", member.UserId ?? Guid.CreateVersion7(desk.Now).ToString()).Set("user_email", member.Email).Set("user_role", "internal_user");
        if (!call.Config.UserDefaults.IsEmpty)
        {
            var usual = new EntryFields(JsonElement.Parse(call.Config.UserDefaults.Span));
            foreach (var name in UsualFields)
            {
                user.Set(name, usual.Find(name) ?? JsonValues.Null);
            }
        }
        return (user, null);
    }

    private static void SetBudget(List<JsonElement> budgets, string teamId, string userId, string budgetId)
    {
        budgets.RemoveAll(item => new EntryFields(item).Text("user_id") == userId);
        budgets.Add(JsonValues.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("user_id"u8, userId);
            json.WriteString("team_id"u8, teamId);
            json.WriteString("budget_id"u8, budgetId);
            json.WriteEndObject();
        }));
    }

    private static List<JsonElement> Items(EntryDocument team, string name) => team.Fields.Find(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static void Write(EntryDocument team, List<JsonElement> list, List<JsonElement> budgets)
    {
        foreach (var (name, items) in ((string, List<JsonElement>)[])[(List, list), (Budgets, budgets)])
        {
            team.Set(name, JsonValues.Of(json =>
            {
                json.WriteStartArray();
                foreach (var item in items)
                {
                    item.WriteTo(json);
                }
                json.WriteEndArray();
            }));
        }
    }
}
