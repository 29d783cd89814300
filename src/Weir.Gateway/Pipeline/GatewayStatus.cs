namespace Weir.Gateway.Pipeline;

/// <summary>What the process says of itself on health routes and in metrics.</summary>
internal sealed class GatewayStatus(string version)
{
    /// <summary>Weir's version.</summary>
    internal string Version { get; } = version;

    /// <summary>A stop was asked for: no new work should be sent here.</summary>
    internal bool Draining { get; set; }

    /// <summary>When the last reload failed; null when the last one worked.</summary>
    internal DateTimeOffset? ReloadFailedAt { get; set; }
}
