using Weir.House.Fixture.Ledger;

namespace Weir.House.Fixture.Routing;

/// <summary>Bad: the sideways call sits in an iterator.</summary>
internal sealed class IteratorArrow
{
    public static IEnumerable<int> Steps()
    {
        yield return Row.Count();
    }
}
