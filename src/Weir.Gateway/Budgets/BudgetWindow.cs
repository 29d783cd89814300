using Weir.Gateway.Access;

namespace Weir.Gateway.Budgets;

/// <summary>Windows of one length of one scope, whichever it is now.</summary>
/// <param name="Scope">Whose.</param>
/// <param name="Window">The length as it is written; empty for all time.</param>
public readonly record struct BudgetWindow(Scope Scope, string Window);

/// <summary>What a window holds.</summary>
/// <param name="Window">Which.</param>
/// <param name="Span">When it is.</param>
/// <param name="Settled">Nano-dollars spent.</param>
/// <param name="Leased">Lent to replicas and not spent yet.</param>
/// <param name="Lost">Lent, expired, and perhaps spent.</param>
/// <param name="LeasedByOthers">Part of <paramref name="Leased"/> that other replicas than the asking one have; 0 where nobody asks.</param>
public readonly record struct WindowState(BudgetWindow Window, WindowSpan Span, long Settled, long Leased, long Lost, long LeasedByOthers);
