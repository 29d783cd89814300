namespace Weir.Gateway.Budgets;

/// <summary>What a replica wants to borrow.</summary>
/// <param name="Replica">Who asks.</param>
/// <param name="Term">How long the slices hold, from now by the store's clock.</param>
/// <param name="Calendar">When windows begin.</param>
/// <param name="Items">From where and how much; no window twice.</param>
public sealed record LeaseOrder(string Replica, TimeSpan Term, BudgetCalendar Calendar, IReadOnlyList<LeaseItem> Items);

/// <summary>A part of an order.</summary>
/// <param name="Window">From where.</param>
/// <param name="Limit">What the window may hold, nano-dollars.</param>
/// <param name="Need">Less is refused.</param>
/// <param name="Want">More is not given. Between the two the store gives at most a quarter of what is free, shared among the live replicas.</param>
/// <param name="Epoch">The replica's slice to enlarge, if it is alive and of this window; 0 for a new one.</param>
public readonly record struct LeaseItem(BudgetWindow Window, long Limit, long Need, long Want, long Epoch);

/// <summary>What an order came to.</summary>
/// <param name="Slices">One for each item; empty when refused.</param>
/// <param name="Refused">The window that has too little; null when granted.</param>
/// <param name="RefusedItem">Its item's index.</param>
public sealed record LeaseAnswer(IReadOnlyList<Slice> Slices, WindowState? Refused = null, int RefusedItem = -1);

/// <summary>Borrowed money.</summary>
/// <param name="Epoch">Which slice: charges carry it. One that expired can settle, never admit.</param>
/// <param name="Span">The window that it is of.</param>
/// <param name="Added">What was added to the slice now, nano-dollars.</param>
/// <param name="Settled">What the window has settled.</param>
public readonly record struct Slice(long Epoch, WindowSpan Span, long Added, long Settled);

/// <summary>How a slice is.</summary>
/// <param name="Epoch">Which.</param>
/// <param name="Alive">False when its deadline has passed: its money is lost until it is settled or handed back.</param>
/// <param name="Wanted">Another replica was refused for want of money: hand back what is promised to nobody.</param>
/// <param name="Settled">What the window has settled.</param>
public readonly record struct SliceState(long Epoch, bool Alive, bool Wanted, long Settled);

/// <summary>Money to hand back.</summary>
/// <param name="Epoch">From which slice.</param>
/// <param name="Nanos">How much; more than the slice has is cut.</param>
public readonly record struct SliceReturn(long Epoch, long Nanos);

/// <summary>What closing a replica's earlier life came to.</summary>
/// <param name="Interrupted">Requests that had begun and have no answer.</param>
/// <param name="Charged">What they were charged, each once, nano-dollars.</param>
/// <param name="Freed">What was freed of its slices, nano-dollars, summed over all windows.</param>
public readonly record struct ReplicaClosure(int Interrupted, long Charged, long Freed);
