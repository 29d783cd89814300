namespace Weir.Gateway.Ledger;

/// <summary>Brings a database to the schema that this build needs. Scripts only add; none drops or renames.</summary>
public interface IMigrationRunner
{
    /// <summary>Runs the scripts that have not run yet, in order, under a lock that other processes respect.</summary>
    /// <returns>Names of the scripts that ran now.</returns>
    /// <exception cref="MigrationException">A script failed (nothing of it is kept), or the database is newer than this build.</exception>
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
