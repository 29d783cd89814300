using System.Text.Json;
using Weir.EndToEnd.Gateways;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Clients;

/// <summary>
/// The clients for JavaScript that speak other dialects than OpenAI's chat: here against the scripted model itself, which
/// proves the programs. <see cref="Judge"/> says what each has to see, whatever it is pointed at.
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
        stand.Upstream.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));

        var seen = await NodeClients.RunAsync([script], stand, token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', seen.Values));
        Judge(script, seen);
    }

    /// <summary>What every client has to see, and what only one can.</summary>
    internal static void Judge(string script, IReadOnlyDictionary<string, JsonElement> seen)
    {
        Assert.Equal("You said: hello", Text("plain"));
        Assert.Equal(4, Number("plain", "promptTokens"));
        Assert.Equal(3, Number("plain", "completionTokens"));
        Assert.Equal("You said: one two three", Text("streamed"));
        Assert.Equal(5, Number("streamed", "completionTokens"));
        foreach (var loop in new[] { "tools", "toolsStreamed", "thinking", "thinkingStreamed", "reasoning", "reasoningStreamed" }.Where(seen.ContainsKey))
        {
            Assert.Equal("The tool answered: sunny in Bern", Text(loop));
            Assert.Equal("Bern", Assert.Single(seen[loop].GetProperty("calls").EnumerateArray()).GetProperty("city").GetString());
        }

        Assert.Equal(429, Status("limited"));
        foreach (var cut in new[] { "cut", "cutHelper" }.Where(seen.ContainsKey))
        {
            // A broken stream is an error, or at least never the end of an answer.
            Assert.True(seen[cut].TryGetProperty("error", out _) || seen[cut].GetProperty("finish").ValueKind == JsonValueKind.Null, $"the cut stream looked complete: {seen[cut]}");
        }

        switch (script)
        {
            case "anthropic.mjs":
                Assert.Equal(("end_turn", "end_turn", "tool_use"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.Equal(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"], Words("streamed", "events"));
                Assert.Equal("You said: one two three", Text("helper"));
                Assert.Equal(["thinking", "tool_use"], Words("thinking", "blocks"));
                Assert.Equal(["thinking", "tool_use"], Words("thinkingStreamed", "blocks"));
                Assert.Equal(5, Number("count", "tokens"));
                Assert.Equal((400, 401), (Status("blocked"), Status("wrongKey")));
                break;
            case "genai.mjs":
                Assert.Equal(("STOP", "STOP", "STOP"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.Equal("""{"city":"text"}""", Text("json"));
                Assert.Equal(5, Number("count", "tokens"));
                // Google tells a blocked prompt in the answer; and a wrong key is 400 there, 401 at a gateway.
                Assert.True(Status("blocked") == 400 || Word("blocked", "blocked") is not null, $"not blocked: {seen["blocked"]}");
                Assert.True(Status("wrongKey") is 400 or 401, $"the wrong key worked: {seen["wrongKey"]}");
                break;
            case "responses.mjs":
                Assert.Equal(("completed", "completed", "completed"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.True(seen["streamed"].GetProperty("ordered").GetBoolean(), "the events are not numbered in order");
                Assert.Equal(("response.created", "response.completed"), (Words("streamed", "events")[0], Words("streamed", "events")[^1]));
                Assert.Equal("You said: one two three", Text("helper"));
                Assert.Equal("""{"city":"text"}""", Text("json"));
                Assert.Contains("reasoning", Words("reasoning", "items"));
                Assert.Contains("reasoning", Words("reasoningStreamed", "items"));
                Assert.Equal((400, 401), (Status("blocked"), Status("wrongKey")));
                if (seen.ContainsKey("stored"))
                {
                    Assert.Equal("The tool answered: sunny in Bern", Text("previous"));
                    Assert.Equal("You said: hello", Text("stored"));
                    Assert.Equal(["hello"], Words("stored", "items"));
                    Assert.Equal(404, Number("stored", "gone"));
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(script), script, "no such program");
        }

        string? Text(string name) => Word(name, "text");
        string? Word(string name, string member) => Member(name, member).GetString();
        int Number(string name, string member) => Member(name, member).GetInt32();
        List<string?> Words(string name, string member) => [.. Member(name, member).EnumerateArray().Select(w => w.GetString())];
        JsonElement Member(string name, string member) =>
            seen[name].TryGetProperty(member, out var value) ? value : throw new InvalidOperationException($"no {member} in {seen[name]}");
        int? Status(string name) =>
            seen[name].TryGetProperty("error", out var error) && error.GetProperty("status").ValueKind == JsonValueKind.Number ? error.GetProperty("status").GetInt32() : null;
    }
}
