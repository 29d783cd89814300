using Weir.Gateway.Access;
using Weir.Gateway.Access.Directory;
using Weir.Gateway.Access.Keys;

namespace Weir.Gateway.Tests.Access.Keys;

public sealed class CallerReaderTests
{
    private const string Key = "sk-dev-0123456789";
    private static readonly string Hash = KeyHash.Of(Key).ToHex();
    private readonly DirectoryOf _directory = new();

    [Theory]
    // models of key | team | user | organisation (- for none there) -> model -> type of the refusal
    [InlineData("[]", "-", "-", "-", "any", null)]
    [InlineData("null", "-", "-", "-", "any", null)]
    [InlineData("""["gpt"]""", "-", "-", "-", "gpt", null)]
    [InlineData("""["gpt"]""", "-", "-", "-", "gpt-4", "key_model_access_denied")]
    [InlineData("""["openai/*"]""", "-", "-", "-", "openai/gpt", null)]
    [InlineData("""["openai/*"]""", "-", "-", "-", "azure/gpt", "key_model_access_denied")]
    [InlineData("""["*"]""", "-", "-", "-", "any", null)]
    [InlineData("""["all-proxy-models"]""", "-", "-", "-", "any", null)]
    [InlineData("""["beta"]""", "-", "-", "-", "in beta", null)]
    [InlineData("""["all-team-models"]""", """["gpt"]""", "-", "-", "gpt", null)]
    [InlineData("""["all-team-models"]""", """["gpt"]""", "-", "-", "other", "team_model_access_denied")]
    [InlineData("""["all-team-models"]""", "-", "-", "-", "other", "key_model_access_denied")]
    [InlineData("[]", """["gpt"]""", "-", "-", "other", "team_model_access_denied")]
    [InlineData("""["gpt","other"]""", """["gpt"]""", "-", "-", "other", "team_model_access_denied")]
    [InlineData("""["gpt"]""", "[]", "-", "-", "other", "key_model_access_denied")]
    [InlineData("[]", "-", """["gpt"]""", "-", "other", "user_model_access_denied")]
    [InlineData("[]", "-", """["no-default-models"]""", "-", "gpt", "key_model_access_denied")]
    [InlineData("[]", """["gpt"]""", """["no-default-models"]""", "-", "gpt", null)]
    [InlineData("[]", "-", "-", """["gpt"]""", "other", "org_model_access_denied")]
    [InlineData("[]", "-", "-", """["gpt"]""", "gpt", null)]
    [InlineData("\"gpt\"", "-", "-", "-", "gpt", "key_model_access_denied")]
    [InlineData("[1]", "-", "-", "-", "gpt", "key_model_access_denied")]
    public async Task A_model_is_allowed_when_key_team_user_and_organisation_allow_it(
        string key, string team, string user, string organization, string model, string? refusal)
    {
        await PutAsync(DirectoryKind.Team, "t", team);
        await PutAsync(DirectoryKind.User, "u", user);
        await PutAsync(DirectoryKind.Organization, "o", organization);
        var caller = await ReadAsync($$"""{"models":{{key}}{{Ref("team_id", "t", team)}}{{Ref("user_id", "u", user)}}{{Ref("organization_id", "o", organization)}}}""");
        Assert.Equal(refusal, caller.RefusalOf(model, model, model == "in beta" ? ["beta"] : [])?.WireType);
    }

    [Fact]
    public async Task A_refusal_is_in_LiteLLMs_words()
    {
        var caller = await ReadAsync("""{"models":["a","it's"]}""");
        var error = caller.RefusalOf("x", "x", []);
        Assert.Equal("key not allowed to access model. This key can only access models=['a', \"it's\"]. Tried to access x", error?.Message);
        Assert.Equal((403, "model"), (error?.HttpStatus, error?.Param));
    }

    [Fact]
    public async Task Access_groups_of_the_directory_add_to_a_list()
    {
        await _directory.PutAsync(DirectoryKind.AccessGroup, "g", """{"access_model_names":["new"]}""");
        var caller = await ReadAsync("""{"models":["old"],"access_group_ids":["g"]}""");
        Assert.Null(caller.RefusalOf("new", "new", []));
        Assert.NotNull(caller.RefusalOf("x", "x", []));
    }

    [Theory]
    [InlineData("""{"blocked":true}""", "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.")]
    [InlineData("""{"blocked":"yes"}""", "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.")]
    [InlineData("""{"blocked":false}""", null)]
    [InlineData("""{"blocked":null}""", null)]
    [InlineData("""{"team_id":"stopped"}""", "Authentication Error, Team=stopped is blocked. Update via `/team/unblock` if you're an admin.")]
    [InlineData("""{"team_id":"gone"}""", "Authentication Error, Team doesn't exist in db. Team=gone. Create team via `/team/new` call.")]
    [InlineData("""{"organization_id":"gone"}""", "Authentication Error, Organization doesn't exist in db. Organization=gone.")]
    [InlineData("""{"user_id":"gone"}""", null)]
    public async Task A_blocked_key_or_team_may_do_nothing(string key, string? message)
    {
        await _directory.PutAsync(DirectoryKind.Team, "stopped", """{"blocked":true}""");
        var refusal = (await ReadAsync(key)).RefusalAt(TimeProvider.System);
        Assert.Equal(message, refusal?.Message);
        if (refusal is not null)
        {
            Assert.Equal((401, "auth_error", "None"), (refusal.HttpStatus, refusal.WireType, refusal.Param));
        }
    }

    [Theory]
    [InlineData("\"2020-01-01T00:00:00Z\"", true)]
    [InlineData("\"2020-01-01T00:00:00\"", true)]
    [InlineData("\"9999-01-01T00:00:00+00:00\"", false)]
    [InlineData("null", false)]
    [InlineData("\"never\"", true)]
    [InlineData("5", true)]
    public async Task An_end_that_is_past_or_unreadable_ends_a_key(string expires, bool ended) =>
        Assert.Equal(ended, (await ReadAsync($$"""{"expires":{{expires}}}""")).RefusalAt(TimeProvider.System) is not null);

    [Fact]
    public async Task Limits_come_from_everything_that_a_key_belongs_to_the_widest_first()
    {
        await _directory.PutAsync(DirectoryKind.Organization, "o", """{"organization_alias":"Org","budget_id":"ob"}""");
        await _directory.PutAsync(DirectoryKind.Budget, "ob", """{"max_budget":1000,"budget_duration":"30d","rpm_limit":9}""");
        await _directory.PutAsync(DirectoryKind.Team, "t", """{"team_alias":"Dev","organization_id":"o","max_budget":100,"budget_limits":[{"max_budget":7,"budget_duration":"1d"}],"tpm_limit":5000,"team_memberships":[{"user_id":"u","budget_id":"mb"}]}""");
        await _directory.PutAsync(DirectoryKind.Budget, "mb", """{"max_budget":10.5}""");
        await _directory.PutAsync(DirectoryKind.User, "u", """{"max_budget":1}""");
        await _directory.PutAsync(DirectoryKind.Tag, "prod", """{"max_budget":3}""");
        var caller = await ReadAsync("""
            {"key_alias":"dev","team_id":"t","user_id":"u","max_budget":50,"soft_budget":40,"budget_duration":"24h","rpm_limit":10,"max_parallel_requests":2,
             "model_max_budget":{"gpt":{"budget_limit":2,"time_period":"1d"}},
             "metadata":{"tags":["prod"],"model_rpm_limit":{"gpt":4},"temp_budget_increase":5,"temp_budget_expiry":"2030-01-01T00:00:00Z"}}
            """);
        Assert.Equal(
            [
                "Organization o 1000/ 30d Org", "Team t 100/  Dev", "Team t 7/ 1d Dev", "TeamMember t/u 10.5/  Dev/u", $"Key {Hash} 50/40 24h dev",
                $"KeyModel {Hash}/gpt 2/ 1d dev", "Tag prod 3/  prod",
            ],
            caller.SpendLimits.Select(limit => $"{limit.Scope.Kind} {limit.Scope.Id} {limit.Max}/{limit.Soft} {limit.Window} {limit.Name}"));
        var own = caller.SpendLimits.Single(limit => limit.Scope.Kind == ScopeKind.Key);
        Assert.Equal((5m, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)), (own.Increase.Dollars, own.IncreaseEnds));
        Assert.Equal("gpt", caller.SpendLimits.Single(limit => limit.Scope.Kind == ScopeKind.KeyModel).Model);
        Assert.Equal(
            ["Organization 9//", "Team /5000/", "Key 10//2", "Key 4// gpt"],
            caller.RateLimits.Select(limit => $"{limit.Scope.Kind} {limit.Requests}/{limit.Tokens}/{limit.Parallel} {limit.Model}".TrimEnd()));
        Assert.Equal(
            ["Organization o", "Team t", "TeamMember t/u", "User u", $"Key {Hash}", "Tag prod"],
            caller.Scopes.Select(scope => $"{scope.Kind} {scope.Id}"));
        Assert.Equal("team:t/user:u", caller.Owner);
    }

    [Fact]
    public async Task A_user_s_own_budget_binds_only_what_it_does_without_a_team()
    {
        await _directory.PutAsync(DirectoryKind.User, "u", """{"max_budget":1,"user_email":"u@example.com","user_role":"internal_user"}""");
        var caller = await ReadAsync("""{"user_id":"u"}""");
        Assert.Equal([new Scope(ScopeKind.User, "u")], caller.SpendLimits.Select(limit => limit.Scope));
        Assert.Equal((CallerRole.InternalUser, "u@example.com", "user:u"), (caller.Role, caller.UserEmail, caller.Owner));
    }

    [Theory]
    [InlineData("""{"max_budget":"lots"}""", 0)]
    [InlineData("""{"max_budget":"2.5"}""", 2.5)]
    [InlineData("""{"max_budget":0}""", 0)]
    [InlineData("""{"max_budget":-1}""", 0)]
    [InlineData("""{"max_budget":1e40}""", 9_000_000_000)]
    public async Task A_limit_that_is_no_amount_allows_nothing(string key, decimal dollars) =>
        Assert.Equal(dollars, (await ReadAsync(key)).SpendLimits.Single().Max?.Dollars);

    [Fact]
    public async Task A_budget_that_is_referred_to_binds_where_the_key_says_nothing()
    {
        await _directory.PutAsync(DirectoryKind.Budget, "b", """{"max_budget":5,"rpm_limit":1,"tpm_limit":2}""");
        var caller = await ReadAsync("""{"budget_id":"b","rpm_limit":7}""");
        Assert.Equal([5m], caller.SpendLimits.Select(limit => limit.Max?.Dollars ?? 0));
        Assert.Equal([(7L, null), (null, 2L)], caller.RateLimits.Select(limit => (limit.Requests, limit.Tokens)));
        Assert.Equal([1m], (await ReadAsync("""{"budget_id":"b","max_budget":1}""")).SpendLimits.Select(limit => limit.Max?.Dollars ?? 0));
    }

    [Fact]
    public async Task What_a_key_keeps_and_spends_goes_by_an_id_that_a_regeneration_keeps()
    {
        var caller = await ReadAsync("""{"weir_key_id":"first"}""");
        Assert.Equal(("first", new Scope(ScopeKind.Key, "first")), (caller.Owner, caller.Scopes.Single()));
        Assert.Equal(Hash, (await ReadAsync("{}")).Owner);
    }

    [Fact]
    public async Task Aliases_of_key_and_team_are_joined_and_the_key_s_win()
    {
        await _directory.PutAsync(DirectoryKind.Team, "t", """{"model_aliases":{"a":"team","b":"team"}}""");
        var caller = await ReadAsync("""{"team_id":"t","aliases":{"a":"key"}}""");
        Assert.Equal((new ModelAlias("key", false), new ModelAlias("team", true)), (caller.Aliases?["a"], caller.Aliases?["b"]));
    }

    private async Task PutAsync(DirectoryKind kind, string id, string models)
    {
        if (models != "-")
        {
            await _directory.PutAsync(kind, id, $$"""{"models":{{models}}}""");
        }
    }

    private static string Ref(string member, string id, string models) => models == "-" ? "" : $",\"{member}\":\"{id}\"";

    private async Task<Caller> ReadAsync(string document)
    {
        await _directory.PutKeyAsync(Key, document);
        var caller = (await new CallerReader(_directory).ReadAsync(KeyHash.Of(Key))).Value;
        Assert.NotNull(caller);
        return caller;
    }
}
