using System.CommandLine;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Audit;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Ledger;
using Weir.Storage;

namespace Weir.Server.Cli.Audit;

/// <summary>The options that say where the audit is, and how it is opened: to read, beside a gateway that may be running.</summary>
internal sealed class AuditPlace
{
    private readonly Option<string?> _config = new("--config", "-c") { Description = "Configuration file that names the database and the key (env CONFIG_FILE_PATH)", HelpName = "FILE" };
    private readonly Option<string?> _url = new("--database-url") { Description = "postgresql://user:password@host/database or sqlite:///path (env DATABASE_URL); seen by whoever lists processes", HelpName = "URL" };

    internal AuditPlace(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_url);
    }

    /// <summary>Opens the audit and works on it. What goes wrong is one sentence on standard error and exit code 2.</summary>
    internal async Task<int> RunAsync(ParseResult parsed, Func<IAuditStore, AuditConfig, Task<int>> work, CancellationToken cancellationToken)
    {
        Func<string, string?> variable = Environment.GetEnvironmentVariable;
        try
        {
            var path = parsed.GetValue(_config) is { Length: > 0 } given ? given : variable("CONFIG_FILE_PATH");
            var config = Load(path);
            var url = parsed.GetValue(_url) is { Length: > 0 } named ? named : config?.DatabaseUrl?.Reveal() ?? variable("DATABASE_URL");
            if (path is null && string.IsNullOrEmpty(url))
            {
                throw new StartException("name the database: --config FILE, or --database-url URL.");
            }
            var file = string.IsNullOrEmpty(url) ? Path.Combine(DataFolder.Choose(path, variable, out _), "weir.db") : "weir.db";
            using var password = new EntraDatabasePassword(variable, NullLogger.Instance);
            using var storage = StorageSetup.Open(url, file, NullLogger.Instance, new StorageOptions { Password = password });
            await storage.ReachAsync(cancellationToken);
            if (!storage.Migrations.Status().Any(static script => script.Applied && script.Name.EndsWith("_audit.sql", StringComparison.Ordinal)))
            {
                throw new StartException($"{storage.Description} has no audit: no build of Weir that keeps one has run on it.");
            }
            return await work(storage.Audit, config?.Audit ?? new AuditConfig { SigningKeyFile = variable(AuditConfig.KeyFileVariable) });
        }
        catch (Exception error) when (error is StartException or AuditKeyException or AuditPruneException or MigrationException or StorageUrlException or StorageUnavailableException
            or DbException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"weir audit: {error.Message}");
            return 2;
        }
    }

    private static GatewayConfig? Load(string? path) => path is null
        ? null
        : ConfigLoader.Load(path, new ConfigLoadOptions { Check = new CheckOptions(AllowUnenforced: true) }).Config
            ?? throw new StartException($"{path} has errors; `weir check {path}` explains them.");
}
