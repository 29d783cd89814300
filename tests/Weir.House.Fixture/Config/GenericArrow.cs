using Weir.House.Fixture.Endpoints;

namespace Weir.House.Fixture.Config;

/// <summary>Bad: the type upstairs is only a generic argument of a parameter.</summary>
internal sealed class GenericArrow
{
    public static int Size(IReadOnlyList<Dictionary<string, Page>> pages) => pages.Count;
}
