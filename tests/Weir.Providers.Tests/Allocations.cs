namespace Weir.Providers.Tests;

/// <summary>Measures what code allocates once it is warm.</summary>
internal static class Allocations
{
    /// <summary>
    /// The fewest bytes that a round of <paramref name="work"/> allocates on this thread. The runtime itself allocates now and then while it
    /// recompiles code; code that allocates does so in every round.
    /// </summary>
    internal static long Least(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 200 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
