using System.Collections.Frozen;
using System.Text.Json;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access.Keys;

/// <summary>Reads a key with its team, user, organisation and budgets, and compiles them into a caller.</summary>
internal sealed class CallerReader(IDirectoryStore store)
{
    /// <summary>Member of a key's document: the id that its spend and its kept things go by, which outlives a regeneration.</summary>
    internal const string KeyId = "weir_key_id";

    /// <summary>The caller, or null when there is no such key.</summary>
    internal async Task<Derived<Caller?>> ReadAsync(KeyHash hash)
    {
        var reader = new SourceReader(store);
        var token = hash.ToHex();
        var key = await reader.FindAsync(DirectoryKind.Key, token);
        DateTimeOffset? retires = null;
        if (key is null && await reader.FindAsync(DirectoryKind.RetiredKey, token) is { } retired && retired.Text("successor") is { } successor)
        {
            // A key in its grace period: as its successor is, until then.
            retires = retired.End("revoke_at") ?? DateTimeOffset.MinValue;
            key = await reader.FindAsync(DirectoryKind.Key, successor);
        }
        var caller = key is { } fields ? await ReadAsync(reader, token, fields) : null;
        if (caller is not null && retires is { } end && !(caller.ExpiresAt <= end))
        {
            caller = caller with { ExpiresAt = end };
        }
        return new Derived<Caller?>(caller, reader.Sources);
    }

    private static async ValueTask<Caller> ReadAsync(SourceReader reader, string token, EntryFields key)
    {
        var (teamId, userId) = (key.Text("team_id"), key.Text("user_id"));
        var team = await reader.FindAsync(DirectoryKind.Team, teamId);
        var user = await reader.FindAsync(DirectoryKind.User, userId);
        var organizationId = key.Text("organization_id") ?? team?.Text("organization_id");
        var organization = await reader.FindAsync(DirectoryKind.Organization, organizationId);
        var keyId = key.Text(KeyId) ?? token;
        var tags = TagsOf(key, team);
        var limits = await LimitsAsync(reader, keyId, key, (teamId, team), (userId, user), (organizationId, organization), tags);
        return new Caller(token, key.Text("key_alias") ?? "", false)
        {
            Role = CallerRoles.Of(user?.Text("user_role")),
            KeyName = key.Text("key_name") ?? "sk-...",
            TeamId = teamId,
            TeamAlias = team?.Text("team_alias"),
            UserId = userId,
            UserEmail = user?.Text("user_email"),
            OrganizationId = organizationId,
            Owner = OwnerOf(teamId, userId, keyId),
            ExpiresAt = key.End("expires"),
            Blocked = BlockOf(key, teamId, team, organizationId, organization),
            Routes = RouteSet.Of(key.Rights("allowed_routes")),
            Models = await ModelsAsync(reader, key, team, user, organization),
            Aliases = AliasesOf(key, team),
            Tags = tags,
            SpendLimits = limits.Spend,
            RateLimits = limits.Rates,
            Scopes = limits.Scopes,
        };
    }

    private static string OwnerOf(string? teamId, string? userId, string keyId) => (teamId, userId) switch
    {
        (null, null) => keyId,
        (null, { } user) => $"user:{user}",
        ({ } team, null) => $"team:{team}",
        ({ } team, { } user) => $"team:{team}/user:{user}",
    };

    private static GatewayError? BlockOf(in EntryFields key, string? teamId, EntryFields? team, string? organizationId, EntryFields? organization)
    {
        if (key.Stands("blocked"))
        {
            return Blocked("Key is blocked. Update via `/key/unblock` if you're an admin.");
        }
        if (teamId is not null && team is null)
        {
            // Its rights can't be known.
            return Blocked($"Team doesn't exist in db. Team={teamId}. Create team via `/team/new` call.");
        }
        if (team is { } fields && fields.Stands("blocked"))
        {
            return Blocked($"Team={teamId} is blocked. Update via `/team/unblock` if you're an admin.");
        }
        return organizationId is not null && organization is null ? Blocked($"Organization doesn't exist in db. Organization={organizationId}.") : null;
    }

    private static GatewayError Blocked(string why) => new(ErrorKind.KeyBlocked, "Authentication Error, " + why) { Param = "None" };

    private static async ValueTask<IReadOnlyList<ModelSet>> ModelsAsync(
        SourceReader reader, EntryFields key, EntryFields? team, EntryFields? user, EntryFields? organization)
    {
        var sets = new List<ModelSet>();
        var models = key.Rights("models");
        if (!models.Contains(ModelSet.AllTeamModels, StringComparer.Ordinal))
        {
            await AddAsync("key", models, key);
        }
        if (team is { } ofTeam)
        {
            await AddAsync("team", ofTeam.Rights("models"), ofTeam);
        }
        else if (models.Contains(ModelSet.AllTeamModels, StringComparer.Ordinal))
        {
            // The rights of a team that it has not.
            await AddAsync("key", models, key);
        }
        else if (user is { } ofUser)
        {
            await AddAsync("user", ofUser.Rights("models"), ofUser);
        }
        if (organization is { } ofOrganization)
        {
            await AddAsync("org", ofOrganization.Rights("models"), ofOrganization);
        }
        return sets;

        async ValueTask AddAsync(string whose, IReadOnlyList<string> list, EntryFields fields)
        {
            if (ModelSet.Of(whose, list, await reader.ModelsOfGroupsAsync(fields.Texts("access_group_ids"))) is { } set)
            {
                sets.Add(set);
            }
        }
    }

    private static FrozenDictionary<string, ModelAlias>? AliasesOf(in EntryFields key, EntryFields? team)
    {
        var aliases = new Dictionary<string, ModelAlias>(StringComparer.Ordinal);
        foreach (var ofTeam in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var alias in (ofTeam ? (team ?? default).Object("model_aliases") : key.Object("aliases")).Members)
            {
                if (alias.Value.ValueKind == JsonValueKind.String && alias.Value.GetString() is { Length: > 0 } target)
                {
                    aliases[alias.Name] = new ModelAlias(target, ofTeam);
                }
            }
        }
        return aliases.Count == 0 ? null : aliases.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static List<string> TagsOf(in EntryFields key, EntryFields? team)
    {
        var tags = new List<string>();
        foreach (var fields in (ReadOnlySpan<EntryFields>)[key, team ?? default])
        {
            foreach (var tag in (IEnumerable<string>)[.. fields.Object("metadata").Texts("tags"), .. fields.Texts("tags")])
            {
                if (!tags.Contains(tag, StringComparer.Ordinal))
                {
                    tags.Add(tag);
                }
            }
        }
        return tags;
    }

    private static async ValueTask<LimitList> LimitsAsync(
        SourceReader reader, string keyId, EntryFields key, (string? Id, EntryFields? Fields) team, (string? Id, EntryFields? Fields) user,
        (string? Id, EntryFields? Fields) organization, IReadOnlyList<string> tags)
    {
        var limits = new LimitList();
        if (organization is { Id: { } organizationId, Fields: { } ofOrganization })
        {
            await AddAsync(new Scope(ScopeKind.Organization, organizationId), ofOrganization.Text("organization_alias"), ofOrganization);
        }
        if (team is { Id: { } teamId, Fields: { } ofTeam })
        {
            await AddAsync(new Scope(ScopeKind.Team, teamId), ofTeam.Text("team_alias"), ofTeam);
            if (user.Id is { } member)
            {
                await AddMemberAsync(teamId, member, ofTeam);
            }
        }
        if (user.Id is { } userId)
        {
            var scope = new Scope(ScopeKind.User, userId);
            if (team.Id is null && user.Fields is { } own)
            {
                await AddAsync(scope, own.Text("user_alias") ?? own.Text("user_email"), own);
            }
            else
            {
                // As in LiteLLM the user's own limits don't bind what it does for a team; its spend is counted all the same.
                limits.Count(scope);
            }
        }
        var keyScope = new Scope(ScopeKind.Key, keyId);
        await AddAsync(keyScope, key.Text("key_alias") ?? key.Text("key_name"), key, temporaryIncrease: true);
        limits.AddModelBudgets(keyId, key.Text("key_alias") ?? key.Text("key_name") ?? "", key);
        foreach (var tag in tags)
        {
            var scope = new Scope(ScopeKind.Tag, tag);
            limits.Count(scope);
            if (await reader.FindAsync(DirectoryKind.Tag, tag) is { } ofTag)
            {
                await AddAsync(scope, tag, ofTag);
            }
        }
        return limits;

        async ValueTask AddAsync(Scope scope, string? name, EntryFields fields, bool temporaryIncrease = false)
        {
            limits.Count(scope);
            limits.Add(scope, name ?? scope.Id, fields, temporaryIncrease);

            // A budget that it refers to binds where it says nothing itself.
            if (await reader.FindAsync(DirectoryKind.Budget, fields.Text("budget_id")) is { } budget)
            {
                if (fields.Money("max_budget") is null)
                {
                    limits.AddBudgets(scope, name ?? scope.Id, budget);
                }
                limits.AddRatesWhereSilent(scope, name ?? scope.Id, fields, budget);
                if (scope.Kind == ScopeKind.Key && fields.Object("model_max_budget").Members.Any() is false)
                {
                    limits.AddModelBudgets(scope.Id, name ?? scope.Id, budget);
                }
            }
        }

        async ValueTask AddMemberAsync(string id, string member, EntryFields ofTeam)
        {
            var scope = new Scope(ScopeKind.TeamMember, $"{id}/{member}");
            limits.Count(scope);
            var budgetId = BudgetOfMember(ofTeam, member) ?? ofTeam.Object("metadata").Text("team_member_budget_id");
            if (await reader.FindAsync(DirectoryKind.Budget, budgetId) is { } budget)
            {
                limits.Add(scope, $"{ofTeam.Text("team_alias") ?? id}/{member}", budget);
            }
        }
    }

    private static string? BudgetOfMember(in EntryFields team, string member)
    {
        if (team.Find("team_memberships") is { ValueKind: JsonValueKind.Array } memberships)
        {
            foreach (var item in memberships.EnumerateArray())
            {
                var membership = new EntryFields(item);
                if (membership.Text("user_id") == member)
                {
                    return membership.Text("budget_id");
                }
            }
        }
        return null;
    }
}
