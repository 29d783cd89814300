using System.Text.Json;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Clients;

/// <summary>The clients for JavaScript. Each runs all its cases in one process of node.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("openai.mjs", Way.Direct)]
    [InlineData("openai.mjs", Way.ThroughWeir)]
    [InlineData("openai.mjs --azure", Way.Direct)]
    [InlineData("openai.mjs --azure", Way.ThroughWeir)]
    [InlineData("ai-sdk.mjs", Way.Direct)]
    [InlineData("ai-sdk.mjs", Way.ThroughWeir)]
    [InlineData("langchain.mjs", Way.Direct)]
    [InlineData("langchain.mjs", Way.ThroughWeir)]
    public async Task A_client_gets_what_it_asks_for(string script, Way way)
    {
        var token = TestContext.Current.CancellationToken;
        await using var stand = await Stand.StartAsync(way, token);
        stand.Upstream.Script.When("two cities", new ScriptedReply { ToolCalls = [new("get_weather", """{"city":"Bern"}"""), new("get_weather", """{"city":"Rome"}""")] });
        stand.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var seen = await NodeClients.RunAsync(script.Split(' '), stand, token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values) + "\n" + stand.Printed);
        Assert.Equal("You said: hello", Text(seen["plain"]));
        Assert.Equal(3, seen["plain"].GetProperty("completionTokens").GetInt32());
        Assert.Equal("You said: one two three", Text(seen["streamed"]));
        Assert.Equal("stop", seen["streamed"].GetProperty("finish").GetString());
        Assert.Equal(5, seen["streamed"].GetProperty("completionTokens").GetInt32());
        Assert.Equal("The tool answered: sunny in Bern", Text(seen["tools"]));
        Assert.Contains("Bern", Text(seen["toolsStreamed"]), StringComparison.Ordinal);
        Assert.Equal([64, 64], seen["embeddings"].GetProperty("sizes").EnumerateArray().Select(s => s.GetInt32()));
        Assert.Equal(429, Status(seen["limited"]));
        Assert.Equal(400, Status(seen["blocked"]));
        Assert.Equal(401, Status(seen["wrongKey"]));
        Assert.False(seen["cut"].TryGetProperty("finish", out var finish) && finish.ValueEquals("stop"), $"the cut stream looked complete: {seen["cut"]}");
        if (way == Way.ThroughWeir && script.StartsWith("openai", StringComparison.Ordinal))
        {
            ClientJudge.Judge("openai.mjs", seen, thinks: false);
            Assert.True(seen["cut"].TryGetProperty("error", out _), $"the error event was not seen: {seen["cut"]}");
        }
    }

    private static string? Text(JsonElement line) =>
        line.TryGetProperty("text", out var text) ? text.GetString() : throw new InvalidOperationException($"no text in {line}");

    private static int? Status(JsonElement line) =>
        line.TryGetProperty("error", out var error) && error.GetProperty("status").ValueKind == JsonValueKind.Number ? error.GetProperty("status").GetInt32() : null;
}
