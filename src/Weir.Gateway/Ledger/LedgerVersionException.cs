namespace Weir.Gateway.Ledger;

/// <summary>A later build of Weir wrote what this build is asked to read. It is refused whole: guessing at rows loses money.</summary>
public sealed class LedgerVersionException : Exception
{
    internal LedgerVersionException(string what, long found, long known)
        : base($"the journal holds a {what} of version {found}, but this build of Weir reads versions up to {known}. "
            + "Start the later build once and stop it cleanly, so that it moves its rows to the store, or give this build another journal folder.")
    {
    }
}
