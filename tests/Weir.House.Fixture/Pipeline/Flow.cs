using Weir.House.Fixture.Ledger;
using Weir.House.Fixture.Routing;

namespace Weir.House.Fixture.Pipeline;

/// <summary>Walks through the rooms below, which is what its floor is for: no rule is broken here.</summary>
internal sealed class Flow
{
    public Row Row { get; } = new();

    public static int Run() => Row.Count() + BodyArrow.Steps();
}
