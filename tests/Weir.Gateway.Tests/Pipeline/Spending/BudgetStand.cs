using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Gateway.Tests.Config.Binding;
using Weir.Providers.Pricing;
using Weir.Storage;
using Weir.TestKit;

namespace Weir.Gateway.Tests.Pipeline.Spending;

/// <summary>The whole engine behind a real socket, with a real journal and a real SQLite database, and callers that have limits.</summary>
internal sealed class BudgetStand : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Storage.Storage _storage;
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private BudgetStand(string folder, Storage.Storage storage, RequestJournal journal, ScriptedModel upstream, GatewayEngine engine, WebApplication app, EngineStand.Lines log)
    {
        _folder = folder;
        _storage = storage;
        _app = app;
        Journal = journal;
        Upstream = upstream;
        Engine = engine;
        Log = log;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 300 }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public ScriptedModel Upstream { get; }

    public GatewayEngine Engine { get; }

    public RequestJournal Journal { get; }

    public EngineStand.Lines Log { get; }

    public IBudgetStore Budgets => _storage.Budgets;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<BudgetStand> StartAsync(string yaml, TimeProvider time, params Caller[] callers) => StartAsync(yaml, "", time, callers);

    /// <summary>Starts it; <paramref name="general"/> is one more line of general_settings.</summary>
    public static async Task<BudgetStand> StartAsync(string yaml, string general, TimeProvider time, params Caller[] callers)
    {
        var folder = Directory.CreateTempSubdirectory("weir-spend-").FullName;
        var log = new EngineStand.Lines();
        var upstream = await ScriptedModel.StartAsync(Stop);
        var storage = StorageSetup.Open($"sqlite://{folder}/weir.db", "unused.db", NullLogger.Instance, new StorageOptions { Time = time });
        storage.Migrations.Migrate();
        // The journal runs on the real clock: a flush that waits for company must not wait for a test that moves the clock.
        var journal = await RequestJournal.OpenAsync(
            new JournalOptions { Folder = Path.Combine(folder, "journal"), Replica = "here", GatherFor = TimeSpan.FromMilliseconds(5) }, storage.Ledger, TimeProvider.System, NullLogger.Instance, Stop);
        await storage.Budgets.CloseReplicaAsync("here", Stop);
        // With a master key: without one everybody is let in as the administrator.
        var bound = Bound.From((yaml + $"\ngeneral_settings:\n  master_key: sk-master-of-the-budget-tests\n  {general}\n").Replace("UPSTREAM", upstream.BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        Assert.Empty(bound.Problems);
        var engine = new GatewayEngine(bound.Config, new GatewayParts
        {
            Ledger = journal, Budgets = storage.Budgets, Replica = "here", Logs = log, Random = new Random(1), Time = time, Variable = static _ => null,
            OtherCallers = callers.ToDictionary(static caller => caller.KeyHash),
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseRouting();
        engine.Map(app);
        await app.StartAsync(Stop);
        return new BudgetStand(folder, storage, journal, upstream, engine, app, log);
    }

    /// <summary>The scope of the key <c>sk-NAME</c>.</summary>
    public static Scope KeyOf(string name) => new(ScopeKind.Key, HashOf(name));

    /// <summary>A caller with the key <c>sk-NAME</c> and limits of its key.</summary>
    public static Caller CallerOf(string name, params SpendLimit[] limits) =>
        new(HashOf(name), name, false) { SpendLimits = limits, Scopes = [.. limits.Select(static limit => limit.Scope).Append(KeyOf(name)).Distinct()] };

    /// <summary>A hard limit.</summary>
    public static SpendLimit Limit(Scope scope, long nanos, string window = "", long? soft = null) =>
        new(scope, new Money(nanos), soft is { } s ? new Money(s) : null, window, scope.Id.Length > 20 ? "the key" : scope.Id);

    public Task<(int Status, string Body)> AskAsync(string key, string body, string path = "/v1/chat/completions") => AskOrLeaveAsync(key, body, path, Stop);

    public async Task<(int Status, string Body)> AskOrLeaveAsync(string key, string body, string path, CancellationToken gone)
    {
        using var answer = await SendAsync(key, body, path, gone);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(gone));
    }

    public async Task<HttpResponseMessage> SendAsync(string key, string body, string path, CancellationToken gone)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer sk-" + key);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, gone);
    }

    /// <summary>What the store has, once every request has ended and every row is there.</summary>
    public async Task<WindowState> BooksAsync(Scope scope, string window = "")
    {
        while (Engine.RequestsInFlight > 0)
        {
            await Task.Yield();
        }
        await Journal.FlushAsync(Stop);
        return Assert.Single(await _storage.Budgets.ReadAsync([new BudgetWindow(scope, window)], BudgetCalendar.Utc, Stop));
    }

    /// <summary>The rows, oldest first.</summary>
    public async Task<IReadOnlyList<RequestRecord>> RowsAsync()
    {
        await BooksAsync(Scope.Proxy);
        var page = await _storage.Ledger.ListAsync(new LedgerQuery { PageSize = LedgerQuery.MaxPageSize }, Stop);
        return [.. page.Entries.Reverse().Select(static entry => entry.Record)];
    }

    /// <summary>The <c>error</c> of a body.</summary>
    public static JsonElement ErrorOf(string body) => JsonDocument.Parse(body).RootElement.GetProperty("error");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await Engine.CloseBudgetsAsync();
        Engine.Dispose();
        await Journal.DisposeAsync();
        _storage.Dispose();
        await Upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sk-" + name)));
}
