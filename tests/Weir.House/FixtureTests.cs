using Weir.House.Arrows;

namespace Weir.House;

/// <summary>The rules find what they are for: each deliberate fault in the fixture assembly, and nothing else in it.</summary>
public sealed class FixtureTests
{
    private static readonly string Fixture = Path.Combine(AppContext.BaseDirectory, "Weir.House.Fixture.dll");

    [Fact]
    public void Each_bad_arrow_is_found_and_counted_to_the_type_it_was_written_in()
    {
        var plan = new RoomPlan("Weir.House.Fixture");
        var broken = plan.Broken(ArrowReader.Read(Fixture, plan.Holds)).Select(text => text.Replace("Weir.House.Fixture.", "", StringComparison.Ordinal));
        Assert.Equal(
        [
            "Config.AttributeArrow -> Endpoints.Page (up: Config is on floor 1, Endpoints on 5)",
            "Config.FieldArrow -> Pipeline.Flow (up: Config is on floor 1, Pipeline on 4)",
            "Config.GenericArrow -> Endpoints.Page (up: Config is on floor 1, Endpoints on 5)",
            "Routing.AsyncArrow -> Ledger.Row (sideways: both are on floor 3)",
            "Routing.BodyArrow -> Ledger.Row (sideways: both are on floor 3)",
            "Routing.IteratorArrow -> Ledger.Row (sideways: both are on floor 3)",
            "Routing.LambdaArrow -> Ledger.Row (sideways: both are on floor 3)",
            "Routing.LocalArrow -> Ledger.Row (sideways: both are on floor 3)",
        ],
        broken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_client_made_outside_the_connector_is_found()
    {
        Assert.Equal(["Weir.House.Fixture.Sockets.LooseClient makes System.Net.Http.HttpClient"], SocketUse.Find(Fixture, "Weir.House.Fixture"));
    }
}
