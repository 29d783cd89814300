using Weir.Providers.Pricing;

namespace Weir.Gateway.Access;

/// <summary>What a scope has spent, for whoever shows it. Counted where money is counted.</summary>
internal interface ISpendView
{
    /// <summary>What each scope has spent in the window of that length that is now; an empty length is all time.</summary>
    ValueTask<IReadOnlyList<Money>> SpentAsync(IReadOnlyList<(Scope Scope, string Window)> windows, CancellationToken cancellationToken);

    /// <summary>Sets what a scope has spent in the window that is now.</summary>
    ValueTask SetAsync(Scope scope, string window, Money spent, CancellationToken cancellationToken);

    /// <summary>When the window that is now ends; null for never.</summary>
    DateTimeOffset? EndOf(string window);
}

/// <summary>A gateway that counts no money.</summary>
internal sealed class NoSpend : ISpendView
{
    public ValueTask<IReadOnlyList<Money>> SpentAsync(IReadOnlyList<(Scope Scope, string Window)> windows, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Money>>(new Money[windows.Count]);

    public ValueTask SetAsync(Scope scope, string window, Money spent, CancellationToken cancellationToken) =>
        throw new NotSupportedException("this gateway counts no money");

    public DateTimeOffset? EndOf(string window) => null;
}
