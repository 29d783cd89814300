using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Config;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;
using Weir.Storage;

// Usage: dotnet run -c Release --project bench/journal -- [rounds] [folder]
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
string root = Path.Combine(args.Length > 1 ? args[1] : Path.GetTempPath(), $"weir-journal-bench-{Environment.ProcessId}");
Console.WriteLine("what                                            per row: wall us   CPU us   bytes alloc    p50 us    p99 us");
for (int round = 0; round < rounds; round++)
{
    await Bench("append only (process; store takes and forgets)", Durability.Process, 100_000, 1, toSqlite: false);
    await Bench("append -> SQLite, flat out (process)", Durability.Process, 100_000, 1, toSqlite: true);
    await Bench("append -> SQLite, flat out, audited (process)", Durability.Process, 100_000, 1, toSqlite: true, replica: "bench");
    await Bench("append -> SQLite, 64 callers wait for fsync (disk)", Durability.Disk, 50_000, 64, toSqlite: true);
    await Bench("append -> SQLite, 64 callers wait for the commit", Durability.Store, 50_000, 64, toSqlite: true);
    await Paced("1,000 rows/s, no ledger (the pace maker alone)", null, 5);
    await Paced("1,000 rows/s -> SQLite (process)", Durability.Process, 5);
    await Paced("1,000 rows/s -> SQLite, audited (process)", Durability.Process, 5, replica: "bench");
    await Paced("1,000 rows/s -> SQLite, wait for fsync (disk)", Durability.Disk, 5);
    await Paced("1,000 rows/s -> SQLite, wait for the commit (store)", Durability.Store, 5);
}

async Task Bench(string name, Durability durability, int rows, int callers, bool toSqlite, string replica = "")
{
    await Using(durability, toSqlite, replica, async journal =>
    {
        await AppendAsync(journal, Ids(20_000), callers, null);
        await journal.FlushAsync(CancellationToken.None);
        long[] ticks = new long[rows];
        string[] ids = Ids(rows);
        long allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await AppendAsync(journal, ids, callers, ticks);
        var appended = Stopwatch.GetElapsedTime(start);
        await journal.FlushAsync(CancellationToken.None);
        Print(name, rows, appended, Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated, ticks);
    });
}

async Task Paced(string name, Durability? durability, int seconds, string replica = "")
{
    await Using(durability ?? Durability.Process, true, replica, async journal =>
    {
        int rows = seconds * 1_000;
        long[] ticks = new long[rows];
        long allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var waiting = new List<Task>(rows);
        long start = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < rows;)
        {
            await timer.WaitForNextTickAsync();
            for (int due = Math.Min(rows, (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds); sent < due; sent++)
            {
                if (durability is not null)
                {
                    waiting.Add(OneAsync(journal, sent, ticks));
                }
            }
        }

        await Task.WhenAll(waiting);
        var wall = Stopwatch.GetElapsedTime(start);
        await journal.FlushAsync(CancellationToken.None);
        Print(name, rows, wall, Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated, ticks);
    });
}

// A journal without a replica's name is not audited: see docs/adr/0008-audit.md.
async Task Using(Durability durability, bool toSqlite, string replica, Func<RequestJournal, Task> run)
{
    Directory.CreateDirectory(root);
    try
    {
        using var storage = StorageSetup.Open(null, Path.Combine(root, "weir.db"), NullLogger.Instance);
        storage.Migrations.Migrate();
        await using var journal = await RequestJournal.OpenAsync(
            new JournalOptions { Folder = Path.Combine(root, "journal"), Durability = durability, Replica = replica },
            toSqlite ? storage.Ledger : new Forgetful(), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await run(journal);
    }
    finally
    {
        Directory.Delete(root, recursive: true);
    }
}

string[] Ids(int rows) => [.. Enumerable.Range(0, rows).Select(_ => Guid.CreateVersion7().ToString())];

async Task AppendAsync(RequestJournal journal, string[] ids, int callers, long[]? ticks)
{
    int next = 0;
    int rows = ids.Length;
    await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
    {
        // One record for each caller, filled anew for each row, as a pooling pipeline does.
        var record = Row();
        for (int i = Interlocked.Increment(ref next) - 1; i < rows; i = Interlocked.Increment(ref next) - 1)
        {
            long start = Stopwatch.GetTimestamp();
            record.CallId = ids[i];
            await journal.AppendAsync(record, CancellationToken.None);
            if (ticks is not null)
            {
                ticks[i] = Stopwatch.GetTimestamp() - start;
            }
        }
    })));
}

async Task OneAsync(RequestJournal journal, int index, long[] ticks)
{
    var record = Row();
    long start = Stopwatch.GetTimestamp();
    await journal.AppendAsync(record, CancellationToken.None);
    ticks[index] = Stopwatch.GetTimestamp() - start;
}

void Print(string name, int rows, TimeSpan wall, TimeSpan cpu, long allocated, long[] ticks)
{
    Array.Sort(ticks);
    double Micros(double at) => ticks[(int)((ticks.Length - 1) * at)] * 1e6 / Stopwatch.Frequency;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-52} {wall.TotalMicroseconds / rows,10:0.00} {cpu.TotalMicroseconds / rows,8:0.00} {(double)allocated / rows,12:0.0} {Micros(0.5),9:0.0} {Micros(0.99),9:0.0}"));
}

RequestRecord Row()
{
    var record = new RequestRecord
    {
        CallId = Guid.CreateVersion7().ToString(),
        StartedAt = TimeProvider.System.GetUtcNow(),
        Streamed = true,
        KeyHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        RequestedModel = "gpt-4o",
        ModelGroup = "gpt-4o",
        DeploymentId = "azure-weu-gpt-4o-1",
        Provider = "azure",
        UpstreamModel = "gpt-4o-prod",
        EndUser = "user-4711",
        Status = 200,
        Usage = new TokenUsage { Prompt = 812, Completion = 164, Total = 976, CachedPrompt = 512 },
        Cost = new Money(3_670_000),
        CostKnown = true,
        Duration = TimeSpan.FromMilliseconds(1834),
        TimeToFirstToken = TimeSpan.FromMilliseconds(412),
        Overhead = TimeSpan.FromMicroseconds(190),
        AttemptCount = 1,
    };
    record.Attempts.Add(new AttemptRecord("azure-weu-gpt-4o-1", "gpt-4o", null, 200, TimeSpan.FromMilliseconds(402), 2, 1));
    return record;
}

/// <summary>Takes every row and forgets it: what is left is the cost of the journal.</summary>
internal sealed class Forgetful : ILedgerStore
{
    public ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) => new((LedgerEntry?)null);

    public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken) => new(new LedgerPage([], null));

    public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        new((IReadOnlyList<GroupTotal>)[]);
}
