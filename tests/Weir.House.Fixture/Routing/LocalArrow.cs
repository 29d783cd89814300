using Weir.House.Fixture.Ledger;

namespace Weir.House.Fixture.Routing;

/// <summary>Bad: the sideways use is a cast in a local function of a nested type.</summary>
internal sealed class LocalArrow
{
    internal sealed class Inner
    {
        public static bool IsRow(object thing)
        {
            return Look();

            bool Look() => thing is Row;
        }
    }
}
