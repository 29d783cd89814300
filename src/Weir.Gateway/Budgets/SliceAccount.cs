namespace Weir.Gateway.Budgets;

/// <summary>What this replica has borrowed of one window. Guarded by the desk's lock, except <see cref="Gate"/>.</summary>
internal sealed class SliceAccount(BudgetWindow window, int number) : IDisposable
{
    /// <summary>Whose money.</summary>
    internal BudgetWindow Window { get; } = window;

    /// <summary>Gates are taken in this order.</summary>
    internal int Number { get; } = number;

    /// <summary>
    /// Held while the store is asked: a refusal then means that everything this replica has been given is in its accounts.
    /// </summary>
    internal SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Where new requests reserve; null before the first lease.</summary>
    internal Loan? Current { get; set; }

    /// <summary>Earlier ones from which requests in flight have reserved, or whose rest is to be handed back.</summary>
    internal List<Loan> Earlier { get; } = [];

    /// <summary>The limit under which <see cref="Current"/> was borrowed: a lower one since means that too much may be here.</summary>
    internal long Limit { get; set; }

    /// <summary>
    /// An upstream used more than its bound: the store must have every row before it is asked again, because what it believes to be leased
    /// is spent and more.
    /// </summary>
    internal bool RowsFirst { get; set; }

    /// <summary>What the store had settled when the window was first seen, and what was settled here since.</summary>
    internal long Spent { get; set; }

    /// <summary>When it was last used.</summary>
    internal long UsedAt { get; set; }

    /// <summary>Puts a loan out of use; what is unused of it is handed back later.</summary>
    internal void Retire()
    {
        if (Current is { } loan)
        {
            loan.Retired = true;
            Earlier.Add(loan);
            Current = null;
        }
    }

    public void Dispose() => Gate.Dispose();
}
