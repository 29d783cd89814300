using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Access;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;
using static Weir.Gateway.Tests.Pipeline.Spending.BudgetStand;

namespace Weir.Gateway.Tests.Pipeline.Spending;

public sealed class RateLimitTests
{
    private const string Config = """
        model_list:
          - model_name: m
            litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k, num_retries: 0}
          - model_name: n
            litellm_params: {model: openai/n, api_base: UPSTREAM/v1, api_key: k, num_retries: 0}

        """;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 8, 27, 0, 14, 20, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_requests_at_once_as_many_pass_as_the_minute_allows_and_the_next_minute_begins_on_time()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, Caller("a", requests: 11));
        Assert.Equal(11, await PassAsync(stand, "a", 60));
        _time.SetUtcNow(new DateTimeOffset(2026, 8, 27, 0, 14, 59, TimeSpan.Zero));
        Assert.Equal(0, await PassAsync(stand, "a", 1));
        _time.SetUtcNow(new DateTimeOffset(2026, 8, 27, 0, 15, 0, TimeSpan.Zero));
        Assert.Equal(11, await PassAsync(stand, "a", 20));
    }

    [Fact]
    public async Task The_refusal_says_what_LiteLLM_s_says()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, Caller("a", requests: 1));
        using var passed = await stand.SendAsync("a", Chat("m"), "/v1/chat/completions", Stop);
        Assert.Equal(("1", "0"), (passed.Headers.GetValues("x-ratelimit-limit-requests").Single(), passed.Headers.GetValues("x-ratelimit-remaining-requests").Single()));
        using var answer = await stand.SendAsync("a", Chat("m"), "/v1/chat/completions", Stop);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("40", answer.Headers.GetValues("retry-after").Single());
        Assert.Equal("requests", answer.Headers.GetValues("rate_limit_type").Single());
        Assert.Equal("2026-08-27 00:15:00 UTC", answer.Headers.GetValues("reset_at").Single());
        var error = ErrorOf(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("throttling_error", error.GetProperty("type").GetString());
        Assert.Equal("429", error.GetProperty("code").GetString());
        Assert.Equal($"Rate limit exceeded for api_key: {KeyOf("a").Id}. Limit type: requests. Current limit: 1, Remaining: 0. Limit resets at: 2026-08-27 00:15:00 UTC", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Tokens_are_set_aside_before_the_call_and_put_right_after_it()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, Caller("a", tokens: 1_000));
        stand.Upstream.Script.When("", Answer(prompt: 10, completion: 90));
        // Each sets aside its input and 300 tokens of answer, so that three fit beside each other; each uses 100.
        Assert.InRange(await PassAsync(stand, "a", 30, maxTokens: 300), 3, 7);
        var passed = 0;
        for (var i = 0; i < 30; i++)
        {
            passed += await PassAsync(stand, "a", 1, maxTokens: 90);
        }
        Assert.InRange(passed, 1, 7);
        using var answer = await stand.SendAsync("a", Chat("m", 90), "/v1/chat/completions", Stop);
        Assert.Equal("tokens", answer.Headers.GetValues("rate_limit_type").Single());
    }

    [Fact]
    public async Task With_answers_as_long_as_allowed_exactly_as_many_pass_as_the_tokens_allow()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, Caller("a", tokens: 1_000));
        stand.Upstream.Script.When("", Answer(prompt: 8, completion: 192));
        Assert.Equal(5, await PassAsync(stand, "a", 50, maxTokens: 192));
    }

    [Fact]
    public async Task Requests_in_flight_are_limited_and_each_end_frees_a_place()
    {
        await using var stand = await BudgetStand.StartAsync(Config, _time, Caller("a", parallel: 3));
        var gate = new Gate();
        stand.Upstream.Faults.SetMode(Fault.Hang(gate));
        var asking = Enumerable.Range(0, 3).Select(_ => stand.AskAsync("a", Chat("m"))).ToArray();
        await stand.Upstream.WaitForRequestsAsync(3, Stop);
        var (status, body) = await stand.AskAsync("a", Chat("m"));
        Assert.Equal(429, status);
        Assert.Contains("Limit type: max_parallel_requests. Current limit: 3", body, StringComparison.Ordinal);
        stand.Upstream.Faults.SetMode(Fault.Http(500));
        gate.Open();
        Assert.All(await Task.WhenAll(asking), static answer => Assert.Equal(200, answer.Status));
        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(429, (await stand.AskAsync("a", Chat("m"))).Status);
            await stand.BooksAsync(Scope.Proxy);
        }
    }

    [Fact]
    public async Task The_file_limits_the_requests_in_flight_of_the_whole_gateway()
    {
        await using var stand = await BudgetStand.StartAsync(Config, "global_max_parallel_requests: 2", _time, Caller("a"), Caller("b"));
        var gate = new Gate();
        stand.Upstream.Faults.SetMode(Fault.Hang(gate));
        var asking = new[] { stand.AskAsync("a", Chat("m")), stand.AskAsync("b", Chat("m")) };
        await stand.Upstream.WaitForRequestsAsync(2, Stop);
        Assert.Equal(429, (await stand.AskAsync("b", Chat("m"))).Status);
        gate.Open();
        await Task.WhenAll(asking);
    }

    [Fact]
    public async Task A_limit_of_one_model_counts_that_model_alone_and_is_told_in_headers()
    {
        var limit = new RateLimit(new Scope(ScopeKind.KeyModel, KeyOf("a").Id + "/m"), 2, null, null, "a") { Model = "m" };
        await using var stand = await BudgetStand.StartAsync(Config, _time, CallerOf("a") with { RateLimits = [limit] });
        using var first = await stand.SendAsync("a", Chat("m"), "/v1/chat/completions", Stop);
        Assert.Equal("1", first.Headers.GetValues("x-litellm-key-remaining-requests-m").Single());
        Assert.Equal(200, (await stand.AskAsync("a", Chat("n"))).Status);
        Assert.Equal(200, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(429, (await stand.AskAsync("a", Chat("m"))).Status);
        Assert.Equal(200, (await stand.AskAsync("a", Chat("n"))).Status);
    }

    private static Caller Caller(string name, long? requests = null, long? tokens = null, int? parallel = null) =>
        CallerOf(name) with { RateLimits = requests is null && tokens is null && parallel is null ? [] : [new RateLimit(KeyOf(name), requests, tokens, parallel, name)] };

    private static async Task<int> PassAsync(BudgetStand stand, string key, int calls, int maxTokens = 50) =>
        (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => stand.AskAsync(key, Chat("m", maxTokens))))).Count(static answer => answer.Status == 200);

    private static string Chat(string model, int maxTokens = 50) => $$"""{"model":"{{model}}","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"hello"}]}""";

    private static ScriptedReply Answer(int prompt, int completion) => new() { Text = "one two three", Usage = new ScriptedUsage(prompt, completion) };
}
