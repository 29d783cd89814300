using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Crossings;

/// <summary>A program that speaks one dialect gets what it asks for from a model that speaks another.</summary>
public sealed class ClientCrossingTests(ClientRuns runs) : IClassFixture<ClientRuns>
{
    public static TheoryData<string, string> Pairs => new(ClientRuns.Programs.SelectMany(_ => DialectModel.All, (program, model) => (program, model.Group)));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_client_gets_what_it_asks_for(string program, string model)
    {
        var seen = runs.Seen(program, model);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values));
        Assert.Fail("look");
    }
}
