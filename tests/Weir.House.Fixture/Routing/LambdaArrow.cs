using Weir.House.Fixture.Ledger;

namespace Weir.House.Fixture.Routing;

/// <summary>Bad: the sideways call sits in a closure over a local.</summary>
internal sealed class LambdaArrow
{
    public static Func<int> Steps(int more) => () => Row.Count() + more;
}
