using Weir.Gateway.Config;

namespace Weir.Gateway.Ledger.Journal;

/// <summary>Where the journal lies and what it promises.</summary>
public sealed record JournalOptions
{
    /// <summary>Folder of the journal; made when missing. One process at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>Name of the replica that writes it: requests that it began and did not finish are found under it.</summary>
    public string Replica { get; init; } = "";

    /// <summary>What a row survives before its request ends.</summary>
    public Durability Durability { get; init; } = Durability.Process;

    /// <summary>Bytes that may wait for the store. At 15/16 of it new requests are refused, so that those in flight still find room.</summary>
    public long MaxUnsettledBytes { get; init; } = 1L << 30;

    /// <summary>A segment is closed at about this size. Clamped to a quarter of <see cref="MaxUnsettledBytes"/>.</summary>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>
    /// How long the first waiting row may wait for company on its way into the store. A commit costs a flush whatever its size;
    /// nobody waits for it under <see cref="Durability.Process"/> and <see cref="Durability.Disk"/>, and the row is safe already.
    /// Not used under <see cref="Durability.Store"/>.
    /// </summary>
    public TimeSpan GatherFor { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a stop waits for a store that does not answer before it leaves the rows in the journal for the next start.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);
}
