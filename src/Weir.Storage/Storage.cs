using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;

namespace Weir.Storage;

/// <summary>An opened database. Dispose it after the journal that feeds it.</summary>
public sealed class Storage : IDisposable
{
    private readonly IDisposable _owned;

    internal Storage(ILedgerStore ledger, IBudgetStore budgets, IKeptIndex kept, IMigrationRunner migrations, string description, string notice, IDisposable owned)
    {
        Ledger = ledger;
        Budgets = budgets;
        Kept = kept;
        Migrations = migrations;
        Description = description;
        Notice = notice;
        _owned = owned;
    }

    /// <summary>Where request rows go.</summary>
    public ILedgerStore Ledger { get; }

    /// <summary>Where money is counted and lent out.</summary>
    public IBudgetStore Budgets { get; }

    /// <summary>Whose the files and batches are that upstreams keep.</summary>
    public IKeptIndex Kept { get; }

    /// <summary>Its schema.</summary>
    public IMigrationRunner Migrations { get; }

    /// <summary>For people, e.g. <c>SQLite in /var/lib/weir/weir.db</c>; never holds a credential.</summary>
    public string Description { get; }

    /// <summary>What differs from what was asked for, to be logged as a warning; empty for nothing.</summary>
    public string Notice { get; }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();
}
