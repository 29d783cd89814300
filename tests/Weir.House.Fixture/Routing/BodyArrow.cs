using Weir.House.Fixture.Ledger;

namespace Weir.House.Fixture.Routing;

/// <summary>Bad: a sideways call that no signature shows.</summary>
internal sealed class BodyArrow
{
    public static int Steps() => Row.Count();
}
