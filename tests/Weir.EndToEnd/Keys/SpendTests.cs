using System.Globalization;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Keys;

/// <summary>What keys, teams and end users may spend, and how fast they may go, through the whole gateway.</summary>
public sealed class SpendTests(KeyStand stand) : IClassFixture<KeyStand>
{
    // The scripted model counts "hello" and says "You said: hello": what a call costs is told in its answer.
    private const string Short = ""","max_tokens":10""";

    [Fact]
    public async Task A_key_shows_exactly_what_its_calls_have_cost_and_starts_again_when_it_is_reset()
    {
        var key = await stand.KeyAsync("""{"max_budget":1,"budget_duration":"30d"}""");
        var costs = 0m;
        for (var i = 0; i < 3; i++)
        {
            var reply = await stand.ChatAsync(key, members: Short);
            costs += decimal.Parse(reply.Headers["x-litellm-response-cost"], CultureInfo.InvariantCulture);
        }

        Assert.True(costs > 0);
        Assert.Equal(costs, await SpentAsync(key));
        await stand.AdminAsync($"/key/{key}/reset_spend", """{"reset_to":0}""");
        Assert.Equal(0, await SpentAsync(key));
    }

    [Fact]
    public async Task A_key_that_has_spent_its_budget_is_refused_in_LiteLLM_s_words()
    {
        var key = await stand.KeyAsync("""{"key_alias":"poor","max_budget":0}""");
        var reply = await stand.ChatAsync(key, members: Short);
        Assert.Equal((422, "budget_exceeded"), (reply.Status, reply.Error.GetProperty("type").GetString()));
        Assert.StartsWith("Budget has been exceeded! Key=poor Current cost: 0, Max budget: 0", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_one_team_spend_its_one_budget()
    {
        var team = (await stand.AdminAsync("/team/new", """{"max_budget":0.00004}""")).GetProperty("team_id").GetString();
        var (first, second) = (await stand.KeyAsync($$"""{"team_id":"{{team}}"}"""), await stand.KeyAsync($$"""{"team_id":"{{team}}"}"""));
        var passed = 0;
        while (passed < 50 && (await stand.ChatAsync(passed % 2 == 0 ? first : second, members: Short)).Status == 200)
        {
            passed++;
        }

        Assert.InRange(passed, 1, 4);
        Assert.Equal((422, 422), ((await stand.ChatAsync(first, members: Short)).Status, (await stand.ChatAsync(second, members: Short)).Status));
        var spent = (await stand.AdminAsync("/team/info?team_id=" + team, "", "GET")).GetProperty("team_info").GetProperty("spend").GetDecimal();
        Assert.InRange(spent, 0.000001m, 0.00004m);
    }

    [Fact]
    public async Task A_key_goes_no_faster_than_it_may()
    {
        var key = await stand.KeyAsync("""{"rpm_limit":2}""");
        Assert.Equal((200, 200), ((await stand.ChatAsync(key)).Status, (await stand.ChatAsync(key)).Status));
        var reply = await stand.ChatAsync(key);
        Assert.Equal((429, "throttling_error", "requests"), (reply.Status, reply.Error.GetProperty("type").GetString(), reply.Headers["rate_limit_type"]));
        Assert.True(reply.Headers.ContainsKey("retry-after"));
    }

    [Fact]
    public async Task A_call_that_is_passed_on_counts_for_the_tokens_of_its_key()
    {
        var key = await stand.KeyAsync("""{"tpm_limit":5}""");
        Task<Reply> PassAsync() => stand.SendAsync("POST", "/openai_passthrough/v1/chat/completions", """{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""", key);

        Assert.Equal(200, (await PassAsync()).Status);
        var refused = await PassAsync();
        Assert.Equal((429, "tokens"), (refused.Status, refused.Headers["rate_limit_type"]));
    }

    [Fact]
    public async Task An_end_user_spends_its_own_budget_whatever_key_asks_for_it()
    {
        await stand.AdminAsync("/customer/new", """{"user_id":"careful","max_budget":0}""");
        var key = await stand.KeyAsync();
        Assert.Equal((422, 200), ((await stand.ChatAsync(key, members: Short + ""","user":"careful" """)).Status, (await stand.ChatAsync(key, members: Short + ""","user":"other" """)).Status));
    }

    [Fact]
    public async Task An_end_user_without_a_budget_of_its_own_has_the_one_of_the_file()
    {
        var token = TestContext.Current.CancellationToken;
        await using var gateway = await WeirProcess.StartAsync(KeyStand.Config(stand.Model, "litellm_settings: {max_end_user_budget_id: small}"), null, token);
        using var http = new HttpClient();
        Task<Reply> Send(string path, string body) => KeyStand.SendAsync(http, gateway.Address, "POST", path, body, WeirProcess.MasterKey);
        Assert.Equal(200, (await Send("/budget/new", """{"budget_id":"small","max_budget":0}""")).Status);
        Assert.Equal(200, (await Send("/customer/new", """{"user_id":"known","max_budget":1}""")).Status);
        var key = (await Send("/key/generate", "{}")).Json.GetProperty("key").GetString() ?? "";
        Task<Reply> Ask(string user) => KeyStand.SendAsync(http, gateway.Address, "POST", "/v1/chat/completions",
            $$"""{"model":"gpt","max_tokens":10,"user":"{{user}}","messages":[{"role":"user","content":"hello"}]}""", key);

        Assert.Equal((422, 200), ((await Ask("stranger")).Status, (await Ask("known")).Status));
    }

    [Fact]
    public async Task Many_calls_at_once_never_pass_a_budget()
    {
        var key = await stand.KeyAsync("""{"max_budget":0.0002}""");
        var replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => stand.ChatAsync(key, members: Short)));
        Assert.All(replies, reply => Assert.True(reply.Status is 200 or 422, reply.Body));
        var costs = replies.Where(static reply => reply.Status == 200).Sum(static reply => decimal.Parse(reply.Headers["x-litellm-response-cost"], CultureInfo.InvariantCulture));
        Assert.InRange(costs, 0.000001m, 0.0002m);
        Assert.Equal(costs, await SpentAsync(key));
    }

    private async Task<decimal> SpentAsync(string key) => (await stand.AdminAsync("/key/info?key=" + key, "", "GET")).GetProperty("info").GetProperty("spend").GetDecimal();
}
