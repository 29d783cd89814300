using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Ledger;
using Weir.Providers.Tokens;
using Weir.TestKit.Scripts;
using static Weir.Gateway.Tests.Pipeline.Spending.BudgetStand;

namespace Weir.Gateway.Tests.Pipeline.Spending;

/// <summary>The charging rules of docs/guide/budgets.md, to the nano-dollar.</summary>
public sealed class ChargingTests
{
    private const long InputNanos = 2_000;
    private const long OutputNanos = 7_000;
    private const long DearNanos = 70_000;

    private static readonly string Config = "model_list:\n" + string.Concat(
        Entry("m", "m", "0.000002", "0.000007"), Entry("refused", "m~500", "0.000002", "0.000007"), Entry("reset", "m~reset", "0.000002", "0.000007"),
        Entry("cut", "m~cut:3", "0.000002", "0.000007"), Entry("slow", "m~hang:3", "0.000002", "0.000007"), Entry("broken", "m~503", "0.000002", "0.000007"),
        Entry("dear", "dear", "0.000002", "0.00007"), Entry("free", "free", "0", "0"))
        + "router_settings: {disable_cooldowns: true, fallbacks: [{broken: [dear]}]}\n";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 15, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What happens to a request.</summary>
    public enum Way
    {
        Whole,
        Streamed,
        Refused,
        Reset,
        CutStream,
        ClientLeaves,
        FallsBack,
        OverBound,
        Free,
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Whole, 200, RequestOutcome.Success, (11 * InputNanos) + (20 * OutputNanos), false)]
    [InlineData(Way.Streamed, 200, RequestOutcome.Success, (11 * InputNanos) + (20 * OutputNanos), false)]
    [InlineData(Way.Refused, 500, RequestOutcome.Failure, 0L, false)]
    [InlineData(Way.Reset, 500, RequestOutcome.Failure, 0L, false)]
    [InlineData(Way.CutStream, 200, RequestOutcome.Broken, null, true)]
    [InlineData(Way.ClientLeaves, 200, RequestOutcome.ClientGone, null, true)]
    [InlineData(Way.FallsBack, 200, RequestOutcome.Success, (11 * InputNanos) + (20 * DearNanos), false)]
    [InlineData(Way.OverBound, 200, RequestOutcome.Success, (11 * InputNanos) + (900 * OutputNanos), false)]
    [InlineData(Way.Free, 200, RequestOutcome.Success, 0L, false)]
    public async Task What_a_request_costs_follows_from_how_it_went(Way way, int status, RequestOutcome outcome, long? nanos, bool estimated)
    {
        await using var stand = await StartAsync(_time, 1_000_000_000);
        var told = await GoAsync(stand, way);
        var row = Assert.Single(await stand.RowsAsync());
        Assert.Equal((status, outcome, estimated), (row.Status, row.Outcome, row.Usage.Estimated));
        if (estimated)
        {
            // The input, and what was delivered, by tokenizer.
            Assert.Equal(TokenCounter.CountRequest("m", Encoding.UTF8.GetBytes(Chat("slow", true))).Tokens, row.Usage.Prompt);
            Assert.True(told.Length > 0);
            Assert.Equal(TokenCounter.CountText("m", told).Tokens, row.Usage.Completion);
            nanos = (row.Usage.Prompt * InputNanos) + (row.Usage.Completion * OutputNanos);
        }
        Assert.Equal(nanos, row.Cost.Nanos);
        Assert.Equal(nanos, (await stand.BooksAsync(KeyOf("a"), "1d")).Settled);
        Assert.Equal(nanos, (await stand.BooksAsync(KeyOf("a"))).Settled);
    }

    /// <summary>Whatever is mixed, side by side: spend is the sum of the rows, and without an upstream that breaks its bound never over.</summary>
    [Fact]
    public async Task Spend_is_the_sum_of_what_the_rules_say_whatever_is_mixed()
    {
        var plans = new List<(int Limit, Way[] Ways)>();
        Gen.Select(Gen.Int[1, 40], Gen.Enum<Way>().Where(static way => way != Way.OverBound).Array[30]).Sample((limit, ways) => plans.Add((limit, ways)), iter: 3, threads: 1);
        foreach (var (size, ways) in plans)
        {
            var limit = size * 3_000_000L;
            await using var stand = await StartAsync(_time, limit);
            foreach (var together in ways.Chunk(10))
            {
                await Task.WhenAll(together.Select(way => GoAsync(stand, way)));
                var during = await stand.BooksAsync(KeyOf("a"), "1d");
                Assert.InRange(during.Settled + during.Leased + during.Lost, 0, limit);
            }
            var rows = await stand.RowsAsync();
            var books = await stand.BooksAsync(KeyOf("a"), "1d");
            Assert.Equal(rows.Sum(static row => row.Cost.Nanos), books.Settled);
            Assert.Equal(ways.Length, rows.Count);
            Assert.All(rows, static row => Assert.Equal(CostOf(row), row.Cost.Nanos));
            // Nothing is held by nobody: what is not spent can be spent.
            await stand.Engine.CloseBudgetsAsync();
            Assert.Equal((0, 0), ((await stand.BooksAsync(KeyOf("a"), "1d")).Leased, (await stand.BooksAsync(KeyOf("a"), "1d")).Lost));
        }
    }

    private static long CostOf(RequestRecord row) => row.ModelGroup switch
    {
        "free" => 0,
        "dear" => (row.Usage.Prompt * InputNanos) + (row.Usage.Completion * DearNanos),
        _ => (row.Usage.Prompt * InputNanos) + (row.Usage.Completion * OutputNanos),
    };

    private static async Task<BudgetStand> StartAsync(TimeProvider time, long limit)
    {
        var stand = await BudgetStand.StartAsync(Config, time, CallerOf("a", Limit(KeyOf("a"), limit, "1d")));
        stand.Upstream.Script.When("more than allowed", new ScriptedReply { Text = "one two three", Usage = new ScriptedUsage(11, 900) });
        stand.Upstream.Script.When("hello", new ScriptedReply { Text = "one two three four five", Usage = new ScriptedUsage(11, 20) });
        return stand;
    }

    /// <summary>Sends one request that goes that way; returns the text that came back of a stream.</summary>
    private static async Task<string> GoAsync(BudgetStand stand, Way way)
    {
        switch (way)
        {
            case Way.Streamed:
                return await ReadAsync(stand, "m", int.MaxValue);
            case Way.CutStream:
                return await ReadAsync(stand, "cut", int.MaxValue);
            case Way.ClientLeaves:
                return await ReadAsync(stand, "slow", 3);
            case Way.OverBound:
                await stand.AskAsync("a", Chat("m", false, "more than allowed"));
                return "";
            default:
                await stand.AskAsync("a", Chat(way switch { Way.Refused => "refused", Way.Reset => "reset", Way.FallsBack => "broken", Way.Free => "free", _ => "m" }, false));
                return "";
        }
    }

    /// <summary>Reads a stream, or so many of its events and goes away then.</summary>
    private static async Task<string> ReadAsync(BudgetStand stand, string model, int events)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var answer = await stand.SendAsync("a", Chat(model, true), "/v1/chat/completions", leave.Token);
        var told = new StringBuilder();
        if ((int)answer.StatusCode != 200)
        {
            return "";
        }
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(leave.Token));
        while (events > 0 && await lines.ReadLineAsync(leave.Token) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                events--;
                using var chunk = JsonDocument.Parse(line[6..]);
                if (chunk.RootElement.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0
                    && choices[0].GetProperty("delta").TryGetProperty("content", out var content))
                {
                    told.Append(content.GetString());
                }
            }
        }
        await leave.CancelAsync();
        return told.ToString();
    }

    private static string Chat(string model, bool stream, string text = "hello") =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"max_tokens":100,"messages":[{"role":"user","content":"{{text}}"}]}""";

    private static string Entry(string name, string model, string input, string output) =>
        $"  - model_name: {name}\n    litellm_params: {{model: \"openai/{model}\", api_base: UPSTREAM/v1, api_key: k, input_cost_per_token: {input}, output_cost_per_token: {output}, num_retries: 0}}\n";
}
