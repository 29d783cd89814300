using System.Text;
using Weir.TestKit;
using Weir.TestKit.Faults;

namespace Weir.Server.Tests.Cli;

/// <summary>A budget of the whole gateway over the death of its process.</summary>
public sealed class BudgetKillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each answer costs at most, and when it comes exactly, 100 micro-dollars; the budget affords ten.</summary>
    [Fact]
    public async Task After_kill_9_what_was_under_way_is_charged_what_was_reserved_and_all_the_rest_can_be_spent()
    {
        using var folder = new Scratch();
        await using var model = await ScriptedModel.StartAsync(Token);
        model.Script.When("", new() { Text = "hello", Usage = new(5, 100) });
        folder.Write("config.yaml", $$"""
            model_list:
              - model_name: m
                litellm_params: {model: openai/m, api_base: "{{model.V1}}", api_key: k, input_cost_per_token: 0, output_cost_per_token: 0.000001, num_retries: 0}
            litellm_settings: {max_budget: 0.001, budget_duration: 30d}
            general_settings: {master_key: {{WeirRun.Key}}}

            """);
        await using (var first = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1"))
        {
            using var http = await first.ClientAsync(Token);
            Assert.Equal(2, await PassAsync(http, 2));
            model.Faults.SetMode(Fault.Hang());
            var hanging = Enumerable.Range(0, 3).Select(_ => AskAsync(http)).ToArray();
            await model.WaitForRequestsAsync(5, Token);
            await first.SignalAsync("KILL", Token);
            await first.ExitAsync(Token);
            Assert.All(await Task.WhenAll(hanging), static status => Assert.Equal(0, status));
        }

        model.Faults.SetMode(Fault.None);
        await using var second = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        using var again = await second.ClientAsync(Token);
        Assert.Equal(5, await PassAsync(again, 12));
        Assert.Contains("3 requests were under way", second.Out + second.Error, StringComparison.Ordinal);
    }

    private static async Task<int> PassAsync(HttpClient http, int calls) =>
        (await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => AskAsync(http)))).Count(static status => status == 200);

    private static async Task<int> AskAsync(HttpClient http)
    {
        using var content = new StringContent("""{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Token);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The process is gone.
            return 0;
        }
    }
}
