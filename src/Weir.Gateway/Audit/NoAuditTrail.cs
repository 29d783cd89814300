namespace Weir.Gateway.Audit;

/// <summary>Writes nothing down: for a gateway without a journal, as some tests and hosts have it.</summary>
public sealed class NoAuditTrail : IAuditTrail
{
    /// <inheritdoc/>
    public ValueTask AppendAsync(AuditEvent what, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
