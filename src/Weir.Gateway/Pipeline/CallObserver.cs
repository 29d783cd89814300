namespace Weir.Gateway.Pipeline;

/// <summary>Tells metrics and traces of each request. The only place where the pipeline meets telemetry.</summary>
internal sealed class CallObserver
{
    private int _inFlight;

    /// <summary>Requests in the pipeline right now.</summary>
    internal int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request has come in.</summary>
    internal void Began(GatewayCall call) => Interlocked.Increment(ref _inFlight);

    /// <summary>It is over; its record is final.</summary>
    internal void Ended(GatewayCall call) => Interlocked.Decrement(ref _inFlight);
}
