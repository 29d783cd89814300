using System.Net;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Crossings;

/// <summary>
/// Calls of every kind of caller, once, through one gateway whose models fail and have others to fall back to; each is named by its call
/// id, under which its row is found afterwards.
/// </summary>
public sealed class CallRuns : IAsyncLifetime
{
    /// <summary>Who steps in for whom: always another dialect.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Substitute = new Dictionary<string, string>
    {
        ["gpt"] = "gem", ["vllm"] = "claude", ["gpt-r"] = "claude", ["claude"] = "nova", ["gem"] = "gpt", ["nova"] = "gpt-r",
    };

    /// <summary>Whether a call streams, and what happens to it, as the scripted model is told.</summary>
    internal static readonly IReadOnlyList<(string Name, bool Stream, string Fault, bool Early)> Troubles =
    [
        ("a 500", false, "~500", true),
        ("a 529", true, "~529", true),
        ("no event", true, "~cut:0", true),
        ("a head alone", true, "~cut:1", true),
        ("an early error event", true, "~error:1", true),
        ("a cut", true, "~cut:6", false),
        ("a late error event", true, "~error:6", false),
    ];

    private readonly Dictionary<string, Reply> _replies = [];

    /// <summary>Rows by call.</summary>
    internal ILookup<string, WrittenRow> Rows { get; private set; } = Enumerable.Empty<WrittenRow>().ToLookup(row => row.CallId);

    /// <summary>What arrived at the models.</summary>
    internal IReadOnlyList<RecordedRequest> Requests { get; private set; } = [];

    /// <summary>Every call that is made: its id, its request.</summary>
    internal static IEnumerable<(string Id, Ask Ask)> Calls()
    {
        foreach (var caller in Caller.All)
        {
            foreach (var model in DialectModel.All)
            {
                foreach (var (_, stream, fault, _) in Troubles)
                {
                    yield return (IdOf(caller, model, fault), Post(caller.PathFor(model.Group + fault, stream), caller.Question(model.Group + fault, "one two three four", stream)));
                }

                var one = "ordered-" + model.Group;
                yield return (IdOf(caller, model, "ordered"), Post(caller.PathFor(one, stream: false), caller.Question(one, "hello", stream: false)));
            }
        }

        foreach (var (name, header) in KeyTests.Keys)
        {
            var value = header == "Authorization" ? "Bearer " + WeirProcess.MasterKey : WeirProcess.MasterKey;
            foreach (var caller in Caller.All)
            {
                yield return ($"key.{name}.{caller.Name}", With(Post(caller.PathFor("gem", false), caller.Question("gem", "hello", false)) with { Key = null }, header, value));
                yield return ($"wrong-key.{name}.{caller.Name}", With(Post(caller.PathFor("gem", false), caller.Question("gem", "hello", false)) with { Key = null }, header, value + "x"));
            }
        }

        var gemini = Caller.Of("gemini");
        foreach (var (id, key) in new[] { ("key.query", WeirProcess.MasterKey), ("wrong-key.query", "sk-wrong") })
        {
            yield return (id + ".gemini", Post(gemini.PathFor("claude", false) + "?key=" + key, gemini.Question("claude", "hello", false)) with { Key = null });
            yield return (id + ".stream.gemini", Post(gemini.PathFor("claude", true) + "&key=" + key, gemini.Question("claude", "hello", true)) with { Key = null });
            yield return (id + ".chat", Post("/v1/chat/completions?key=" + key, Caller.Of("chat").Question("claude", "hello", false)) with { Key = null });
        }

        foreach (var drop in DroppedTests.Asks)
        {
            var caller = Caller.Of(drop.Caller);
            yield return (drop.Id, Post(caller.PathFor(drop.Model, drop.Stream), caller.Question(drop.Model, "hello", drop.Stream, drop.More)));
        }

        foreach (var (id, ask) in ListTests.Asks)
        {
            yield return (id, ask);
        }
    }

    internal static string IdOf(Caller caller, DialectModel model, string trouble) => $"{caller.Name}.{model.Group}.{trouble.Replace('~', '-')}";

    /// <summary>What came back.</summary>
    internal Reply Reply(string id)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{_replies[id].Status} {_replies[id].Body}\n{string.Join('\n', Rows[id])}");
        return _replies[id];
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var models = await ScriptedModel.StartAsync(DialectModel.Server, token);
        var faults = Troubles.Select(t => t.Fault).Distinct().ToList();
        await using var gateway = await WeirProcess.StartAsync(
            $$"""
            model_list:
            {{string.Concat(DialectModel.All.Select(m => m.Deployments(models, ["", .. faults])))}}
            {{string.Join('\n', DialectModel.All.Select(m => m.Deployment(models, "ordered-" + m.Group, "~503", ", order: 1, num_retries: 1")))}}
            {{string.Join('\n', DialectModel.All.Select(m => DialectModel.Of(Substitute[m.Group]).Deployment(models, "ordered-" + m.Group, "", ", order: 2, num_retries: 1")))}}
            router_settings:
              num_retries: 0
              disable_cooldowns: true
              fallbacks: [{{string.Join(", ", from m in DialectModel.All from f in faults select $"{{\"{m.Group}{f}\": [\"{Substitute[m.Group]}\"]}}")}}]
            """,
            null,
            token);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
        using var http = new HttpClient(handler) { BaseAddress = gateway.Address };
        foreach (var (id, ask) in Calls())
        {
            _replies.Add(id, await CaseRunner.SendAsync(http, With(ask, "x-litellm-call-id", id), token));
        }

        await gateway.StopAsync("TERM", token);
        Rows = WrittenRow.Read(gateway.Folder);
        Requests = [.. models.Requests];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Ask Post(string path, string body) => Ask.Raw(body, path);

    private static Ask With(Ask ask, string header, string value) => ask with { Headers = new Dictionary<string, string>(ask.Headers) { [header] = value } };
}
