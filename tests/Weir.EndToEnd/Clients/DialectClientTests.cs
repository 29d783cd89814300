using Weir.EndToEnd.Gateways;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Clients;

/// <summary>
/// The clients for JavaScript that speak other dialects than OpenAI's chat: here against the scripted model itself, which
/// proves the programs. <see cref="ClientJudge"/> says what each has to see.
/// </summary>
public sealed class DialectClientTests
{
    [Theory]
    [InlineData("anthropic.mjs")]
    [InlineData("genai.mjs")]
    [InlineData("responses.mjs")]
    public async Task A_client_gets_what_it_asks_for(string script)
    {
        var token = TestContext.Current.CancellationToken;
        await using var stand = await Stand.StartAsync(Way.Direct, token);
        stand.Upstream.Script.When("two cities", new ScriptedReply { ToolCalls = [new("get_weather", """{"city":"Bern"}"""), new("get_weather", """{"city":"Rome"}""")] });
        stand.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var seen = await NodeClients.RunAsync([script], stand, token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values));
        ClientJudge.Judge(script, seen);
    }
}
