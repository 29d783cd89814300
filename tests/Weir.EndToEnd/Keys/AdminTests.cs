using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Keys;

/// <summary>The management API: LiteLLM's requests get LiteLLM's answers, and roles are kept.</summary>
public sealed class AdminTests(KeyStand stand) : IClassFixture<KeyStand>
{
    [Fact]
    public async Task A_key_has_what_it_was_given_in_the_answer_in_its_info_and_in_the_list()
    {
        var made = await stand.AdminAsync("/key/generate", """
            {"key_alias":"whole","duration":"30d","models":["gpt"],"aliases":{"a":"gpt"},"max_budget":12.5,"soft_budget":10,"budget_duration":"30d",
             "tpm_limit":1000,"rpm_limit":"60","max_parallel_requests":3,"metadata":{"team":"core"},"tags":["prod"],"model_rpm_limit":{"gpt":5},
             "model_max_budget":{"gpt":{"budget_limit":1,"time_period":"1d"}},"budget_limits":[{"budget_duration":"1d","max_budget":1}],"unknown_field":1}
            """);
        var (key, token) = (made.GetProperty("key").GetString() ?? "", made.GetProperty("token").GetString() ?? "");
        Assert.Equal(token, made.GetProperty("token_id").GetString());
        Assert.Equal($"sk-...{key[^4..]}", made.GetProperty("key_name").GetString());
        foreach (var name in (string[])["expires", "created_at", "updated_at", "created_by", "litellm_budget_table", "user_id", "team_id", "permissions", "spend"])
        {
            Assert.True(made.TryGetProperty(name, out _), name);
        }
        Assert.False(made.TryGetProperty("unknown_field", out _));

        var answer = await stand.AdminAsync("/key/info?key=" + key, "", "GET");
        Assert.Equal(key, answer.GetProperty("key").GetString());
        var info = answer.GetProperty("info");
        Assert.Equal((12.5m, 60, 1000, 3), (info.GetProperty("max_budget").GetDecimal(), info.GetProperty("rpm_limit").GetInt32(), info.GetProperty("tpm_limit").GetInt32(), info.GetProperty("max_parallel_requests").GetInt32()));
        Assert.Equal("""{"team":"core","tags":["prod"],"model_rpm_limit":{"gpt":5}}""", info.GetProperty("metadata").GetRawText());
        Assert.Equal((0m, "whole", "30d"), (info.GetProperty("spend").GetDecimal(), info.GetProperty("key_alias").GetString(), info.GetProperty("budget_duration").GetString()));
        Assert.DoesNotContain(key, info.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("weir_", info.GetRawText(), StringComparison.Ordinal);

        var list = await stand.AdminAsync("/key/list?key_alias=whole", "", "GET");
        Assert.Equal($$"""{"keys":["{{token}}"],"total_count":1,"current_page":1,"total_pages":1}""", list.GetRawText());
        var whole = await stand.AdminAsync("/key/list?key_alias=whole&return_full_object=true", "", "GET");
        Assert.Equal(token, whole.GetProperty("keys")[0].GetProperty("token").GetString());

        await stand.AdminAsync("/key/update", $$"""{"key":"{{key}}","max_budget":null,"rpm_limit":7,"duration":"-1"}""");
        info = (await stand.AdminAsync("/key/info?key=" + token, "", "GET")).GetProperty("info");
        Assert.Equal((JsonValueKind.Null, 7, JsonValueKind.Null), (info.GetProperty("max_budget").ValueKind, info.GetProperty("rpm_limit").GetInt32(), info.GetProperty("expires").ValueKind));
        Assert.Equal($$"""{"deleted_keys":["{{token}}"]}""", (await stand.AdminAsync("/key/delete", """{"key_aliases":["whole"]}""")).GetRawText());
    }

    [Theory]
    [InlineData("/key/generate", """{"max_budget":"lots"}""", """{"detail":[{"type":"float_parsing","loc":["body","max_budget"],"msg":"Input should be a valid number, unable to parse string as a number","input":"lots"}]}""")]
    [InlineData("/key/generate", """{"models":"gpt"}""", """{"detail":[{"type":"list_type","loc":["body","models"],"msg":"Input should be a valid list of strings","input":"gpt"}]}""")]
    [InlineData("/key/update", "{}", """{"detail":[{"type":"missing","loc":["body","key"],"msg":"Field required"}]}""")]
    [InlineData("/team/member_add", """{"team_id":"t"}""", """{"detail":[{"type":"missing","loc":["body","member"],"msg":"Field required"}]}""")]
    [InlineData("/user/new", """{"user_role":"king"}""", """{"detail":[{"type":"enum","loc":["body","user_role"],"msg":"Input should be one of proxy_admin, proxy_admin_viewer, org_admin, internal_user, internal_user_viewer, team, customer","input":"king"}]}""")]
    public async Task Wrong_fields_are_told_as_LiteLLMs_framework_does(string path, string body, string answer)
    {
        var reply = await stand.SendAsync("POST", path, body);
        Assert.Equal((422, answer), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/key/generate", """{"key":"not-a-key"}""", 400)]
    [InlineData("/key/generate", """{"key":"sk-short"}""", 400)]
    [InlineData("/key/generate", """{"team_id":"nobody"}""", 404)]
    [InlineData("/key/generate", """{"budget_duration":"often"}""", 422)]
    [InlineData("/key/generate", """{"duration":"soon"}""", 422)]
    [InlineData("/key/generate", """{"max_budget":-1}""", 400)]
    [InlineData("/key/generate", """{"guardrails":["x"]}""", 400)]
    [InlineData("/key/generate", """{"max_budget":1,"max_budget":2}""", 422)]
    [InlineData("/key/generate", "not json", 422)]
    [InlineData("/key/delete", """{"keys":["sk-nobody-has-this-one"]}""", 404)]
    [InlineData("/team/update", """{"team_id":"nobody"}""", 404)]
    [InlineData("/user/delete", """{"user_ids":["nobody"]}""", 404)]
    public async Task What_can_not_be_done_is_refused(string path, string body, int status) => Assert.Equal(status, (await stand.SendAsync("POST", path, body)).Status);

    [Fact]
    public async Task An_alias_is_taken_once()
    {
        await stand.KeyAsync("""{"key_alias":"once"}""");
        var reply = await stand.SendAsync("POST", "/key/generate", """{"key_alias":"once"}""");
        Assert.Equal((400, "Key with alias 'once' already exists. Unique key aliases across all keys are required.", "key_alias"),
            (reply.Status, reply.Error.GetProperty("message").GetString(), reply.Error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task A_team_has_members_with_roles_and_budgets_of_their_own()
    {
        var team = (await stand.AdminAsync("/team/new", """{"team_alias":"crew","max_budget":100,"team_member_budget":5,"members_with_roles":[{"role":"admin","user_id":"crew-lead"}]}""")).GetProperty("team_id").GetString();
        await stand.AdminAsync("/team/member_add", $$"""{"team_id":"{{team}}","member":{"role":"user","user_id":"crew-hand"},"max_budget_in_team":2}""");
        await stand.AdminAsync("/team/bulk_member_add", $$"""{"team_id":"{{team}}","members":[{"role":"user","user_email":"crew@example.com"}]}""");
        var info = await stand.AdminAsync("/team/info?team_id=" + team, "", "GET");
        Assert.Equal(["admin", "user", "user"], info.GetProperty("team_info").GetProperty("members_with_roles").EnumerateArray().Select(member => member.GetProperty("role").GetString()));
        var membership = info.GetProperty("team_memberships")[0];
        Assert.Equal(("crew-hand", 2m), (membership.GetProperty("user_id").GetString(), membership.GetProperty("litellm_budget_table").GetProperty("max_budget").GetDecimal()));
        Assert.Equal(5m, info.GetProperty("team_info").GetProperty("team_member_budget_table").GetProperty("max_budget").GetDecimal());
        Assert.Equal([team], (await stand.AdminAsync("/user/info?user_id=crew-hand", "", "GET")).GetProperty("user_info").GetProperty("teams").EnumerateArray().Select(id => id.GetString()));

        Assert.Equal(400, (await stand.SendAsync("POST", "/team/member_add", $$"""{"team_id":"{{team}}","member":{"role":"user","user_id":"crew-hand"} }""")).Status);
        await stand.AdminAsync("/team/member_update", $$"""{"team_id":"{{team}}","user_id":"crew-hand","role":"admin","max_budget_in_team":3}""");
        var key = await stand.KeyAsync($$"""{"team_id":"{{team}}","user_id":"crew-hand"}""");
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        await stand.AdminAsync("/team/member_delete", $$"""{"team_id":"{{team}}","user_id":"crew-hand"}""");
        Assert.Equal(401, (await stand.ChatAsync(key)).Status);
        Assert.Empty((await stand.AdminAsync("/user/info?user_id=crew-hand", "", "GET")).GetProperty("user_info").GetProperty("teams").EnumerateArray());
    }

    [Fact]
    public async Task An_internal_user_manages_its_own_keys_and_nobody_elses()
    {
        var self = (await stand.AdminAsync("/user/new", """{"user_id":"ann-1234","user_role":"internal_user","models":["gpt"]}""")).GetProperty("key").GetString() ?? "";
        var other = await stand.KeyAsync("""{"user_id":"bob-1234"}""");
        var own = await stand.SendAsync("POST", "/key/generate", """{"key_alias":"ann's","aliases":{"gpt":"pro"} }""", self);
        Assert.Equal((200, "ann-1234"), (own.Status, own.Json.GetProperty("user_id").GetString()));
        var made = own.Json.GetProperty("key").GetString() ?? "";

        // The user's models hold for every key of hers, whatever aliases she gives it.
        Assert.Equal(403, (await stand.ChatAsync(made, "gpt")).Status);
        Assert.Equal(403, (await stand.ChatAsync(made, "pro")).Status);
        Assert.Equal(200, (await stand.SendAsync("POST", "/key/update", $$"""{"key":"{{made}}","aliases":{} }""", self)).Status);
        Assert.Equal(200, (await stand.ChatAsync(made, "gpt")).Status);

        const string only = "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. Route={0}. Your role=internal_user. Your user_id=ann-1234";
        foreach (var (path, body) in ((string, string)[])
        [
            ("/key/update", $$"""{"key":"{{other}}","max_budget":1}"""), ("/key/delete", $$"""{"keys":["{{other}}"]}"""), ("/key/block", $$"""{"key":"{{made}}"}"""),
            ("/team/new", "{}"), ("/user/new", "{}"), ("/user/update", """{"user_id":"ann-1234","user_role":"proxy_admin"}"""), ("/organization/new", """{"organization_alias":"o"}"""),
            ("/customer/new", """{"user_id":"c"}"""), ("/budget/new", "{}"), ("/tag/new", """{"name":"t"}"""), ("/v1/access_group", """{"access_group_name":"g"}"""),
        ])
        {
            var reply = await stand.SendAsync("POST", path, body, self);
            Assert.Equal((401, only.Replace("{0}", path, StringComparison.Ordinal).Replace("ann-1234", "********", StringComparison.Ordinal)), (reply.Status, reply.Error.GetProperty("message").GetString()));
        }
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/generate", """{"user_id":"bob-1234"}""", self)).Status);
        Assert.Equal(403, (await stand.SendAsync("GET", "/key/info?key=" + other, null, self)).Status);
        Assert.Equal(403, (await stand.SendAsync("GET", "/key/list?user_id=bob-1234", null, self)).Status);
        Assert.Equal(403, (await stand.SendAsync("GET", "/user/info?user_id=bob-1234", null, self)).Status);
        Assert.Equal(2, (await stand.SendAsync("GET", "/key/list", null, self)).Json.GetProperty("total_count").GetInt32());

        // What an administrator laid down for her key she can't take back.
        var given = await stand.KeyAsync("""{"user_id":"ann-1234","max_budget":1}""");
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/update", $$"""{"key":"{{given}}","max_budget":1000}""", self)).Status);
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/regenerate", $$"""{"key":"{{given}}","max_budget":1000}""", self)).Status);
        Assert.Equal(200, (await stand.SendAsync("POST", "/key/regenerate", $$"""{"key":"{{given}}"}""", self)).Status);
    }

    [Fact]
    public async Task A_viewer_looks_at_everything_and_changes_nothing()
    {
        var viewer = (await stand.AdminAsync("/user/new", """{"user_id":"viewer-1","user_role":"proxy_admin_viewer"}""")).GetProperty("key").GetString() ?? "";
        foreach (var path in (string[])["/key/list", "/team/list", "/user/list", "/organization/list", "/customer/list", "/budget/list", "/tag/list", "/v1/access_group", "/key/aliases"])
        {
            Assert.Equal(200, (await stand.SendAsync("GET", path, null, viewer)).Status);
        }
        foreach (var path in (string[])["/key/generate", "/team/new", "/user/new"])
        {
            Assert.Equal(401, (await stand.SendAsync("POST", path, "{}", viewer)).Status);
        }
        var admin = (await stand.AdminAsync("/user/new", """{"user_id":"second-admin","user_role":"proxy_admin"}""")).GetProperty("key").GetString() ?? "";
        Assert.Equal(200, (await stand.SendAsync("POST", "/team/new", "{}", admin)).Status);
    }

    [Fact]
    public async Task A_team_s_administrator_manages_its_members_and_keys()
    {
        var lead = (await stand.AdminAsync("/user/new", """{"user_id":"lead-1234"}""")).GetProperty("key").GetString() ?? "";
        var team = (await stand.AdminAsync("/team/new", """{"team_alias":"led","members_with_roles":[{"role":"admin","user_id":"lead-1234"}]}""")).GetProperty("team_id").GetString();
        var foreign = (await stand.AdminAsync("/team/new", """{"team_alias":"not led"}""")).GetProperty("team_id").GetString();
        Assert.Equal(200, (await stand.SendAsync("POST", "/team/member_add", $$"""{"team_id":"{{team}}","member":{"role":"user","user_id":"hand-1234"} }""", lead)).Status);
        Assert.Equal(403, (await stand.SendAsync("POST", "/team/member_add", $$"""{"team_id":"{{foreign}}","member":{"role":"user","user_id":"hand-1234"} }""", lead)).Status);
        var key = await stand.SendAsync("POST", "/key/generate", $$"""{"team_id":"{{team}}","user_id":"hand-1234"}""", lead);
        Assert.Equal(200, key.Status);
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/generate", $$"""{"team_id":"{{foreign}}"}""", lead)).Status);
        Assert.Equal(200, (await stand.SendAsync("POST", "/key/block", $$"""{"key":"{{key.Json.GetProperty("token").GetString()}}"}""", lead)).Status);
        Assert.Equal(401, (await stand.SendAsync("POST", "/team/update", $$"""{"team_id":"{{team}}","max_budget":1000000}""", lead)).Status);
        Assert.Equal(200, (await stand.SendAsync("GET", "/team/info?team_id=" + team, null, lead)).Status);
        Assert.Equal(403, (await stand.SendAsync("GET", "/team/info?team_id=" + foreign, null, lead)).Status);
    }

    [Fact]
    public async Task Organizations_customers_budgets_tags_and_access_groups_are_kept()
    {
        var budget = (await stand.AdminAsync("/budget/new", """{"budget_id":"shared","max_budget":9,"budget_duration":"7d"}""")).GetProperty("budget_id").GetString();
        Assert.Equal("shared", budget);
        await stand.AdminAsync("/budget/update", """{"budget_id":"shared","max_budget":8}""");
        Assert.Equal(8m, (await stand.AdminAsync("/budget/info", """{"budgets":["shared"]}"""))[0].GetProperty("max_budget").GetDecimal());

        var organization = (await stand.AdminAsync("/organization/new", """{"organization_alias":"acme","max_budget":500,"models":["gpt"]}""")).GetProperty("organization_id").GetString();
        await stand.AdminAsync("/organization/update", $$"""{"organization_id":"{{organization}}","max_budget":600}""", "PATCH");
        Assert.Equal(600m, (await stand.AdminAsync("/organization/info?organization_id=" + organization, "", "GET")).GetProperty("litellm_budget_table").GetProperty("max_budget").GetDecimal());
        await stand.AdminAsync("/organization/member_add", $$"""{"organization_id":"{{organization}}","member":{"role":"org_admin","user_id":"boss"} }""");
        var boss = await stand.KeyAsync("""{"user_id":"boss"}""");
        Assert.Equal(200, (await stand.SendAsync("POST", "/team/new", $$"""{"organization_id":"{{organization}}","team_alias":"acme's"}""", boss)).Status);
        Assert.Equal(401, (await stand.SendAsync("POST", "/team/new", """{"team_alias":"nobody's"}""", boss)).Status);

        var customer = await stand.AdminAsync("/customer/new", """{"user_id":"shop","budget_id":"shared"}""");
        Assert.Equal(8m, customer.GetProperty("litellm_budget_table").GetProperty("max_budget").GetDecimal());
        Assert.Equal(400, (await stand.SendAsync("POST", "/customer/new", """{"user_id":"shop"}""")).Status);
        Assert.Equal("shop", (await stand.AdminAsync("/end_user/info?end_user_id=shop", "", "GET")).GetProperty("user_id").GetString());
        Assert.Equal(1, (await stand.AdminAsync("/customer/delete", """{"user_ids":["shop"]}""")).GetProperty("deleted_customers").GetInt32());

        Assert.Equal("Tag nightly created successfully", (await stand.AdminAsync("/tag/new", """{"name":"nightly","max_budget":1}""")).GetProperty("message").GetString());
        Assert.Equal(1m, (await stand.AdminAsync("/tag/info", """{"names":["nightly"]}""")).GetProperty("nightly").GetProperty("litellm_budget_table").GetProperty("max_budget").GetDecimal());

        var group = (await stand.AdminAsync("/v1/access_group", """{"access_group_name":"more","access_model_names":["pro"]}""")).GetProperty("access_group_id").GetString();
        var key = await stand.KeyAsync($$"""{"models":["gpt"],"access_group_ids":["{{group}}"]}""");
        Assert.Equal(200, (await stand.ChatAsync(key, "pro")).Status);
        await stand.AdminAsync("/v1/access_group/" + group, """{"access_model_names":[]}""", "PUT");
        Assert.Equal(403, (await stand.ChatAsync(key, "pro")).Status);
    }

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing()
    {
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/generate", "{}", WeirProcess.MasterKey, ("Origin", "https://evil.example"))).Status);
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/generate", "{}", WeirProcess.MasterKey, ("Origin", "null"))).Status);
        Assert.Equal(403, (await stand.SendAsync("POST", "/key/generate", "{}", WeirProcess.MasterKey, ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(200, (await stand.SendAsync("POST", "/key/generate", "{}", WeirProcess.MasterKey, ("Origin", stand.Address.GetLeftPart(UriPartial.Authority)))).Status);
    }

    [Fact]
    public async Task Bounds_and_defaults_of_the_configuration_hold_for_new_keys()
    {
        var token = TestContext.Current.CancellationToken;
        await using var gateway = await WeirProcess.StartAsync(
            KeyStand.Config(stand.Model, "litellm_settings:\n  default_key_generate_params: {models: [gpt], rpm_limit: 5}\n  upperbound_key_generate_params: {max_budget: 10, budget_duration: 30d}\n"), null, token);
        using var http = new HttpClient();
        var made = await KeyStand.SendAsync(http, gateway.Address, "POST", "/key/generate", """{"rpm_limit":6}""", WeirProcess.MasterKey);
        Assert.Equal((10m, 6, "30d", "gpt"), (made.Json.GetProperty("max_budget").GetDecimal(), made.Json.GetProperty("rpm_limit").GetInt32(), made.Json.GetProperty("budget_duration").GetString(), made.Json.GetProperty("models")[0].GetString()));
        Assert.Equal(400, (await KeyStand.SendAsync(http, gateway.Address, "POST", "/key/generate", """{"max_budget":11}""", WeirProcess.MasterKey)).Status);
        Assert.Equal(400, (await KeyStand.SendAsync(http, gateway.Address, "POST", "/key/generate", """{"budget_duration":"60d"}""", WeirProcess.MasterKey)).Status);
    }

    [Fact]
    public async Task Every_route_is_in_the_list_and_in_the_document()
    {
        var routes = (await stand.AdminAsync("/routes", "", "GET")).GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("path").GetString()).ToHashSet();
        var paths = (await stand.AdminAsync("/openapi.json", "", "GET")).GetProperty("paths");
        foreach (var path in (string[])["/key/generate", "/key/{key}/regenerate", "/team/member_add", "/user/new", "/organization/update", "/customer/new", "/budget/new", "/tag/new", "/v1/access_group/{id}"])
        {
            Assert.Contains(path, routes);
            Assert.True(paths.TryGetProperty(path, out _), path);
        }
    }

    [Fact]
    public async Task The_command_line_makes_lists_blocks_and_deletes_keys()
    {
        Assert.Contains("no team is named 'ops'", (await RunAsync(1, "key", "create", "--team", "ops")).Output, StringComparison.Ordinal);
        var team = (await RunAsync(0, "team", "create", "--alias", "ops", "--max-budget", "100", "--budget-duration", "30d")).Output.Trim();
        Assert.Contains(team, (await RunAsync(0, "team", "list")).Output, StringComparison.Ordinal);
        var key = (await RunAsync(0, "key", "create", "--alias", "cli", "--team", "ops", "--max-budget", "50", "--budget-duration", "30d", "--model", "gpt")).Output.Trim();
        Assert.Equal((200, 403), ((await stand.ChatAsync(key)).Status, (await stand.ChatAsync(key, "pro")).Status));
        var row = (await RunAsync(0, "key", "list", "--team", "ops")).Output.Split('\n')[1];
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(decimal.Parse(cells[3], System.Globalization.CultureInfo.InvariantCulture), 0.000001m, 0.01m);
        Assert.Equal([$"sk-...{key[^4..]}", "cli", team, cells[3], "50", "30d"], cells);
        await RunAsync(0, "key", "block", "cli");
        Assert.Equal(401, (await stand.ChatAsync(key)).Status);
        await RunAsync(0, "key", "unblock", key);
        Assert.Equal(200, (await stand.ChatAsync(key)).Status);
        await RunAsync(0, "key", "delete", "cli");
        Assert.Equal(401, (await stand.ChatAsync(key)).Status);
        Assert.Contains("no key is named 'cli'", (await RunAsync(1, "key", "delete", "cli")).Output, StringComparison.Ordinal);
        Assert.Contains("Input should be a duration", (await RunAsync(1, "key", "create", "--budget-duration", "often")).Output, StringComparison.Ordinal);
        var (exit, output) = await WeirProcess.RunAsync(["key", "list", "--url", "http://127.0.0.1:9"], null, TestContext.Current.CancellationToken);
        Assert.Equal(1, exit);
        Assert.Contains("no gateway answers at http://127.0.0.1:9/", output, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Output)> RunAsync(int expected, params string[] arguments)
    {
        var ran = await WeirProcess.RunAsync([.. arguments, "--url", stand.Address.ToString()], null, TestContext.Current.CancellationToken);
        Assert.True(ran.Exit == expected, $"weir {string.Join(' ', arguments)}: {ran.Exit} {ran.Output}");
        return ran;
    }
}
