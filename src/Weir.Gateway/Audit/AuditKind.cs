namespace Weir.Gateway.Audit;

/// <summary>What an audit row is about. The numbers lie in the journal.</summary>
public enum AuditKind : byte
{
    /// <summary>A request to a model that ended. Derived from its row of the ledger; nobody appends it.</summary>
    ModelCall = 1,

    /// <summary>A tool that a model asked for, or that a client called.</summary>
    Tool = 2,

    /// <summary>A guardrail that blocked, rewrote or flagged something.</summary>
    Guardrail = 3,

    /// <summary>A change by the admin API or the command line.</summary>
    Admin = 4,

    /// <summary>A configuration that was put in force, or refused.</summary>
    Config = 5,

    /// <summary>Something was stopped, or a stop was lifted.</summary>
    Stop = 6,

    /// <summary>An access that was refused.</summary>
    Access = 7,
}
