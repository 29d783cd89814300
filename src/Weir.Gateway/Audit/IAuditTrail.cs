namespace Weir.Gateway.Audit;

/// <summary>Where what must be provable is written down.</summary>
public interface IAuditTrail
{
    /// <summary>
    /// Makes the event survive what the configured durability promises, then returns. Call it before the effect is visible: what can't be
    /// written down must not happen.
    /// </summary>
    /// <exception cref="Ledger.LedgerFullException">The journal has reached its cap: refuse what was asked.</exception>
    ValueTask AppendAsync(AuditEvent what, CancellationToken cancellationToken);
}
