using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Audit.Verify;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;

namespace Weir.Storage.Tests.Journal;

/// <summary>The promise of the journal, with a real SIGKILL. <c>WEIR_SOAK</c> sets how many kills.</summary>
public sealed class KillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-kill-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) && kills > 0 ? kills : 3;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Durability.Process)]
    [InlineData(Durability.Disk)]
    [InlineData(Durability.Store)]
    public async Task Kill_9_loses_no_acknowledged_row_and_doubles_none(Durability durability)
    {
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync(durability, random.Next(50, 4_000), acknowledged);
        }

        using var storage = StorageSetup.Open(null, Path.Combine(_folder, "weir.db"), NullLogger.Instance);
        storage.Migrations.Migrate();
        await using (var journal = await RequestJournal.OpenAsync(
            new JournalOptions { Folder = Path.Combine(_folder, "journal"), Replica = JournalChild.Replica }, storage.Ledger, TimeProvider.System, NullLogger.Instance, Stop))
        {
            Assert.Equal(0, journal.Status.Quarantined);
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "journal"), "*.journal"));
        var stored = Stored();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));

        // Each of the four threads may have had one row written whose id was not printed yet.
        Assert.InRange(stored.Count, acknowledged.Count, acknowledged.Count + (4 * Kills));
        Assert.True(acknowledged.Count >= 50 * Kills);
        await AssertAuditedAsync(storage, stored, acknowledged);
    }

    /// <summary>The chain holds each row of the ledger and each event once, whatever was replayed, and nothing in it is broken.</summary>
    private static async Task AssertAuditedAsync(Storage storage, List<string> stored, HashSet<string> acknowledged)
    {
        var report = await new AuditVerifier(storage.Audit, null, []).RunAsync(Stop);
        Assert.Empty(report.Findings);
        Assert.Equal(0, await storage.Audit.UnauditedCallsAsync(Stop));
        var (calls, events) = (new List<string>(), new List<string>());
        for (long after = 0; await storage.Audit.ReadAsync(JournalChild.Replica, after, 1000, Stop) is { Count: > 0 } rows; after = rows[^1].Seq)
        {
            calls.AddRange(rows.Where(row => row.Kind == "model_call").Select(row => row.CallId));
            events.AddRange(rows.Where(row => row.Kind == "tool").Select(row => row.CallId));
        }

        Assert.Equal(stored.Order(StringComparer.Ordinal), calls.Order(StringComparer.Ordinal));
        Assert.Equal(events.Count, events.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(acknowledged.Where(id => int.Parse(id[(id.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture) % 5 == 0).Except(events));
    }

    /// <summary>Kills the child while it prints, after about so many rows; what it printed whole was acknowledged.</summary>
    private async Task RunAndKillAsync(Durability durability, int rows, HashSet<string> acknowledged)
    {
        string assembly = typeof(KillTests).Assembly.Location;
        string program = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(assembly);
        }

        start.Environment[JournalChild.FolderVariable] = _folder;
        start.Environment[JournalChild.DurabilityVariable] = durability.ToString();
        using var child = Process.Start(start) ?? throw new InvalidOperationException("the child did not start");
        for (int i = 0; i < rows; i++)
        {
            string line = await child.StandardOutput.ReadLineAsync(Stop) ?? throw new InvalidOperationException("the child ended by itself");
            acknowledged.Add(line);
        }

        child.Kill();
        string rest = await child.StandardOutput.ReadToEndAsync(Stop);
        await child.WaitForExitAsync(Stop);
        string[] lines = rest.Split('\n');
        acknowledged.UnionWith(lines[..^1]);
    }

    private List<string> Stored()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "weir.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT call_id FROM request_log";
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }
}
