using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Storage;

namespace Weir.Server.Cli;

/// <summary><c>weir db migrate</c> and <c>weir db status</c>: the database's schema, from outside of a running gateway.</summary>
internal static class DbCommand
{
    internal static Command Build()
    {
        var command = new Command("db", "Look after the database: its schema, and which replicas use it");
        command.Subcommands.Add(Part("migrate", "Bring the schema up to date; safe while replicas of this and the neighbouring versions serve", MigrateAsync));
        command.Subcommands.Add(Part("status", "Show every migration and every replica; exit 3 when there is something to migrate", StatusAsync));
        return command;
    }

    private static Command Part(string name, string description, Func<Storage.Storage, TextWriter, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file that names the database (env CONFIG_FILE_PATH)", HelpName = "FILE" };
        var url = new Option<string?>("--database-url") { Description = "postgresql://user:password@host/database or sqlite:///path (env DATABASE_URL); seen by whoever lists processes", HelpName = "URL" };
        command.Options.Add(config);
        command.Options.Add(url);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), parsed.GetValue(url), work, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? config, string? url, Func<Storage.Storage, TextWriter, CancellationToken, Task<int>> work, CancellationToken cancellationToken)
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        try
        {
            using var password = new EntraDatabasePassword(variable, NullLogger.Instance);
            using var storage = Open(config is { Length: > 0 } ? config : variable("CONFIG_FILE_PATH"), url, variable, password);
            if (storage.Notice.Length > 0)
            {
                await Console.Error.WriteLineAsync($"weir: {storage.Notice}");
            }

            await storage.ReachAsync(cancellationToken);
            return await work(storage, Console.Out, cancellationToken);
        }
        catch (Exception error) when (error is StartException or MigrationException or StorageUrlException or StorageUnavailableException or DbException or IOException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"weir db: {error.Message}");
            return 1;
        }
    }

    private static Storage.Storage Open(string? configPath, string? url, Func<string, string?> variable, IDatabasePassword password)
    {
        if (string.IsNullOrEmpty(url) && configPath is { Length: > 0 })
        {
            var loaded = ConfigLoader.Load(configPath, new ConfigLoadOptions { Check = new Gateway.Config.Check.CheckOptions(AllowUnenforced: true) });
            url = (loaded.Config ?? throw new StartException($"{configPath} has errors; `weir check {configPath}` explains them.")).DatabaseUrl?.Reveal();
        }

        url = string.IsNullOrEmpty(url) ? variable("DATABASE_URL") : url;
        string path = string.IsNullOrEmpty(url) ? Path.Combine(DataFolder.Choose(configPath, variable, out _), "weir.db") : "weir.db";
        return StorageSetup.Open(url, path, NullLogger.Instance, new StorageOptions { Password = password });
    }

    private static async Task<int> MigrateAsync(Storage.Storage storage, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(storage.Description);
        var ran = await Task.Run(storage.Migrations.Migrate, cancellationToken);
        foreach (string script in ran)
        {
            await output.WriteLineAsync($"  ran      {script}");
        }

        var waiting = (await Task.Run(storage.Migrations.Status, cancellationToken)).Where(script => script is { Known: true, Applied: false }).ToList();
        foreach (var script in waiting)
        {
            await output.WriteLineAsync($"  waiting  {script.Name}, until no replica of an older version is left");
        }

        if (waiting.Count > 0)
        {
            await ShowReplicasAsync(storage, output, cancellationToken);
        }
        else if (ran.Count == 0)
        {
            await output.WriteLineAsync("  Nothing to do.");
        }

        return 0;
    }

    private static async Task<int> StatusAsync(Storage.Storage storage, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(storage.Description);
        var scripts = await Task.Run(storage.Migrations.Status, cancellationToken);
        foreach (var script in scripts)
        {
            await output.WriteLineAsync($"  {(script.Applied ? script.Known ? "applied" : "later  " : "pending")}  {script.Name}");
        }

        await ShowReplicasAsync(storage, output, cancellationToken);
        return scripts.Any(script => script is { Known: true, Applied: false }) ? 3 : 0;
    }

    private static async Task ShowReplicasAsync(Storage.Storage storage, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var replica in await storage.Replicas.ListAsync(cancellationToken))
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  replica  {replica.Id}, weir {replica.Version}, schema {replica.Schema}, seen {replica.SilentFor.TotalSeconds:0} s ago"));
        }
    }
}
