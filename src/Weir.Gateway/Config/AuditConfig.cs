namespace Weir.Gateway.Config;

/// <summary><c>general_settings.audit</c>.</summary>
public sealed record AuditConfig
{
    /// <summary>Environment form of <see cref="SigningKeyFile"/>.</summary>
    public const string KeyFileVariable = "WEIR_AUDIT_KEY_FILE";

    /// <summary>PEM file with the private key that signs checkpoints; null for none.</summary>
    public string? SigningKeyFile { get; init; }

    /// <summary>What is kept of the arguments of commands.</summary>
    public AuditArgumentsMode Arguments { get; init; }
}

/// <summary>What is kept of the arguments of commands.</summary>
public enum AuditArgumentsMode
{
    /// <summary>Secret-like names and known prefixes masked, the rest cut.</summary>
    Masked,

    /// <summary>Their SHA-256.</summary>
    Hash,

    /// <summary>Nothing.</summary>
    Off,
}
