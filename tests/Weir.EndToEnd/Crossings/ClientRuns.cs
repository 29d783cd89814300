using System.Text.Json;
using Weir.EndToEnd.Clients;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Crossings;

/// <summary>
/// Every client for JavaScript, once, through one gateway against a model behind each dialect. What each saw, what each model was asked
/// and what the ledger holds afterwards is judged by <see cref="ClientCrossingTests"/>.
/// </summary>
public sealed class ClientRuns : IAsyncLifetime
{
    internal static readonly string[] Programs = ["openai.mjs", "responses.mjs", "anthropic.mjs", "genai.mjs"];

    private readonly Dictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>> _seen = [];

    /// <summary>What a client of Responses saw of models whose vendor keeps responses, by model and case.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Kept { get; private set; } = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>();

    /// <summary>Rows by call.</summary>
    internal ILookup<string, WrittenRow> Rows { get; private set; } = Enumerable.Empty<WrittenRow>().ToLookup(row => row.CallId);

    /// <summary>What arrived at the models.</summary>
    internal IReadOnlyList<RecordedRequest> Requests { get; private set; } = [];

    /// <summary>What the gateway printed.</summary>
    internal string Printed { get; private set; } = "";

    /// <summary>What a program saw of a model, by case.</summary>
    internal IReadOnlyDictionary<string, JsonElement> Seen(string program, string model) => _seen[program][model];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var models = await ScriptedModel.StartAsync(DialectModel.Server, token);
        models.Script.When("weather of two cities", new ScriptedReply { ToolCalls = [new("get_weather", """{"city":"Bern"}"""), new("get_weather", """{"city":"Rome"}""")] });
        models.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        await using var gateway = await WeirProcess.StartAsync(
            $"""
            model_list:
            {string.Concat(DialectModel.All.Select(m => m.Deployments(models, "", "~429:1", "~cut:5", "~filter")))}
              - model_name: "emb"
                litellm_params: {"{"}model: openai/text-embedding-3-small, api_base: "{models.V1}", api_key: {DialectModel.UpstreamKey}{"}"}
            router_settings:
              num_retries: 0
              disable_cooldowns: true
            """,
            null,
            token);
        var groups = string.Join(',', DialectModel.All.Select(m => m.Group));
        var runs = Programs.Select(async program => (Program: program, Seen: await NodeClients.RunEachAsync(
            [program, "--label", program[..^".mjs".Length], "--model", groups, "--keeps", "nothing"],
            gateway.Address.GetLeftPart(UriPartial.Authority), WeirProcess.MasterKey, token)));
        foreach (var (program, seen) in await Task.WhenAll(runs))
        {
            _seen[program] = seen;
        }

        Kept = await NodeClients.RunEachAsync(
            ["responses.mjs", "--label", "kept", "--model", "gpt,gpt-r"], gateway.Address.GetLeftPart(UriPartial.Authority), WeirProcess.MasterKey, token);
        await gateway.StopAsync("TERM", token);
        Rows = WrittenRow.Read(gateway.Folder);
        Requests = [.. models.Requests];
        Printed = gateway.Output;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
