using System.Runtime.InteropServices;

namespace Weir.Server.Cli;

/// <summary>How a stop was asked for.</summary>
internal enum StopKind
{
    /// <summary>Ctrl+C, or the caller's token: at once.</summary>
    Now,

    /// <summary>SIGTERM: load balancers need a moment first.</summary>
    Gently,
}

/// <summary>Waits for the signals that end a process.</summary>
internal static class StopSignals
{
    /// <summary>Completes at SIGINT, SIGTERM or the token; <paramref name="hangUp"/> runs at each SIGHUP until then.</summary>
    internal static async Task<StopKind> WaitAsync(Action? hangUp, CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource<StopKind>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cancelled = cancellationToken.Register(() => stop.TrySetResult(StopKind.Now));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, StopKind.Now));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, StopKind.Gently));
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = hangUp is not null;
            hangUp?.Invoke();
        });
        return await stop.Task;

        void Stop(PosixSignalContext signal, StopKind kind)
        {
            signal.Cancel = true;
            stop.TrySetResult(kind);
        }
    }
}
