using System.Collections.Concurrent;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>What a request needs while it is served and another can use afterwards. Given back once its last attempt has ended.</summary>
internal sealed class CallScratch
{
    private const int MostKept = 512;
    private static readonly ConcurrentQueue<CallScratch> Kept = new();
    private static int s_kept;

    /// <summary>Spans over the body.</summary>
    internal RequestView View { get; } = new();

    /// <summary>The body as it leaves.</summary>
    internal PatchedBody Patched { get; } = new();

    internal static CallScratch Rent()
    {
        if (Kept.TryDequeue(out var scratch))
        {
            Interlocked.Decrement(ref s_kept);
            return scratch;
        }
        return new CallScratch();
    }

    internal static void Return(CallScratch scratch)
    {
        // The edits refer to the request's bytes, which are about to be someone else's.
        scratch.Patched.Reset(default);
        scratch.View.Reset();
        if (Interlocked.Increment(ref s_kept) <= MostKept)
        {
            Kept.Enqueue(scratch);
        }
        else
        {
            Interlocked.Decrement(ref s_kept);
        }
    }
}
