namespace Weir.Storage;

/// <summary>What some databases need beyond their URL.</summary>
public sealed record StorageOptions
{
    /// <summary>Gives the Entra tokens with which Azure's PostgreSQL is entered; null where there are none.</summary>
    public IDatabasePassword? Password { get; init; }

    /// <summary>The clock of waits, and of a database that has none of its own.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What tests add to the clock of a server.</summary>
    internal Func<TimeSpan> ClockShift { get; init; } = static () => TimeSpan.Zero;

    /// <summary>Scripts in place of those of this build: what an earlier or later build would bring.</summary>
    internal MigrationScripts? Scripts { get; init; }
}
