namespace Weir.Gateway.Audit;

/// <summary>How far an action came.</summary>
public enum AuditState : byte
{
    /// <summary>The kind of row has no state.</summary>
    None,

    /// <summary>A tool was offered to the model.</summary>
    Offered,

    /// <summary>A tool was kept from the model.</summary>
    Withheld,

    /// <summary>The model asked for it; whether it is carried out is the client's affair.</summary>
    Proposed,

    /// <summary>It was refused.</summary>
    Denied,

    /// <summary>It was carried out.</summary>
    Executed,

    /// <summary>It was tried and failed.</summary>
    Failed,
}
