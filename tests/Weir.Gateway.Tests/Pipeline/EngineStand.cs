using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Access;
using Weir.Gateway.Ledger.Journal;
using Weir.Gateway.Tests.Config.Binding;
using Weir.Gateway.Tests.Ledger.Journal;
using Weir.TestKit;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>The engine behind a real socket, in front of a scripted model, with a real journal whose disk can be told to fail.</summary>
internal sealed class EngineStand : IAsyncDisposable
{
    private readonly JournalFolder _folder;
    private readonly WebApplication _app;
    private readonly GatewayEngine _engine;

    private EngineStand(JournalFolder folder, ScriptedModel upstream, RequestJournal journal, WatchedFiles files, MemoryLedgerStore store, GatewayEngine engine, WebApplication app, Lines log)
    {
        _folder = folder;
        Upstream = upstream;
        Journal = journal;
        Files = files;
        Store = store;
        Log = log;
        _engine = engine;
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public ScriptedModel Upstream { get; }

    public RequestJournal Journal { get; }

    public WatchedFiles Files { get; }

    public MemoryLedgerStore Store { get; }

    /// <summary>What was logged.</summary>
    public Lines Log { get; }

    public HttpClient Http { get; }

    /// <summary>Starts it. <c>UPSTREAM</c> in the text stands for the model's address; there is no key unless the text names one.</summary>
    /// <param name="yaml">The configuration.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="time">The clock.</param>
    /// <param name="others">Further keys, each a caller of its own.</param>
    /// <param name="salt">LITELLM_SALT_KEY.</param>
    public static async Task<EngineStand> StartAsync(
        string yaml, CancellationToken cancellationToken, TimeProvider? time = null, string[]? others = null, string? salt = null)
    {
        var upstream = await ScriptedModel.StartAsync(cancellationToken);
        var folder = new JournalFolder();
        var (files, store, log) = (new WatchedFiles(), new MemoryLedgerStore(), new Lines());
        var journal = await folder.OpenAsync(store, files: files);
        var config = Bound.From(yaml.Replace("UPSTREAM", upstream.BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)).Config;
        Assert.NotEmpty(config.Deployments);
        var engine = new GatewayEngine(config, new GatewayParts
        {
            Ledger = journal, Logs = log, Random = new Random(1), Time = time ?? TimeProvider.System,
            Variable = name => name == "LITELLM_SALT_KEY" ? salt : null,
            OtherCallers = (others ?? []).ToDictionary(HashOf, static key => new Caller(HashOf(key), key, false)),
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseRouting();
        engine.Map(app);
        await app.StartAsync(cancellationToken);
        return new EngineStand(folder, upstream, journal, files, store, engine, app, log);
    }

    /// <summary>Sends a request with a key and reads the answer to its end.</summary>
    public async Task<(int Status, string Body)> SendAsync(string key, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Authorization", "Bearer " + key);
        using var answer = await Http.SendAsync(request, cancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Sends a chat and returns as soon as the answer's head is there.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, CancellationToken cancellationToken, string path = "/v1/chat/completions")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Sends a chat and reads the answer to its end.</summary>
    public async Task<(int Status, string Body)> AskAsync(string body, CancellationToken cancellationToken, string path = "/v1/chat/completions")
    {
        using var answer = await PostAsync(body, cancellationToken, path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Stops listening and waits until every request has ended, whatever its caller has seen of it already.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _engine.Dispose();
        await Journal.DisposeAsync();
        await Upstream.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A log that keeps its lines.</summary>
    internal sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");

        public void Dispose()
        {
        }
    }
}
