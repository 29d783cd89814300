using Weir.Gateway.Config;

namespace Weir.Gateway.Audit;

/// <summary>A trail on which arguments are masked, so that no caller can forget it.</summary>
/// <param name="inner">Where rows go.</param>
/// <param name="mode">What the configuration in force says of arguments.</param>
public sealed class MaskedAuditTrail(IAuditTrail inner, Func<AuditArgumentsMode> mode) : IAuditTrail
{
    /// <inheritdoc/>
    public ValueTask AppendAsync(AuditEvent what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(what);
        return inner.AppendAsync(what with { Arguments = AuditArguments.Of(what.Arguments, mode()) }, cancellationToken);
    }
}
