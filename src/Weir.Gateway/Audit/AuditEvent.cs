namespace Weir.Gateway.Audit;

/// <summary>Something that happened and must be provable later. Texts are cut at 1,024 bytes; an empty one is left out of the body.</summary>
public sealed record AuditEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it is about; not <see cref="AuditKind.ModelCall"/>, which is derived from the ledger.</summary>
    public required AuditKind Kind { get; init; }

    /// <summary>What was done, e.g. <c>key.generate</c>, <c>reload</c>, a tool's verb.</summary>
    public required string Action { get; init; }

    /// <summary>How far it came.</summary>
    public AuditState State { get; init; }

    /// <summary>The request in which it happened (<c>x-litellm-call-id</c>).</summary>
    public string CallId { get; init; } = "";

    /// <summary>sha256 hex of the caller's key.</summary>
    public string KeyHash { get; init; } = "";

    /// <summary>The key's alias.</summary>
    public string KeyAlias { get; init; } = "";

    /// <summary>The caller's team.</summary>
    public string Team { get; init; } = "";

    /// <summary>The caller's user.</summary>
    public string User { get; init; } = "";

    /// <summary>What it was done to: a key's hash, a team's id, a tool's name, a file.</summary>
    public string Target { get; init; } = "";

    /// <summary>The rule that decided, with its place: <c>deny-prod (config.yaml:12)</c>.</summary>
    public string Rule { get; init; } = "";

    /// <summary>With what; masked by the trail as <c>audit.arguments</c> says.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>HTTP status of the answer; 0 for none.</summary>
    public int Status { get; init; }
}
