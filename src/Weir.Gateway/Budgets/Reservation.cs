using Weir.Gateway.Access;

namespace Weir.Gateway.Budgets;

/// <summary>Money that one request may need, held in every window that limits it until it is settled. Not safe for concurrent use.</summary>
internal sealed class Reservation
{
    private readonly List<Part> _parts = new(4);

    /// <summary>A piece of a loan.</summary>
    internal record struct Part(SliceAccount Account, Loan Loan, long Nanos);

    /// <summary>What is held, by account.</summary>
    internal List<Part> Parts => _parts;

    /// <summary>Nano-dollars that the request may cost.</summary>
    internal long Bound { get; set; }

    /// <summary>Whether nothing is held.</summary>
    internal bool IsEmpty => _parts.Count == 0;

    /// <summary>What is held in one window.</summary>
    internal long Held(SliceAccount account)
    {
        var held = 0L;
        foreach (var part in _parts)
        {
            held += part.Account == account ? part.Nanos : 0;
        }
        return held;
    }

    /// <summary>The charges that say what is held.</summary>
    internal void Tell(List<SpendCharge> charges)
    {
        foreach (var part in _parts)
        {
            charges.Add(ChargeOf(part, part.Nanos));
        }
    }

    internal static SpendCharge ChargeOf(in Part part, long nanos) =>
        new(part.Account.Window.Scope, part.Account.Window.Window, part.Loan.Span.Start, part.Loan.Epoch, nanos);
}

/// <summary>Why money was not reserved.</summary>
/// <param name="Limit">The limit that has too little left; null when the store can't be asked.</param>
/// <param name="Spent">What is spent of it, nano-dollars.</param>
/// <param name="Max">What may be spent, nano-dollars.</param>
/// <param name="Left">What a single request could still have at most, nano-dollars.</param>
/// <param name="Trouble">What the store said; null when it answered.</param>
internal sealed record BudgetRefusal(SpendLimit? Limit, long Spent, long Max, long Left, Exception? Trouble = null);
