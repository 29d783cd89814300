using System.Text.Json;

namespace Weir.Server.Tests.InProcess;

/// <summary>What a request costs in allocated bytes. Unlike time it hardly wobbles, so that a test can gate on it.</summary>
[Collection(Alone.Name)]
public sealed class AllocationTests
{
    private const int Warm = 3_000;
    private const int Measured = 1_000;
    private const int Chunks = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unstreamed_request_stays_in_its_budget()
    {
        var perRequest = await MeasureAsync(Warm, Measured, static drive => drive.AskPlain());

        Judge("unstreamed_request_bytes", perRequest);
    }

    [Fact]
    public async Task A_forwarded_chunk_stays_in_its_budget()
    {
        var few = await MeasureAsync(300, 100, static drive => drive.AskStreamed(1));
        var many = await MeasureAsync(300, 100, static drive => drive.AskStreamed(1 + Chunks));

        Judge("streamed_chunk_bytes", (many - few) / Chunks);
    }

    /// <summary>Bytes that the process allocates for one call, without those of the driving thread. The rows' way into the store is included.</summary>
    private static async Task<double> MeasureAsync(int warm, int measured, Action<Lockstep> ask)
    {
        using var drive = new Lockstep();
        await using var engine = await Engine.StartAsync(Texts.Config("parrot", drive.ApiBase), Token);
        drive.Connect(engine.Gateway.Address, WeirRun.Key);
        Play(drive, ask, warm);
        await engine.Gateway.Journal.FlushAsync(Token);
        var least = double.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            // Timers of the server run beside a round now and then, and a read that finds its bytes there costs less: the least is what repeats.
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var own = Play(drive, ask, measured);
            await engine.Gateway.Journal.FlushAsync(Token);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before - own) / (double)measured);
        }

        return least;
    }

    private static long Play(Lockstep drive, Action<Lockstep> ask, int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            ask(drive);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Judge(string name, double bytes)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {bytes:0.0}");
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(BudgetFile()));
        var budget = budgets.RootElement.GetProperty(name).GetDouble();
        Assert.True(bytes <= budget, $"{name} is {bytes:0.0}, its budget in bench/budgets.json is {budget}. Find what allocates; raise the budget only with a reason.");
    }

    private static string BudgetFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
            {
                return Path.Combine(folder.FullName, "bench", "budgets.json");
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Weir.slnx.");
    }
}
