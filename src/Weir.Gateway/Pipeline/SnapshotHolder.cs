namespace Weir.Gateway.Pipeline;

/// <summary>Where the snapshot in force is found; a reload swaps it in one write.</summary>
internal sealed class SnapshotHolder(GatewaySnapshot first)
{
    private GatewaySnapshot _current = first;

    /// <summary>The snapshot that new requests begin with.</summary>
    internal GatewaySnapshot Current => Volatile.Read(ref _current);

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    internal void Swap(GatewaySnapshot next) => Volatile.Write(ref _current, next);
}
