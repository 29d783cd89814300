using System.Text.Json;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>A conversation moves from one vendor to another and back. The scripted models refuse seals that are not theirs, as the real ones do.</summary>
public sealed class ForeignSealTests
{
    private const string Config = """
        model_list:
          - model_name: claude
            litellm_params: {model: anthropic/claude-sonnet-4-5, api_base: UPSTREAM, api_key: k}
          - model_name: gemini
            litellm_params: {model: gemini/gemini-2.5-pro, api_base: UPSTREAM/v1beta, api_key: k}
        router_settings: {fallbacks: [{claude: [gemini]}, {gemini: [claude]}], num_retries: 0, allowed_fails: 1000}
        """;

    private const string Tool = """[{"name":"look","description":"d","input_schema":{"type":"object","properties":{"q":{"type":"string"}}}}]""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_substitute_sealed_does_not_reach_the_vendor_that_comes_back(bool stream)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Faults.Enqueue(Fault.Http(500));
        stand.Upstream.Script.Enqueue(ScriptedReply.Call("look", """{"q":"x"}""") with { Reasoning = "let me think" });
        var (status, first) = await AskAsync(stand, stream, []);
        Assert.Equal(200, status);
        Assert.EndsWith("GenerateContent", stand.Upstream.Requests.Last.Path, StringComparison.OrdinalIgnoreCase);
        var content = Content(first, stream);
        Assert.Contains("weir1:gemini:", content, StringComparison.Ordinal);

        // Gemini answers again and gets its own seal back.
        stand.Upstream.Faults.Enqueue(Fault.Http(500));
        (status, _) = await AskAsync(stand, false, [content]);
        Assert.Equal(200, status);
        Assert.DoesNotContain("weir1:", stand.Upstream.Requests.Last.BodyText, StringComparison.Ordinal);
        Assert.Contains("thoughtSignature", stand.Upstream.Requests.Last.BodyText, StringComparison.Ordinal);

        // Claude is back: bytes would pass through, but for the seals.
        var answer = await stand.PostAsync(Body(false, [content]), Stop, "/v1/messages");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("/v1/messages", stand.Upstream.Requests.Last.Path);
        Assert.DoesNotContain("weir1:", stand.Upstream.Requests.Last.BodyText, StringComparison.Ordinal);
        Assert.Contains("thought_signature", answer.Headers.GetValues("x-weir-dropped-params").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claude_s_own_seal_passes_untouched_and_its_substitute_does_not_get_it()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Call("look", """{"q":"x"}""") with { Reasoning = "let me think" });
        var (_, first) = await AskAsync(stand, false, []);
        var content = Content(first, false);
        Assert.Contains("\"signature\"", content, StringComparison.Ordinal);
        Assert.DoesNotContain("weir1:", content, StringComparison.Ordinal);

        var body = Body(false, [content]);
        Assert.Equal(200, (await stand.AskAsync(body, Stop, "/v1/messages")).Status);
        Assert.Equal(body.Replace("\"model\":\"claude\"", "\"model\":\"claude-sonnet-4-5\"", StringComparison.Ordinal), stand.Upstream.Requests.Last.BodyText);

        stand.Upstream.Faults.Enqueue(Fault.Http(500));
        using var answer = await stand.PostAsync(body, Stop, "/v1/messages");
        Assert.Equal(200, (int)answer.StatusCode);
        var sealText = JsonDocument.Parse(content).RootElement[0].GetProperty("signature").GetString()!;
        Assert.DoesNotContain(sealText, stand.Upstream.Requests.Last.BodyText, StringComparison.Ordinal);
        Assert.Contains("thinking.signature", answer.Headers.GetValues("x-weir-dropped-params").Single(), StringComparison.Ordinal);
    }

    private static Task<(int Status, string Body)> AskAsync(EngineStand stand, bool stream, string[] said) => stand.AskAsync(Body(stream, said), Stop, "/v1/messages");

    /// <summary>A conversation in which the assistant has said what <paramref name="said"/> holds, and every call of it was answered.</summary>
    private static string Body(bool stream, string[] said)
    {
        var messages = """{"role":"user","content":"hello"}""";
        foreach (var content in said)
        {
            var results = JsonDocument.Parse(content).RootElement.EnumerateArray().Where(block => block.GetProperty("type").GetString() == "tool_use")
                .Select(block => $$"""{"type":"tool_result","tool_use_id":{{block.GetProperty("id").GetRawText()}},"content":"found"}""");
            messages += $$""",{"role":"assistant","content":{{content}}},{"role":"user","content":[{{string.Join(',', results)}}]}""";
        }
        return $$"""{"model":"claude","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"tools":{{Tool}},"messages":[{{messages}}],"stream":{{(stream ? "true" : "false")}}}""";
    }

    /// <summary>The blocks of an answer, as a client keeps them.</summary>
    private static string Content(string answer, bool stream)
    {
        if (!stream)
        {
            return JsonDocument.Parse(answer).RootElement.GetProperty("content").GetRawText();
        }
        var blocks = new List<System.Text.Json.Nodes.JsonObject>();
        foreach (var line in answer.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)))
        {
            var data = JsonDocument.Parse(line[6..]).RootElement;
            if (data.GetProperty("type").GetString() == "content_block_start")
            {
                blocks.Add(System.Text.Json.Nodes.JsonNode.Parse(data.GetProperty("content_block").GetRawText())!.AsObject());
            }
            else if (data.GetProperty("type").GetString() == "content_block_delta")
            {
                var delta = data.GetProperty("delta");
                var (from, to) = delta.GetProperty("type").GetString() switch
                {
                    "thinking_delta" => ("thinking", "thinking"),
                    "signature_delta" => ("signature", "signature"),
                    "input_json_delta" => ("partial_json", "raw"),
                    _ => ("text", "text"),
                };
                blocks[^1][to] = (blocks[^1][to]?.GetValue<string>() ?? "") + delta.GetProperty(from).GetString();
            }
        }
        foreach (var block in blocks.Where(block => block["raw"] is not null))
        {
            block["input"] = System.Text.Json.Nodes.JsonNode.Parse(block["raw"]!.GetValue<string>());
            block.Remove("raw");
        }
        return "[" + string.Join(',', blocks.Select(block => block.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))) + "]";
    }
}
