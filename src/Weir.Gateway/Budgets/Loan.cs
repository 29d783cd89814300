namespace Weir.Gateway.Budgets;

/// <summary>
/// Money of one window that this replica has borrowed: one slice of the store. It admits until its deadline is near by two clocks, of which the
/// faster one counts: the monotonic one stands still while a machine is suspended, the other can be set. Guarded by the desk's lock.
/// </summary>
internal sealed class Loan(Slice slice, TimeSpan term, long askedAt, DateTimeOffset askedOn)
{
    // What the way to the store and back, and a clock that drifts, may cost.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private long _askedAt = askedAt;
    private DateTimeOffset _askedOn = askedOn;

    /// <summary>The token that charges carry.</summary>
    internal long Epoch { get; } = slice.Epoch;

    /// <summary>The window that the money is of.</summary>
    internal WindowSpan Span { get; } = slice.Span;

    /// <summary>Borrowed and not spent, nano-dollars.</summary>
    internal long Amount { get; set; } = slice.Added;

    /// <summary>Part of it that requests in flight may need.</summary>
    internal long Reserved { get; set; }

    /// <summary>Promised to nobody.</summary>
    internal long Unused => Amount - Reserved;

    /// <summary>It settles what was reserved from it and admits nothing more.</summary>
    internal bool Retired { get; set; }

    /// <summary>The deadline was put off, by a question that left at that time.</summary>
    internal void Renewed(long at, DateTimeOffset on)
    {
        _askedAt = at;
        _askedOn = on;
    }

    /// <summary>Whether something may be reserved from it now.</summary>
    internal bool Admits(TimeProvider time, DateTimeOffset now) => !Retired && now.ToUnixTimeSeconds() < Span.End && Holds(time, now);

    /// <summary>Whether what is reserved from it may still be spent: its deadline is not near. A window that ends meanwhile does not matter.</summary>
    internal bool Holds(TimeProvider time, DateTimeOffset now)
    {
        var monotonic = time.GetElapsedTime(_askedAt);
        var wall = now - _askedOn;
        return (monotonic > wall ? monotonic : wall) < term - Margin;
    }
}
