using System.Text.Json;

namespace Weir.EndToEnd.Clients;

/// <summary>What every client that speaks a dialect of its own has to see, whatever it is pointed at, and what only one can.</summary>
internal static class ClientJudge
{
    private static readonly string[] Loops = ["tools", "toolsStreamed", "thinking", "thinkingStreamed", "reasoning", "reasoningStreamed"];

    /// <summary>Judges what <paramref name="script"/> saw.</summary>
    /// <param name="script">The program.</param>
    /// <param name="seen">What it saw, by case.</param>
    /// <param name="thinks">Whether the model tells its thoughts to those who ask.</param>
    /// <param name="countsItself">Whether the model's own vendor counts this client's prompts; else the gateway does.</param>
    public static void Judge(string script, IReadOnlyDictionary<string, JsonElement> seen, bool thinks = true, bool countsItself = true)
    {
        Assert.Equal("You said: hello", Text("plain"));
        Assert.Equal(4, Number("plain", "promptTokens"));
        Assert.Equal(3, Number("plain", "completionTokens"));
        Assert.Equal("You said: one two three", Text("streamed"));
        Assert.Equal(5, Number("streamed", "completionTokens"));
        foreach (var loop in Loops.Where(loop => seen.ContainsKey(loop) && (script, loop) != ("openai.mjs", "toolsStreamed")))
        {
            Assert.True(seen[loop].TryGetProperty("text", out var text) && text.ValueEquals("The tool answered: sunny in Bern"), $"{loop}: {seen[loop]}");
            if (seen[loop].TryGetProperty("calls", out var calls))
            {
                Assert.Equal(["Bern"], Cities(calls));
            }
        }

        foreach (var loop in new[] { "parallel", "parallelStreamed" })
        {
            Assert.Equal(["Bern", "Rome"], Cities(Member(loop, "calls")));
            Assert.Matches("^The tool answered: (sunny in Bern\n)?sunny in Rome$", Text(loop));
        }

        Assert.Equal("""{"city":"text"}""", Text("json"));
        Assert.StartsWith("You said: what is in the picture? (", Text("image"), StringComparison.Ordinal);
        Assert.Equal(429, Status("limited"));
        foreach (var cut in new[] { "cut", "cutHelper" }.Where(seen.ContainsKey))
        {
            // A broken stream is an error, or at least never the end of an answer.
            Assert.True(seen[cut].TryGetProperty("error", out _) || seen[cut].GetProperty("finish").ValueKind == JsonValueKind.Null, $"the cut stream looked complete: {seen[cut]}");
        }

        if (seen.ContainsKey("count"))
        {
            // Without the vendor's own tokenizer words are cut otherwise than the scripted model cuts them.
            Assert.InRange(Number("count", "tokens"), countsItself ? 5 : 1, countsItself ? 5 : 20);
        }

        switch (script)
        {
            case "openai.mjs":
                Assert.Equal(("stop", "stop", "tool_calls"), (Word("plain", "finish"), Word("streamed", "finish"), Word("parallel", "finish")));
                Assert.StartsWith("You said: hello", Text("system"), StringComparison.Ordinal);
                Assert.Equal("{\"city\":\"Bern\"}", Text("toolsStreamed"));
                Assert.True(Status("blocked") == 400 || First("blocked", "choices").GetProperty("finish_reason").ValueEquals("content_filter"), $"not blocked: {seen["blocked"]}");
                Assert.Equal(401, Status("wrongKey"));
                break;
            case "anthropic.mjs":
                Assert.Equal(("end_turn", "end_turn", "tool_use"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.Equal(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"], Words("streamed", "events"));
                Assert.Equal("You said: one two three", Text("helper"));
                Assert.StartsWith("You said: hello", Text("system"), StringComparison.Ordinal);
                Assert.Equal(thinks ? ["thinking", "tool_use"] : ["tool_use"], Words("thinking", "blocks"));
                Assert.Equal(thinks ? ["thinking", "tool_use"] : ["tool_use"], Words("thinkingStreamed", "blocks"));
                Assert.Equal(["tool_use", "tool_use"], Words("parallel", "blocks"));
                Assert.True(Status("blocked") == 400 || Word("blocked", "stop_reason") == "refusal", $"not blocked: {seen["blocked"]}");
                Assert.Equal(401, Status("wrongKey"));
                break;
            case "genai.mjs":
                Assert.Equal(("STOP", "STOP", "STOP"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.StartsWith("You said: hello", Text("system"), StringComparison.Ordinal);
                foreach (var loop in new[] { "thinking", "thinkingStreamed" })
                {
                    Assert.StartsWith(thinks ? "Thinking about: the weather, after some" : "", Word(loop, "thought"), StringComparison.Ordinal);
                }

                // Google tells a blocked prompt in the answer; and a wrong key is 400 there, 401 at a gateway.
                Assert.True(
                    Status("blocked") == 400 || Word("blocked", "blocked") is not null || Word("blocked", "finish") is "SAFETY" or "PROHIBITED_CONTENT",
                    $"not blocked: {seen["blocked"]}");
                Assert.True(Status("wrongKey") is 400 or 401, $"the wrong key worked: {seen["wrongKey"]}");
                break;
            case "responses.mjs":
                Assert.Equal(("completed", "completed", "completed"), (Word("plain", "finish"), Word("streamed", "finish"), Word("tools", "finish")));
                Assert.True(seen["streamed"].GetProperty("ordered").GetBoolean(), "the events are not numbered in order");
                Assert.Equal(("response.created", "response.completed"), (Words("streamed", "events")[0], Words("streamed", "events")[^1]));
                Assert.Equal("You said: one two three", Text("helper"));
                Assert.StartsWith("You said: hello", Text("instructions"), StringComparison.Ordinal);
                Assert.Equal(thinks ? ["reasoning", "function_call"] : ["function_call"], Words("reasoning", "items"));
                Assert.Equal(thinks ? ["reasoning", "function_call"] : ["function_call"], Words("reasoningStreamed", "items"));
                Assert.True(Status("blocked") == 400 || Word("blocked", "finish") == "incomplete", $"not blocked: {seen["blocked"]}");
                Assert.Equal(401, Status("wrongKey"));
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
        JsonElement First(string name, string member) => Member(name, member)[0];
        JsonElement Member(string name, string member) =>
            seen[name].TryGetProperty(member, out var value) ? value : throw new InvalidOperationException($"no {member} in {seen[name]}");
        int? Status(string name) => StatusOf(seen[name]);
    }

    /// <summary>The status of the error that a case saw; null = no error, or one without a status.</summary>
    public static int? StatusOf(JsonElement line) =>
        line.TryGetProperty("error", out var error) && error.GetProperty("status").ValueKind == JsonValueKind.Number ? error.GetProperty("status").GetInt32() : null;

    private static List<string?> Cities(JsonElement calls) => [.. calls.EnumerateArray().Select(call => call.GetProperty("city").GetString())];
}
