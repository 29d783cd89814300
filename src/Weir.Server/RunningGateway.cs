using System.Net;
using Weir.Gateway;
using Weir.Gateway.Audit;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Providers.Pricing;
using Weir.Providers.Upstream;
using Weir.Server.Cli;
using Weir.Storage;

namespace Weir.Server;

/// <summary>A gateway that listens: store, journal, engine and web server, started in this order and stopped in the reverse one.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly Storage.Storage _storage;
    private readonly EntraDatabasePassword _password;
    private readonly ReplicaPulse _pulse;
    private readonly WebApplication _app;
    private readonly AuditCheckpoints _checkpoints;

    private RunningGateway(
        Storage.Storage storage, EntraDatabasePassword password, ReplicaPulse pulse, AuditCheckpoints checkpoints, RequestJournal journal, GatewayEngine engine, WebApplication app)
    {
        _storage = storage;
        _password = password;
        _pulse = pulse;
        _checkpoints = checkpoints;
        _app = app;
        Journal = journal;
        Engine = engine;
    }

    /// <summary>The engine.</summary>
    internal GatewayEngine Engine { get; }

    /// <summary>Where rows are appended.</summary>
    internal RequestJournal Journal { get; }

    /// <summary>Where rows end up.</summary>
    internal ILedgerStore Ledger => _storage.Ledger;

    /// <summary>Where it listens; the port that was really bound.</summary>
    internal Uri Address => new(_app.Urls.First());

    /// <summary>Starts everything.</summary>
    /// <param name="config">The configuration, master key in force included.</param>
    /// <param name="options">Flags.</param>
    /// <param name="host">Address to listen on.</param>
    /// <param name="folder">Folder for the journal and the default database.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="logs">The log.</param>
    /// <param name="cancellationToken">Stops a start that waits.</param>
    internal static async Task<RunningGateway> StartAsync(
        GatewayConfig config, ServeOptions options, IPAddress host, string folder, Func<string, string?> variable, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var password = new EntraDatabasePassword(variable, logs.CreateLogger("Weir.Storage"));
        var storage = OpenStorage(config, folder, variable, password, logs);
        if (storage.Notice.Length > 0)
        {
            StartLog.Warning(logs.CreateLogger("Weir.Start"), storage.Notice);
        }
        await storage.ReachAsync(cancellationToken);
        await Task.Run(storage.Migrations.Migrate, cancellationToken);
        var replica = ReplicaName.Of(folder);
        var pulse = await ReplicaPulse.StartAsync(storage, new Replica(replica, VersionCommand.Version), TimeProvider.System, logs.CreateLogger("Weir.Storage"), cancellationToken);
        var key = config.Audit.SigningKeyFile is { } keyFile ? AuditKey.FromFile(keyFile) : null;
        var checkpoints = new AuditCheckpoints(storage.Audit, key, replica, TimeProvider.System, logs.CreateLogger("Weir.Audit"));
        var journal = await RequestJournal.OpenAsync(
            new JournalOptions { Folder = Path.Combine(folder, "weir-journal"), Durability = config.Telemetry.Durability, Replica = replica },
            new CheckpointedStore(storage.Ledger, checkpoints), TimeProvider.System, logs.CreateLogger("Weir.Ledger"), cancellationToken);
        // Every row of an earlier life is in the store: what it borrowed and did not spend is free again.
        var closed = await storage.Budgets.CloseReplicaAsync(replica, cancellationToken);
        if (closed.Interrupted > 0)
        {
            StartLog.Warning(logs.CreateLogger("Weir.Start"), $"{closed.Interrupted} requests were under way when Weir ended last; each is charged what was reserved for it.");
        }
        var engine = new GatewayEngine(config, new GatewayParts
        {
            Ledger = journal,
            Audit = journal,
            Kept = storage.Kept,
            Directory = storage.Directory,
            Budgets = storage.Budgets,
            Replica = replica,
            Logs = logs,
            Random = Chance.Shared,
            Outbound = OutboundOptions.FromEnvironment(variable),
            Variable = variable,
            Prices = config.Request.PriceFile is { } file ? PriceBook.WithFile(await File.ReadAllBytesAsync(file, cancellationToken), file) : PriceBook.Embedded,
            UploadFolder = Path.Combine(folder, "weir-uploads"),
            Version = VersionCommand.Version,
        });
        engine.ObserveJournal(() => (journal.Status.PendingRows, journal.Status.PendingBytes));
        var app = Composition.Build(engine, config, options, host, logs);
        var running = new RunningGateway(storage, password, pulse, checkpoints, journal, engine, app);
        await app.StartAsync(cancellationToken);
        await engine.StartAsync(cancellationToken);
        return running;
    }

    /// <summary>Stops listening, lets requests in flight end, then writes down what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.StopAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Engine.CloseBudgetsAsync();
        await Journal.DisposeAsync();
        // The last rows are in the store: the last checkpoint knows them, and what exports it is still there.
        await _checkpoints.DisposeAsync();
        await _pulse.DisposeAsync();
        Engine.Dispose();
        _storage.Dispose();
        _password.Dispose();
    }

    private static Storage.Storage OpenStorage(GatewayConfig config, string folder, Func<string, string?> variable, IDatabasePassword password, ILoggerFactory logs)
    {
        var url = config.DatabaseUrl?.Reveal() ?? variable("DATABASE_URL");
        return StorageSetup.Open(url, Path.Combine(folder, "weir.db"), logs.CreateLogger("Weir.Storage"), new StorageOptions { Password = password });
    }
}
