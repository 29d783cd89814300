using Weir.TestKit;

namespace Weir.EndToEnd.Soak;

/// <summary>Two models under two groups, with a data folder that outlives the gateway in front of them.</summary>
internal sealed class SoakWorld : IAsyncDisposable
{
    /// <summary>Groups that answer at once.</summary>
    public static readonly string[] Models = ["alpha", "beta"];

    /// <summary>Groups that drip, hang before the answer, or hang in the middle of it.</summary>
    public static readonly string[] Sluggish = ["drip", "hang", "stuck"];

    private SoakWorld(ScriptedModel alpha, ScriptedModel beta, ScriptedModel frail)
    {
        Alpha = alpha;
        Beta = beta;
        Frail = frail;
    }

    public ScriptedModel Alpha { get; }

    public ScriptedModel Beta { get; }

    /// <summary>A third one, for tests that give a group to it.</summary>
    public ScriptedModel Frail { get; }

    /// <summary>Where journal and ledger lie.</summary>
    public string Data { get; } = Directory.CreateTempSubdirectory("weir-soak-").FullName;

    public string Config =>
        $$"""
        model_list:
          - model_name: alpha
            litellm_params: {model: openai/alpha, api_base: {{Alpha.V1}}, api_key: sk-a}
          - model_name: beta
            litellm_params: {model: openai/beta, api_base: {{Beta.V1}}, api_key: sk-b}
          - model_name: drip
            litellm_params: {model: "openai/drip~drip:1", api_base: {{Alpha.V1}}, api_key: sk-a}
          - model_name: hang
            litellm_params: {model: "openai/hang~hang", api_base: {{Beta.V1}}, api_key: sk-b}
          - model_name: stuck
            litellm_params: {model: "openai/stuck~hang:3", api_base: {{Alpha.V1}}, api_key: sk-a}
        litellm_settings:
          callbacks: [prometheus]
        router_settings:
          num_retries: 0
        """;

    public static async Task<SoakWorld> StartAsync(CancellationToken cancellationToken)
    {
        var started = new List<ScriptedModel>();
        try
        {
            foreach (var name in (string[])["alpha", "beta", "frail"])
            {
                started.Add(await ModelAsync(name, cancellationToken));
            }

            return new SoakWorld(started[0], started[1], started[2]);
        }
        catch
        {
            foreach (var model in started)
            {
                await model.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Variables that make a gateway use <see cref="Data"/>.</summary>
    public Dictionary<string, string> Variables(string drainSeconds) => new() { ["WEIR_DATA_DIR"] = Data, ["WEIR_DRAIN_SECONDS"] = drainSeconds };

    public SoakClients Clients(Uri gateway, string key, int seed, double aborts) =>
        new(gateway, key, Models, seed) { Sluggish = Sluggish, Aborts = aborts };

    /// <summary>No call may be open at a model, and no more connections than clients could have used.</summary>
    public async Task UpstreamsAreIdleAsync(CancellationToken cancellationToken)
    {
        foreach (var model in (ScriptedModel[])[Alpha, Beta, Frail])
        {
            await model.WaitForIdleAsync(cancellationToken);
            Assert.InRange(model.OpenConnections, 0, 12);
        }
    }

    /// <summary>Ids of the calls that a model has seen.</summary>
    public IEnumerable<string> SeenUpstream() => Alpha.Requests.Concat(Beta.Requests).Concat(Frail.Requests).Select(request =>
        request.Json().GetProperty("messages")[0].GetProperty("content").GetString()?.Split(' ')[0] ?? "");

    public async ValueTask DisposeAsync()
    {
        await Alpha.DisposeAsync();
        await Beta.DisposeAsync();
        await Frail.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    private static Task<ScriptedModel> ModelAsync(string name, CancellationToken cancellationToken) => ScriptedModel.StartAsync(
        new ScriptedModelOptions { AnswerPrefix = name + ": ", ChunkInterval = TimeSpan.FromMilliseconds(1), RecordedRequests = 50_000 }, cancellationToken);
}
