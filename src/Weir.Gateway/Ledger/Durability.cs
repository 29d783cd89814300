namespace Weir.Gateway.Ledger;

/// <summary>What a finished row survives before its effect becomes visible to the caller.</summary>
public enum Durability
{
    /// <summary>The death of the process: one write to the operating system.</summary>
    Process,

    /// <summary>The loss of power: the group that holds the row is on the disk.</summary>
    Disk,

    /// <summary>The loss of this machine: the row is committed in the store.</summary>
    Store,
}
