using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.Gateway;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Reload;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Providers;
using Weir.Storage;

namespace Weir.Server.Cli;

/// <summary>One life of <c>weir serve</c>: load, start, serve until a signal, drain, stop.</summary>
internal static class ServeRun
{
    /// <summary>How long requests in flight may take to end after a stop was asked for.</summary>
    internal static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(80);

    /// <summary>Runs until SIGTERM, SIGINT or the token. The exit code: 0, or 1 when it could not start.</summary>
    internal static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        var loading = new ConfigLoadOptions { Check = new CheckOptions(AllowUnenforced: options.AllowUnenforced) };
        var loaded = Load(options, loading);
        if (Refuses(loaded, Console.Error))
        {
            return 1;
        }
        try
        {
            return await ServeAsync(options, loaded, () => Load(options, loading), variable, cancellationToken);
        }
        catch (Exception error) when (error is StartException or JournalBusyException or LedgerVersionException or MigrationException
            or StorageUrlException or StorageUnavailableException or DbException or FormatException or InvalidDataException or IOException or SocketException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"weir: can't start: {error.Message}");
            return 1;
        }
    }

    private static ConfigLoadResult Load(ServeOptions options, ConfigLoadOptions loading) => options.ConfigPath is { } path
        ? ConfigLoader.Load(path, loading)
        : ConfigLoader.FromCommandLine(options.Model ?? "", options.Alias, options.ApiBase, options.ApiVersion, loading);

    private static bool Refuses(ConfigLoadResult loaded, TextWriter output)
    {
        foreach (var problem in loaded.Report.Problems.Where(p => p.Severity != ProblemSeverity.Info))
        {
            output.WriteLine(problem);
        }
        if (loaded.Config is not null)
        {
            return false;
        }
        output.WriteLine("weir: the configuration has errors; nothing was started. `weir check` explains them without starting.");
        return true;
    }

    private static async Task<int> ServeAsync(
        ServeOptions options, ConfigLoadResult loaded, Func<ConfigLoadResult> reload, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var config = loaded.Config ?? throw new StartException("the configuration has errors.");
        var decision = MasterKeyPolicy.Decide(config.Access.MasterKey, variable, options.Host, config.Access.PermitWeakMasterKey);
        if (decision.Refusal is { } refusal)
        {
            throw new StartException(refusal);
        }
        config = WithKey(config, decision);
        using var logs = Composition.Logs(config.Telemetry, options.Debug);
        var log = logs.CreateLogger("Weir.Start");
        foreach (var warning in decision.Warnings)
        {
            StartLog.Warning(log, warning);
        }

        var folder = DataFolder.Choose(options.ConfigPath, variable, out var folderWarning);
        if (folderWarning is not null)
        {
            StartLog.Warning(log, folderWarning);
        }
        // Signals are taken from here on: one that comes during the start, or right after the greeting, must not be lost.
        ConfigWatcher? watching = null;
        var stopped = StopSignals.WaitAsync(() => watching?.ReloadNow("SIGHUP"), cancellationToken);
        await using var gateway = await RunningGateway.StartAsync(config, options, AddressOf(decision.Host), folder, variable, logs, cancellationToken);
        using var watcher = new ConfigWatcher(loaded with { Config = config }, () => Keyed(reload(), decision), gateway.Engine.Reload, TimeProvider.System, logs.CreateLogger<ConfigWatcher>());
        watcher.Reloaded += status =>
        {
            if (!status.Succeeded)
            {
                gateway.Engine.ReloadFailed();
            }
        };
        watcher.Start();
        watching = watcher;
        Announce(gateway.Address, options, decision);
        if (await stopped == StopKind.Gently)
        {
            // Readiness fails first; load balancers need a moment to see it before the door closes.
            gateway.Engine.Drain();
            await Task.Delay(DrainDelay(), TimeProvider.System, CancellationToken.None);
        }
        return 0;
    }

    // The watcher compares what is in force with what comes: both with the key that counts.
    private static ConfigLoadResult Keyed(ConfigLoadResult loaded, MasterKeyDecision decision) =>
        loaded.Config is { } config ? loaded with { Config = WithKey(config, decision) } : loaded;

    private static GatewayConfig WithKey(GatewayConfig config, MasterKeyDecision decision) =>
        config with { Access = config.Access with { MasterKey = decision.Generated ? decision.Key : config.Access.MasterKey is null ? decision.Key : InForce(config, decision) } };

    // A reload may bring a new key in the file; a key injected by the environment stays in force over a placeholder.
    private static Secret? InForce(GatewayConfig config, MasterKeyDecision first) =>
        MasterKeyPolicy.Decide(config.Access.MasterKey, Environment.GetEnvironmentVariable, first.Host, config.Access.PermitWeakMasterKey) is { Refusal: null, Key: { } key }
            ? key
            : first.Key;

    private static IPAddress AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address
        : throw new StartException($"--host '{host}' is no address of this machine; use 0.0.0.0, 127.0.0.1 or ::.");

    private static void Announce(Uri bound, ServeOptions options, MasterKeyDecision decision)
    {
        var shown = decision.Host is "0.0.0.0" or "::" ? decision.Host : bound.Host;
        Console.WriteLine($"Weir listens on {(options.CertificateFile is null ? "http" : "https")}://{shown}:{bound.Port.ToString(CultureInfo.InvariantCulture)}");
        if (decision is { Generated: true, Key: { } key })
        {
            Console.WriteLine($"Master key (made for this run; set LITELLM_MASTER_KEY to keep one): {key.Reveal()}");
        }
        Console.Out.Flush();
    }

    private static TimeSpan DrainDelay() =>
        double.TryParse(Environment.GetEnvironmentVariable("WEIR_DRAIN_SECONDS"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromSeconds(2);
}
