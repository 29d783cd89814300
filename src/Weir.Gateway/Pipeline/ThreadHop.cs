namespace Weir.Gateway.Pipeline;

/// <summary>
/// Requests run on the threads that read sockets (docs/adr/0005-socket-threads.md), so that a request costs no hand-over. Whatever takes
/// longer than a fraction of a millisecond leaves them first.
/// </summary>
internal static class ThreadHop
{
    /// <summary>Bodies above this size are parsed elsewhere.</summary>
    internal const int LargeBody = 256 << 10;

    /// <summary>Continues on a thread of the pool.</summary>
    internal static System.Runtime.CompilerServices.ConfiguredTaskAwaitable ToPool() =>
        Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
