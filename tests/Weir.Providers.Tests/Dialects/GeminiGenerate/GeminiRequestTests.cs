using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using static Weir.Providers.Tests.Dialects.GeminiGenerate.Gemini;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>What depends on the model, on other dialects' members, and what is refused; the golden texts show the rest.</summary>
public sealed class GeminiRequestTests
{
    [Theory]
    [InlineData("gemini-2.5-flash", "minimal", """{"thinkingBudget":1,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", "minimal", """{"thinkingBudget":128,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash-lite", "minimal", """{"thinkingBudget":512,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", "high", """{"thinkingBudget":4096,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", "none", """{"thinkingBudget":0,"includeThoughts":false}""")]
    [InlineData("gemini-3-pro-preview", "high", """{"thinkingLevel":"HIGH","includeThoughts":true}""")]
    [InlineData("gemini-3-pro-preview", "medium", """{"thinkingLevel":"HIGH","includeThoughts":true}""")]
    [InlineData("gemini-3-pro-preview", "none", """{"thinkingLevel":"LOW","includeThoughts":false}""")]
    [InlineData("gemini-3-flash-preview", "none", """{"thinkingLevel":"MINIMAL","includeThoughts":false}""")]
    [InlineData("gemini-flash-latest", "medium", """{"thinkingLevel":"MEDIUM","includeThoughts":true}""")]
    public void Effort_becomes_a_budget_before_the_third_generation_and_a_level_since(string model, string effort, string thinking)
    {
        var turn = Ask(model);
        turn.Reasoning = new() { Effort = effort };
        Assert.Contains($"\"thinkingConfig\":{thinking}", Write(turn).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini-2.5-flash")]
    [InlineData("gemini-3-pro-preview")]
    public void A_wish_to_think_as_the_model_sees_fit_sets_no_limit(string model)
    {
        var turn = Ask(model);
        turn.Reasoning = new() { Enabled = true };
        var body = Write(turn).Body;
        Assert.Contains("\"includeThoughts\":true", body, StringComparison.Ordinal);
        Assert.Equal(model.StartsWith("gemini-2", StringComparison.Ordinal), body.Contains("\"thinkingBudget\":-1", StringComparison.Ordinal));
        Assert.DoesNotContain("thinkingLevel", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Gemini_3_gets_Googles_word_for_a_call_that_another_model_made_and_older_ones_do_not()
    {
        string Body(string model, string? seal)
        {
            var turn = Ask(model);
            turn.Messages.Add(new(ChatRole.Assistant, [new ToolCallPart("call_1", "f", "{}") { Signature = seal }, new ToolCallPart("call_2", "f", "{}")]));
            turn.Messages.Add(new(ChatRole.Tool, [new ToolResultPart("call_1", [new TextPart("1")]), new ToolResultPart("call_2", [new TextPart("2")])]));
            return Write(turn).Body;
        }

        Assert.Single(Body("gemini-3-pro", null).Split("skip_thought_signature_validator")[1..]);
        Assert.DoesNotContain("thoughtSignature", Body("gemini-2.5-pro", null), StringComparison.Ordinal);
        Assert.Contains("\"thoughtSignature\":\"c2VhbA==\"", Body("gemini-3-pro", "c2VhbA=="), StringComparison.Ordinal);
        Assert.DoesNotContain("skip_thought", Body("gemini-3-pro", "c2VhbA=="), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_Gemini_gave_goes_back_and_one_of_another_vendor_does_not()
    {
        var turn = Ask();
        turn.Messages.Add(new(ChatRole.Assistant, [new ToolCallPart("fx81k2p0", "f", "{}"), new ToolCallPart("toolu_01", "g", "{}")]));
        turn.Messages.Add(new(ChatRole.Tool, [new ToolResultPart("fx81k2p0", []), new ToolResultPart("toolu_01", [])]));
        var body = Write(turn).Body;
        Assert.Equal(2, body.Split("\"id\":\"fx81k2p0\"").Length - 1);
        Assert.DoesNotContain("toolu_01", body, StringComparison.Ordinal);
        Assert.Contains("""{"functionResponse":{"name":"g","response":{"output":""}}}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_without_ids_are_paired_by_name_and_order_and_the_same_history_reads_the_same()
    {
        const string Body = """
            {"contents":[{"role":"model","parts":[{"functionCall":{"name":"a"}},{"functionCall":{"name":"b","args":{}}},{"functionCall":{"name":"a","args":{"x":1}}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"b","response":{"output":"B"}}},{"functionResponse":{"name":"a","response":{"output":"A1"}}},{"functionResponse":{"name":"a","response":{"output":"A2"}}}]}]}
            """;
        var turn = Read(Body);
        var calls = turn.Messages[0].Parts.Cast<ToolCallPart>().ToList();
        var results = turn.Messages[1].Parts.Cast<ToolResultPart>().ToList();
        Assert.Equal(ChatRole.Tool, turn.Messages[1].Role);
        Assert.Equal([calls[1].Id, calls[0].Id, calls[2].Id], results.Select(r => r.CallId));
        Assert.Equal(3, calls.Select(c => c.Id).Distinct().Count());
        Assert.Equal(calls.Select(c => c.Id), Read(Body).Messages[0].Parts.Cast<ToolCallPart>().Select(c => c.Id));
    }

    [Fact]
    public void Members_of_an_OpenAI_body_that_Gemini_has_pass_on_and_the_others_are_named()
    {
        var turn = Ask();
        foreach (var (name, value) in new[]
        {
            ("safety_settings", "[{\"category\":\"c\"}]"), ("top_k", "40"), ("responseModalities", "[\"TEXT\"]"), ("modalities", "[\"text\",\"audio\"]"),
            ("audio", "{\"voice\":\"Kore\",\"format\":\"pcm16\"}"), ("web_search_options", "{}"), ("logit_bias", "{}"), ("metadata", "{}"), ("cached_content", "\"cachedContents/1\""),
        })
        {
            turn.Extras.Add(new(WireFormat.OpenAIChat, name, Json(value)));
        }

        turn.EndUser = "u";
        turn.ParallelToolCalls = false;
        turn.Seed = 1L << 40;
        var (body, dropped) = Write(turn);
        Assert.Contains("\"safetySettings\":[{\"category\":\"c\"}]", body, StringComparison.Ordinal);
        Assert.Contains("\"topK\":40", body, StringComparison.Ordinal);
        Assert.Contains("\"responseModalities\":[\"TEXT\",\"AUDIO\"]", body, StringComparison.Ordinal);
        Assert.Contains("\"prebuiltVoiceConfig\":{\"voiceName\":\"Kore\"}", body, StringComparison.Ordinal);
        Assert.Contains("\"tools\":[{\"googleSearch\":{}}]", body, StringComparison.Ordinal);
        Assert.Contains("\"cachedContent\":\"cachedContents/1\"", body, StringComparison.Ordinal);
        Assert.Equal(["logit_bias", "metadata", "seed", "user"], dropped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_search_beside_functions_is_dropped_by_name_before_the_third_generation()
    {
        (string, IReadOnlyList<string>) Body(string model)
        {
            var turn = Ask(model);
            turn.Tools.Add(new("f"));
            turn.Tools.Add(new("web_search") { BuiltIn = Json("""{"type":"web_search_preview"}"""), BuiltInFrom = WireFormat.OpenAIResponses });
            turn.Tools.Add(new("computer") { BuiltIn = Json("""{"type":"computer_use_preview"}"""), BuiltInFrom = WireFormat.OpenAIResponses });
            turn.Tools.Add(new("code") { BuiltIn = Json("""{"type":"code_execution_20250522","name":"code"}"""), BuiltInFrom = WireFormat.AnthropicMessages });
            return Write(turn);
        }

        var (old, dropped) = Body("gemini-2.5-pro");
        Assert.Equal(["tools[web_search_preview]", "tools[computer_use_preview]"], dropped);
        Assert.DoesNotContain("googleSearch", old, StringComparison.Ordinal);
        Assert.Contains("{\"codeExecution\":{}}", old, StringComparison.Ordinal);
        Assert.Contains("{\"googleSearch\":{}}", Body("gemini-3-pro").Item1, StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_words_are_gathered_neighbours_are_joined_and_results_stand_alone()
    {
        var turn = new ChatTurn();
        turn.Messages.Add(new(ChatRole.System, [new TextPart("one")]));
        turn.Messages.Add(new(ChatRole.User, [new TextPart("a")]));
        turn.Messages.Add(new(ChatRole.User, [new TextPart("b")]));
        turn.Messages.Add(new(ChatRole.Assistant, [new ToolCallPart("call_1", "f", "not json")]));
        turn.Messages.Add(new(ChatRole.User, [new ToolResultPart("call_1", [new TextPart("[1]")]), new TextPart("c")]));
        turn.Messages.Add(new(ChatRole.Developer, [new TextPart("two")]));
        Assert.Equal(
            """{"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"arguments":"not json"}}}]},"""
            + """{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"[1]"}}}]},{"role":"user","parts":[{"text":"c"}]}]"""
            + ""","systemInstruction":{"parts":[{"text":"one"},{"text":"two"}]}}""",
            Write(turn).Body);
    }

    [Fact]
    public void A_conversation_of_the_operator_alone_still_has_a_question()
    {
        var turn = new ChatTurn();
        turn.Messages.Add(new(ChatRole.System, [new TextPart("Greet.")]));
        Assert.Equal("""{"contents":[{"role":"user","parts":[{"text":" "}]}],"systemInstruction":{"parts":[{"text":"Greet."}]}}""", Write(turn).Body);
    }

    [Theory]
    [InlineData("""{"contents":{}}""", "contents")]
    [InlineData("""{"contents":[{"parts":[{"text":1}]}]}""", "contents[0].parts[0].text")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[]}]}""", "contents[0].role")]
    [InlineData("""{"contents":[{"parts":[{"functionCall":{"name":"f","args":[]}}]}]}""", "contents[0].parts[0].functionCall.args")]
    [InlineData("""{"contents":[{"parts":[{"fileData":{"mimeType":"image/png"}}]}]}""", "contents[0].parts[0].fileData.fileUri")]
    [InlineData("""{"contents":[{"parts":[{"text":"\ud83d"}]}]}""", "contents[0].parts[0].text")]
    [InlineData("""{"tools":[{"functionDeclarations":[{"description":"x"}]}]}""", "tools[0].functionDeclarations[0].name")]
    [InlineData("""{"generationConfig":{"temperature":"warm"}}""", "generationConfig.temperature")]
    [InlineData("""{"generationConfig":{"candidateCount":1.5}}""", "generationConfig.candidateCount")]
    [InlineData("""{"toolConfig":{"functionCallingConfig":{"mode":"SOMETIMES"}}}""", "toolConfig.functionCallingConfig.mode")]
    [InlineData("""{"systemInstruction":"be brief"}""", "systemInstruction")]
    [InlineData("[]", "")]
    public void A_wrong_member_is_named(string body, string member) => Assert.Equal(member, Assert.Throws<DialectException>(() => Read(body)).Member);

    [Fact]
    public void What_would_change_the_question_is_refused()
    {
        var result = Ask();
        result.Messages.Add(new(ChatRole.Tool, [new ToolResultPart("unknown", [new TextPart("1")])]));
        Assert.Equal("messages[1].content[0]", Assert.Throws<DialectException>(() => Write(result)).Member);

        var file = Ask();
        file.Messages.Add(new(ChatRole.User, [new DocumentPart("application/pdf", MediaSource.OfFile("file-123"))]));
        Assert.Contains("gs://", Assert.Throws<DialectException>(() => Write(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_seal_survives_a_client_that_knows_seals_as_bytes()
    {
        var result = new ChatResult { Id = "m", Model = "claude" };
        var choice = new ChatChoice { Stop = StopReason.EndTurn };
        choice.Parts.Add(new ThinkingPart("hm") { Signature = "EqQB+/seal==" });
        choice.Parts.Add(new ThinkingPart("") { Signature = "red/acted+data", Redacted = true });
        result.Choices.Add(choice);
        var answer = Crossing.WriteAnswer(Dialect, result);

        // Google's Python SDK decodes the member and writes it in the URL-safe alphabet.
        var text = System.Text.Encoding.UTF8.GetString(answer).Replace('+', '-').Replace('/', '_');
        var parts = text[text.IndexOf("\"parts\":", StringComparison.Ordinal)..text.IndexOf(",\"role\"", StringComparison.Ordinal)];
        var back = Read($$"""{"contents":[{"role":"model",{{parts}}}]}""").Messages[0].Parts;
        Assert.Equal(choice.Parts, back);
    }
}
