using Weir.House.Fixture.Errors;

namespace Weir.House.Fixture.Ledger;

/// <summary>Points down only: no rule is broken here.</summary>
internal sealed class Row
{
    public Fault? Fault { get; init; }

    public static int Count() => 1;

    public static Task<int> CountAsync() => Task.FromResult(1);
}
