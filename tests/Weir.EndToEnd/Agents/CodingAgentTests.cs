using Weir.EndToEnd.Crossings;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Agents;

/// <summary>Coding agents, the most demanding clients that there are, with a model behind another dialect than theirs.</summary>
[Trait("Run", "soak")]
public sealed class CodingAgentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("claude-code", "gpt")]
    [InlineData("claude-code", "gpt-r")]
    [InlineData("claude-code", "gem")]
    [InlineData("claude-code", "nova")]
    [InlineData("codex", "vllm")]
    [InlineData("codex", "claude")]
    [InlineData("codex", "gem")]
    [InlineData("codex", "nova")]
    public async Task It_runs_a_command_that_the_model_asks_for_and_fails_when_the_model_does(string agent, string model)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("WEIR_SOAK") is not null, "only with --soak: it downloads the agents");
        await using var models = await ScriptedModel.StartAsync(DialectModel.Server, Token);
        await using var gateway = await WeirProcess.StartAsync(
            $$"""
            model_list:
            {{DialectModel.Of(model).Deployments(models, "", "~429:1", "~cut:25")}}
            router_settings:
              num_retries: 0
              disable_cooldowns: true
            """,
            null,
            Token);
        var root = gateway.Address.GetLeftPart(UriPartial.Authority);
        models.Script.When("florbit", agent == "codex"
            ? ScriptedReply.Call("exec_command", """{"cmd":"echo from-$((40+2))-the-shell"}""")
            : ScriptedReply.Call("Bash", """{"command":"echo from-$((40+2))-the-shell","description":"Says where it is"}"""));
        models.Script.WhenToolResult("from-42-the-shell", ScriptedReply.Say("The shell answered well."));

        var plain = await AskAsync("", "say pong");
        var tool = await AskAsync("", "please florbit");
        var limited = await AskAsync("~429:1", "say pong");
        var cut = await AskAsync("~cut:25", "say " + string.Join(' ', Enumerable.Range(1, 90)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{plain}\n{tool}\n{limited}\n{cut}\n{gateway.Output}\n{string.Join("\n\n", models.Requests.Select(r => $"{r.Path} {r.BodyText}"))}");
        Assert.True(plain.Exit == 0 && plain.Output.Contains("You said:", StringComparison.Ordinal), plain.Output);
        Assert.True(tool.Exit == 0 && tool.Output.Contains("The shell answered well.", StringComparison.Ordinal), tool.Output);
        Assert.True(limited.Exit != 0 && limited.Output.Contains("429", StringComparison.Ordinal), limited.Output);
        Assert.True(cut.Exit != 0, cut.Output);
        await gateway.StopAsync("TERM", Token);
        var rows = WrittenRow.Read(gateway.Folder).SelectMany(row => row).ToList();
        Assert.True(rows.Count(row => row is { Outcome: "success", CostKnown: true }) >= 3, string.Join('\n', rows));
        Assert.Contains(rows, row => row is { Outcome: "failure", Status: 429 });
        // A large head may be lost with the connection, and then nothing has gone out.
        Assert.Contains(rows, row => row is { Outcome: "broken" } or { Outcome: "failure", Status: 500 });

        Task<CodingAgents.AgentRun> AskAsync(string fault, string question) => agent == "codex"
            ? CodingAgents.CodexAsync(root, model + fault, question, Token)
            : CodingAgents.ClaudeAsync(root, model + fault, question, Token);
    }
}
