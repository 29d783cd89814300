using System.Text.Json;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Tests;

/// <summary>Google's generateContent.</summary>
public sealed class GeminiTests
{
    private const string Path = "/v1beta/models/gemini-3:generateContent";
    private const string Tools = $$""","tools":[{"functionDeclarations":[{"name":"get_weather","parameters":{{Asking.Weather}}}]}]""";

    [Theory]
    [InlineData("/v1beta/models/m:generateContent")]
    [InlineData("/v1/models/m:generateContent")]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/m:generateContent")]
    [InlineData("/v1beta1/projects/p/locations/l/publishers/google/models/m:generateContent")]
    public async Task An_answer_has_candidates_and_usage_that_keeps_thoughts_apart(string path)
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.Enqueue(ScriptedReply.Say("hi") with { Usage = new ScriptedUsage(100, 30, CachedTokens: 40, ReasoningTokens: 20) });

        var answer = await wired.AskAsync(path, Body("hello"));

        Assert.Equal("STOP", answer.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Equal("m", answer.GetProperty("modelVersion").GetString());
        var usage = answer.GetProperty("usageMetadata");
        Assert.Equal((100, 10, 20, 40, 130), (Count("promptTokenCount"), Count("candidatesTokenCount"), Count("thoughtsTokenCount"), Count("cachedContentTokenCount"), Count("totalTokenCount")));

        int Count(string name) => usage.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_stream_is_events_when_asked_and_one_array_else()
    {
        await using var wired = await Wired.StartAsync();
        var path = Path.Replace(":generate", ":streamGenerate", StringComparison.Ordinal);

        var events = await wired.EventsAsync(path + "?alt=sse", Body("a"));
        var (_, text) = await wired.StatusAsync(path, Body("a"));
        var array = JsonDocument.Parse(text).RootElement.EnumerateArray().ToList();

        Assert.Equal("You said: a", Joined(events.Select(e => e.Data)));
        Assert.Equal("You said: a", Joined(array));
        Assert.Equal("STOP", events[^1].Data.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Equal(3, events[^1].Data.GetProperty("usageMetadata").GetProperty("candidatesTokenCount").GetInt32());

        static string Joined(IEnumerable<JsonElement> chunks) => string.Concat(
            chunks.Select(c => c.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_function_call_is_signed_and_its_signature_has_to_come_back()
    {
        await using var wired = await Wired.StartAsync();
        wired.Model.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Bern"}"""));
        var first = await wired.AskAsync(Path, Body("the weather?", Tools));
        var part = first.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0];
        var call = part.GetRawText();
        var signature = part.GetProperty("thoughtSignature").GetString() ?? "";

        var good = await wired.StatusAsync(Path, After(call));
        var lost = await wired.StatusAsync(Path, After(call.Replace($",\"thoughtSignature\":\"{signature}\"", "", StringComparison.Ordinal)));
        var wrong = await wired.StatusAsync(Path, After(call.Replace(signature, "AAAA" + signature[4..], StringComparison.Ordinal)));
        var standIn = await wired.StatusAsync(Path, After(call.Replace(signature, "skip_thought_signature_validator", StringComparison.Ordinal)));
        var older = await wired.StatusAsync(Path.Replace("gemini-3", "gemini-2.5-pro", StringComparison.Ordinal), After(call.Replace($",\"thoughtSignature\":\"{signature}\"", "", StringComparison.Ordinal)));

        Assert.Equal("STOP", first.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Contains("The tool answered: sunny", good.Body, StringComparison.Ordinal);
        Assert.Equal((400, 400, 200, 200), (lost.Status, wrong.Status, standIn.Status, older.Status));
        Assert.Contains("missing a thought_signature", lost.Body, StringComparison.Ordinal);
        Assert.Contains("Thought signature is not valid", wrong.Body, StringComparison.Ordinal);

        static string After(string call) =>
            $$$$"""{"contents":[{"role":"user","parts":[{"text":"the weather?"}]},{"role":"model","parts":[{{{{call}}}}]},{"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"result":"sunny"}}}]}]{{{{Tools}}}}}""";
    }

    [Fact]
    public async Task Thoughts_are_shown_when_asked_for_and_snake_case_is_read()
    {
        await using var wired = await Wired.StartAsync();

        var shown = await wired.AskAsync(Path, Body("x", ""","generation_config":{"thinking_config":{"include_thoughts":true},"max_output_tokens":2}"""));
        var hidden = await wired.AskAsync(Path, Body("x"));

        Assert.True(shown.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("thought").GetBoolean());
        Assert.Equal("MAX_TOKENS", shown.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.DoesNotContain("thought", hidden.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forced_function_a_schema_and_a_count_are_served()
    {
        await using var wired = await Wired.StartAsync();

        var forced = await wired.AskAsync(Path, Body("x", Tools + ""","toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["get_weather"]}}"""));
        var json = await wired.AskAsync(Path, Body("x", $$""","generationConfig":{"responseMimeType":"application/json","responseSchema":{{Asking.Weather}}}"""));
        var count = await wired.AskAsync("/v1beta/models/m:countTokens", Body("one two"));

        Assert.Contains("\"city\":\"text\"", forced.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("""{"city":"text"}""", json.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal(5, count.GetProperty("totalTokens").GetInt32());
    }

    [Fact]
    public async Task Models_are_listed_and_an_unknown_path_or_model_is_not_found_in_Googles_words()
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { Models = ["a"] });

        var list = JsonDocument.Parse(await wired.Http.GetStringAsync("/v1beta/models", Wired.Token)).RootElement;
        var one = JsonDocument.Parse(await wired.Http.GetStringAsync("/v1beta/models/a", Wired.Token)).RootElement;
        var path = await wired.StatusAsync("/v1beta/models/a:nothing", Body("x"));
        var model = await wired.StatusAsync("/v1beta/models/b:generateContent", Body("x"));

        Assert.Equal("models/a", list.GetProperty("models")[0].GetProperty("name").GetString());
        Assert.Equal("models/a", one.GetProperty("name").GetString());
        Assert.Equal((404, 404), (path.Status, model.Status));
        Assert.Contains("\"status\":\"NOT_FOUND\"", path.Body, StringComparison.Ordinal);
        Assert.Contains("models/b is not found", model.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"messages":[]}""", "Unknown name \"messages\": Cannot find field.")]
    [InlineData("""{"contents":[]}""", "contents is not specified")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}""", "Please use a valid role: user, model.")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""", "contents.parts must not be empty")]
    [InlineData("""{"contents":[{"role":"user","parts":[{}]}]}""", "required oneof field 'data'")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","additionalProperties":false}}]}]}""", "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters'")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":["string","null"]}}}}]}]}""", "Proto field is not repeating, cannot start list.")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"1f"}]}]}""", "Invalid function name")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}]}""", "equal to the number of function call parts")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":"x"}}]}]}""", "google.protobuf.Struct")]
    [InlineData("""{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]}]}""", "function call turn comes immediately after a user turn")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"!!"}}]}]}""", "Base64 decoding failed")]
    public async Task What_the_vendor_refuses_is_refused_in_its_words(string body, string words)
    {
        await using var wired = await Wired.StartAsync();

        var (status, answer) = await wired.StatusAsync(Path, body);

        Assert.Equal(400, status);
        var error = JsonDocument.Parse(answer).RootElement.GetProperty("error");
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1beta/models/m:generateContent", "x-goog-api-key", "wrong", 400)]
    [InlineData("/v1beta/models/m:generateContent?key=k", "x-nothing", "", 200)]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/m:generateContent", "Authorization", "Bearer wrong", 401)]
    [InlineData("/v1/projects/p/locations/l/publishers/google/models/m:generateContent", "Authorization", "Bearer k", 200)]
    public async Task A_wrong_key_is_400_in_the_Gemini_API_and_401_on_Vertex(string path, string header, string value, int status)
    {
        await using var wired = await Wired.StartAsync(new ScriptedModelOptions { ApiKey = "k" });
        wired.Http.DefaultRequestHeaders.Add(header, value);

        var (got, body) = await wired.StatusAsync(path, Body("x"));

        Assert.True(got == status, body);
    }

    private static string Body(string text, string extra = "") => $$"""{"contents":[{"role":"user","parts":[{"text":"{{text}}"}]}]{{extra}}}""";
}
