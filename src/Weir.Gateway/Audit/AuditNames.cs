namespace Weir.Gateway.Audit;

/// <summary>The words of kinds and states, as they stand in bodies, tables and options.</summary>
public static class AuditNames
{
    /// <summary>The word of a kind.</summary>
    public static string Of(AuditKind kind) => kind switch
    {
        AuditKind.ModelCall => "model_call",
        AuditKind.Tool => "tool",
        AuditKind.Guardrail => "guardrail",
        AuditKind.Admin => "admin",
        AuditKind.Config => "config",
        AuditKind.Stop => "stop",
        AuditKind.Access => "access",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a name"),
    };

    /// <summary>The kind of a word, or null.</summary>
    public static AuditKind? KindOf(string name)
    {
        foreach (var kind in Enum.GetValues<AuditKind>())
        {
            if (Of(kind) == name)
            {
                return kind;
            }
        }
        return null;
    }

    /// <summary>The word of a state; empty for none.</summary>
    public static string Of(AuditState state) => state switch
    {
        AuditState.None => "",
        AuditState.Offered => "offered",
        AuditState.Withheld => "withheld",
        AuditState.Proposed => "proposed",
        AuditState.Denied => "denied",
        AuditState.Executed => "executed",
        AuditState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "a state without a name"),
    };
}
