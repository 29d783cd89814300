using Weir.EndToEnd.Clients;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.PassThrough;

/// <summary>Vendors' own clients for JavaScript with nothing changed but address and key: they see what they see at the vendor.</summary>
public sealed class VendorClientTests
{
    [Theory]
    [InlineData("anthropic.mjs", "/anthropic")]
    [InlineData("openai.mjs", "/openai_passthrough")]
    [InlineData("genai.mjs", "/gemini")]
    public async Task A_client_gets_what_it_asks_for(string script, string prefix)
    {
        var token = TestContext.Current.CancellationToken;
        await using var stand = await PassThroughStand.StartAsync(token);
        stand.Model.Script.When("two cities", new ScriptedReply { ToolCalls = [new("get_weather", """{"city":"Bern"}"""), new("get_weather", """{"city":"Rome"}""")] });
        stand.Model.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var seen = await NodeClients.RunAsync([script], stand.Root + prefix, WeirProcess.MasterKey, token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values));
        ClientJudge.Judge(script, seen);
    }
}
