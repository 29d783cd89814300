using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Access;
using Weir.Gateway.Ledger;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using static Weir.Gateway.Tests.Pipeline.Spending.BudgetStand;

namespace Weir.Gateway.Tests.Pipeline.Spending;

public sealed class BudgetTests
{
    // An answer of at most 100 tokens costs at most 100,000 nano-dollars; the input is free.
    private const string Config = """
        model_list:
          - model_name: m
            litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001, num_retries: 0}
          - model_name: dear
            litellm_params: {model: openai/dear, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.00001, num_retries: 0}
          - model_name: free
            litellm_params: {model: openai/free, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0}
          - model_name: unknown
            litellm_params: {model: openai/of-no-price, api_base: UPSTREAM/v1, api_key: k}

        """;

    private const long Worst = 100_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 15, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(200, 37)]
    [InlineData(40, 1)]
    [InlineData(30, 0)]
    public async Task Of_many_calls_at_once_exactly_as_many_pass_as_the_budget_affords(int calls, int affordable)
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", Limit(KeyOf("a"), (Worst * affordable) + (affordable == 0 ? 0 : 99_999), "30d")));
        stand.Upstream.Script.When("", Answer(100));
        var answers = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => stand.AskAsync("a", Chat("m"))));
        Assert.Equal(affordable, answers.Count(static answer => answer.Status == 200));
        Assert.Equal(calls - affordable, answers.Count(static answer => answer.Status == 422 && ErrorOf(answer.Body).GetProperty("type").GetString() == "budget_exceeded"));
        Assert.Equal(affordable * Worst, (await stand.BooksAsync(KeyOf("a"), "30d")).Settled);
        Assert.Equal(affordable, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task With_cheaper_answers_the_budget_is_never_passed_and_usable_to_the_last_affordable_call()
    {
        var limit = (Worst * 10) + 1;
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", Limit(KeyOf("a"), limit)));
        stand.Upstream.Script.When("", Answer(7));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => stand.AskAsync("a", Chat("m"))));
        var status = 200;
        for (var i = 0; i < 200 && status == 200; i++)
        {
            status = (await stand.AskAsync("a", Chat("m"))).Status;
        }
        Assert.Equal(422, status);
        var books = await stand.BooksAsync(KeyOf("a"));
        Assert.InRange(books.Settled, limit - Worst + 1, limit);
        Assert.InRange(books.Settled + books.Leased + books.Lost, 0, limit);
    }

    [Fact]
    public async Task Two_keys_of_one_team_share_its_budget_and_keep_their_own()
    {
        var team = new Scope(ScopeKind.Team, "dev");
        await using var stand = await BudgetStand.StartAsync(Config, _time,
            CallerOf("a", Limit(team, Worst * 20), Limit(KeyOf("a"), Worst * 5, "1d")), CallerOf("b", Limit(team, Worst * 20)));
        stand.Upstream.Script.When("", Answer(100));
        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(async i => (Key: i % 2 == 0 ? "a" : "b", (await stand.AskAsync(i % 2 == 0 ? "a" : "b", Chat("m"))).Status)));
        Assert.Equal(5, answers.Count(static answer => answer is { Key: "a", Status: 200 }));
        Assert.Equal(15, answers.Count(static answer => answer is { Key: "b", Status: 200 }));
        Assert.Equal(Worst * 20, (await stand.BooksAsync(team)).Settled);
        Assert.Equal(Worst * 5, (await stand.BooksAsync(KeyOf("a"), "1d")).Settled);
        Assert.Equal(Worst * 15, (await stand.BooksAsync(KeyOf("b"))).Settled);
        Assert.Equal(Worst * 20, (await stand.BooksAsync(Scope.Proxy)).Settled);
    }

    [Fact]
    public async Task The_body_says_what_LiteLLM_s_says_and_how_much_is_left()
    {
        await using var stand = await BudgetStand.StartAsync(Config + "litellm_settings: {budget_exceeded_status_code: 429}\n", _time, CallerOf("a", Limit(KeyOf("a"), 150_000)));
        stand.Upstream.Script.When("", Answer(100));
        using var first = await stand.SendAsync("a", Chat("m"), "/v1/chat/completions", TestContext.Current.CancellationToken);
        Assert.Equal(("0", "0.00015"), (first.Headers.GetValues("x-litellm-key-spend").Single(), first.Headers.GetValues("x-litellm-key-max-budget").Single()));
        await stand.BooksAsync(KeyOf("a"));
        var (status, body) = await stand.AskAsync("a", Chat("m"));
        Assert.Equal(429, status);
        var error = ErrorOf(body);
        Assert.Equal("budget_exceeded", error.GetProperty("type").GetString());
        Assert.Equal("429", error.GetProperty("code").GetString());
        Assert.StartsWith("Budget has been exceeded! Key=the key Current cost: 0.0001, Max budget: 0.00015. This request may cost up to 0.0001", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_starts_again_on_time_and_a_late_answer_is_charged_to_the_old_window()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", Limit(KeyOf("a"), Worst, "1d")));
        stand.Upstream.Script.When("", Answer(60));
        var gate = new Gate();
        stand.Upstream.Faults.Enqueue(Fault.Hang(gate));
        _time.SetUtcNow(new DateTimeOffset(2026, 3, 15, 23, 59, 59, TimeSpan.Zero));
        var late = stand.AskAsync("a", Chat("m"));
        await gate.Reached;
        Assert.Equal(422, (await stand.AskAsync("a", Chat("m"))).Status);
        _time.SetUtcNow(new DateTimeOffset(2026, 3, 16, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
        gate.Open();
        Assert.Equal(200, (await late).Status);
        Assert.Equal(60_000, (await stand.BooksAsync(KeyOf("a"), "1d")).Settled);
        Assert.Equal(120_000, (await stand.BooksAsync(KeyOf("a"))).Settled);
    }

    [Fact]
    public async Task A_model_without_a_price_is_refused_and_a_free_one_needs_no_money()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("poor", Limit(KeyOf("poor"), 0)), CallerOf("free"));
        var (status, body) = await stand.AskAsync("poor", Chat("unknown"));
        Assert.Equal(400, status);
        Assert.Contains("no price is known for 'of-no-price' of openai", body, StringComparison.Ordinal);
        Assert.Equal(200, (await stand.AskAsync("poor", Chat("free"))).Status);
        Assert.Equal(422, (await stand.AskAsync("poor", Chat("m"))).Status);
        Assert.Equal(200, (await stand.AskAsync("free", Chat("unknown"))).Status);
    }

    [Fact]
    public async Task An_upstream_that_exceeds_its_bound_is_charged_in_full_and_the_budget_then_refuses()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", Limit(KeyOf("a"), Worst * 2)));
        stand.Upstream.Script.When("", Answer(250));
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(422, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(250_000, (await stand.BooksAsync(KeyOf("a"))).Settled);
        Assert.Contains("over_bound", stand.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_that_is_too_dear_is_passed_over()
    {
        const string Router = """
            router_settings:
              disable_cooldowns: true
              fallbacks: [{m: [dear, free]}]

            """;
        await using var stand = await BudgetStand.StartAsync(Config + Router, _time, CallerOf("a", Limit(KeyOf("a"), Worst * 5)), CallerOf("rich", Limit(KeyOf("rich"), Worst * 15)));
        stand.Upstream.Script.When("", Answer(100));
        stand.Upstream.Faults.SetMode("m", Fault.Http(500));
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(200, (await stand.AskAsync("rich", Chat("m"))).Status);
        Assert.Equal(["free", "dear"], (await stand.RowsAsync()).Select(static row => row.ModelGroup));
        Assert.Equal(0, (await stand.BooksAsync(KeyOf("a"))).Settled);
        Assert.Equal(Worst * 10, (await stand.BooksAsync(KeyOf("rich"))).Settled);
    }

    [Fact]
    public async Task Budgets_of_the_file_hold_for_the_gateway_providers_deployments_and_end_users()
    {
        const string File = """
            model_list:
              - model_name: m
                litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001}
              - model_name: small
                litellm_params: {model: openai/small, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001, max_budget: 0.0002, budget_duration: 1d}
              - model_name: other
                litellm_params: {model: hosted_vllm/other, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001}
            litellm_settings: {max_budget: 0.0009, budget_duration: 30d, max_end_user_budget: 0.0001}
            router_settings:
              provider_budget_config: {hosted_vllm: {budget_limit: 0.0003, time_period: 1d}}

            """;
        await using var stand = await BudgetStand.StartAsync(File, _time, CallerOf("a"));
        stand.Upstream.Script.When("", Answer(100));
        Assert.Equal(2, await PassAsync("small", 4));
        Assert.Equal(3, await PassAsync("other", 5));
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => stand.AskAsync("a", Chat("m", user: "ann"))))).Count(static answer => answer.Status == 200));
        Assert.Equal(3, await PassAsync("m", 6));
        Assert.Equal(Worst * 9, (await stand.BooksAsync(Scope.Proxy, "30d")).Settled);
        Assert.Equal(Worst, (await stand.BooksAsync(new Scope(ScopeKind.EndUser, "ann"))).Settled);
        Assert.Equal(Worst * 3, (await stand.BooksAsync(new Scope(ScopeKind.Provider, "hosted_vllm"), "1d")).Settled);

        async Task<int> PassAsync(string model, int calls) =>
            (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => stand.AskAsync("a", Chat(model))))).Count(static answer => answer.Status == 200);
    }

    [Fact]
    public async Task With_clamp_an_answer_without_a_limit_is_cut_to_what_is_left()
    {
        const string File = """
            model_list:
              - model_name: m
                litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001}
                model_info: {max_output_tokens: 1000}
            weir_settings: {budget_max_tokens: clamp}

            """;
        await using var stand = await BudgetStand.StartAsync(File, _time, CallerOf("a", Limit(KeyOf("a"), 250_000)));
        stand.Upstream.Script.When("", Answer(100));
        Assert.Equal(200, (await stand.AskAsync("a", """{"model":"m","messages":[{"role":"user","content":"hello"}]}""")).Status);
        Assert.Equal(250, stand.Upstream.Requests.Last.Json().GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(422, (await stand.AskAsync("a", Chat("m", 1000))).Status);
        Assert.Equal(200, (await stand.AskAsync("a", """{"model":"m","messages":[{"role":"user","content":"hello"}]}""")).Status);
        Assert.Equal(150, stand.Upstream.Requests.Last.Json().GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(200_000, (await stand.BooksAsync(KeyOf("a"))).Settled);
    }

    [Fact]
    public async Task A_soft_budget_refuses_nothing_and_is_told_of_once()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", new SpendLimit(KeyOf("a"), null, new(150_000), "30d", "the key")));
        stand.Upstream.Script.When("", Answer(100));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
            await stand.BooksAsync(KeyOf("a"));
            await stand.Engine.KeepBudgetsAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(400_000, (await stand.BooksAsync(KeyOf("a"), "30d")).Settled);
        var line = Assert.Single(stand.Log.Text.Split('\n'), static line => line.Contains("Soft budget", StringComparison.Ordinal));
        Assert.Contains("key the key has spent 0.0002 USD of a soft budget of 0.00015 USD", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lower_limit_counts_from_the_next_request_on()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a", Limit(KeyOf("a"), Worst * 100)), CallerOf("b", Limit(KeyOf("a"), Worst * 2)));
        stand.Upstream.Script.When("", Answer(100));
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(200, (await stand.AskAsync("b", Chat("m"))).Status);
        Assert.Equal(422, (await stand.AskAsync("b", Chat("m"))).Status);
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
    }

    private static string Chat(string model, int maxTokens = 100, string? user = null) =>
        $$"""{"model":"{{model}}","max_tokens":{{maxTokens}},{{(user is null ? "" : $"\"user\":\"{user}\",")}}"messages":[{"role":"user","content":"hello"}]}""";

    private static ScriptedReply Answer(int tokens) => new() { Text = "one two three", Usage = new ScriptedUsage(10, tokens) };
}
