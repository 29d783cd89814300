namespace Weir.Gateway.Ledger;

/// <summary>
/// Brings a database to the schema that this build needs. A script named <c>0007_expand_x.sql</c> only adds: builds from before it keep working,
/// and a roll-back needs no restore. One named <c>0008_contract_y.sql</c> takes away what only older builds need; it waits until none of them lives.
/// </summary>
public interface IMigrationRunner
{
    /// <summary>Runs the scripts that have not run yet and may, in order, in one transaction under a lock that other processes respect.</summary>
    /// <remarks>Blocks: not to be called on a thread that serves sockets.</remarks>
    /// <returns>Names of the scripts that ran now.</returns>
    /// <exception cref="MigrationException">A script failed (nothing of any is kept), or a later build took away what this one needs.</exception>
    IReadOnlyList<string> Migrate();

    /// <summary>Every script that this build or the database knows, in order.</summary>
    IReadOnlyList<MigrationState> Status();
}

/// <summary>One script.</summary>
/// <param name="Name">File name, e.g. <c>0001_request_log.sql</c>.</param>
/// <param name="Applied">The database has it.</param>
/// <param name="Known">This build has it; false means that a newer build ran on this database.</param>
public sealed record MigrationState(string Name, bool Applied, bool Known);

/// <summary>The schema could not be brought up to date.</summary>
/// <param name="message">What failed and what to do.</param>
/// <param name="inner">The database's error, or null.</param>
public sealed class MigrationException(string message, Exception? inner) : Exception(message, inner);
