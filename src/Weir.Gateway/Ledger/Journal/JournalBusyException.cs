namespace Weir.Gateway.Ledger.Journal;

/// <summary>Another process has the journal's folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="inner">The system's error.</param>
public sealed class JournalBusyException(string folder, Exception inner) : Exception(
    $"another process uses the journal in {folder}. Each Weir needs a journal folder of its own: stop the other one, or give this one another folder.", inner);
