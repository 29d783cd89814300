namespace Weir.Gateway.Audit.Verify;

/// <summary>What verification can find.</summary>
public enum AuditFault
{
    /// <summary>A row no longer matches its hash, or a column its body.</summary>
    RowChanged,

    /// <summary>Rows are not there, and others behind them are.</summary>
    RowsMissing,

    /// <summary>A row stands in another's place.</summary>
    RowsReordered,

    /// <summary>Rows match each other and not what a checkpoint says: the chain was computed anew.</summary>
    ChainRehashed,

    /// <summary>The last rows are gone.</summary>
    TailCut,

    /// <summary>A replica's rows are gone, all of them.</summary>
    ChainRemoved,

    /// <summary>The database is an older copy, or went on from one.</summary>
    OlderCopy,

    /// <summary>Checkpoints are gone.</summary>
    CheckpointsDeleted,

    /// <summary>A checkpoint is not what was signed.</summary>
    CheckpointForged,

    /// <summary>A gap that is said to be wanted is not signed as such.</summary>
    StretchForged,

    /// <summary>The head of a chain does not match its rows.</summary>
    HeadChanged,

    /// <summary>A row of the ledger says something else than was audited.</summary>
    LedgerChanged,

    /// <summary>A row of the ledger is gone.</summary>
    LedgerDeleted,
}

/// <summary>One thing that is not as it was written.</summary>
/// <param name="Fault">What kind.</param>
/// <param name="Chain">The chain, or the signer of a checkpoint; empty for the whole database.</param>
/// <param name="From">First row; 0 when it is not about rows.</param>
/// <param name="To">Last row.</param>
/// <param name="CallId">The request, or empty.</param>
/// <param name="Text">A sentence.</param>
public sealed record AuditFinding(AuditFault Fault, string Chain, long From, long To, string CallId, string Text);
