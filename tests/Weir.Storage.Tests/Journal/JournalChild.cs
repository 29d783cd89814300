using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Audit;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Journal;

/// <summary>
/// The process that <see cref="KillTests"/> kills: this same executable, started with a variable set. It appends rows on several
/// threads and prints each id only after its append was acknowledged.
/// </summary>
internal static class JournalChild
{
    public const string FolderVariable = "WEIR_TEST_JOURNAL_CHILD";
    public const string Replica = "child";
    public const string DurabilityVariable = "WEIR_TEST_JOURNAL_DURABILITY";

    public static async Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
        {
            return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        }

        await RunAsync(folder, Enum.Parse<Durability>(Environment.GetEnvironmentVariable(DurabilityVariable) ?? ""));
        return 0;
    }

    private static async Task RunAsync(string folder, Durability durability)
    {
        using var storage = StorageSetup.Open(null, Path.Combine(folder, "weir.db"), NullLogger.Instance);
        storage.Migrations.Migrate();
        await using var journal = await RequestJournal.OpenAsync(
            new JournalOptions
            {
                Folder = Path.Combine(folder, "journal"),
                Durability = durability,
                Replica = Replica,
                SegmentBytes = 256 << 10,
                GatherFor = TimeSpan.FromMilliseconds(20),
            },
            storage.Ledger, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await using var output = Console.OpenStandardOutput();
        string run = Guid.NewGuid().ToString("N");
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; ; i++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"{run}-{thread}-{i}");
                await journal.AppendAsync(SampleRecords.Usual(id), CancellationToken.None);
                if (i % 5 == 0)
                {
                    await journal.AppendAsync(new AuditEvent { At = DateTimeOffset.UnixEpoch, Kind = AuditKind.Tool, Action = "call", CallId = id }, CancellationToken.None);
                }

                byte[] line = [.. System.Text.Encoding.ASCII.GetBytes(id), (byte)'\n'];
                lock (gate)
                {
                    output.Write(line);
                }
            }
        })));
    }
}
