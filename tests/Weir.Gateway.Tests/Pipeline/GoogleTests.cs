using System.Buffers.Binary;
using System.Text.Json;
using Weir.Providers;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>What Google's APIs do in their own way: streams as one array, embeddings, counts.</summary>
public sealed class GoogleTests
{
    private const string Config = """
        model_list:
          - model_name: gem
            litellm_params: {model: gemini/gemini-2.5-pro, api_base: UPSTREAM, api_key: k}
          - model_name: vgem
            litellm_params: {model: vertex_ai/gemini-2.5-pro, api_base: UPSTREAM, api_key: k, vertex_project: p, vertex_location: us-east5}
          - model_name: vclaude
            litellm_params: {model: vertex_ai/claude-sonnet-4-5, api_base: UPSTREAM, api_key: k, vertex_project: p, vertex_location: us-east5}
          - model_name: fclaude
            litellm_params: {model: azure_ai/claude-sonnet-4-5, api_base: UPSTREAM, api_key: k}
          - model_name: chat
            litellm_params: {model: groq/llama, api_base: UPSTREAM/v1, api_key: k}
          - model_name: gem-embed
            litellm_params: {model: gemini/text-embedding-004, api_base: UPSTREAM, api_key: k}
          - model_name: vertex-embed
            litellm_params: {model: vertex_ai/text-embedding-005, api_base: UPSTREAM, api_key: k, vertex_project: p, vertex_location: us-east5}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gem")]
    [InlineData("chat")]
    public async Task A_stream_that_nobody_asked_to_be_sse_is_one_array(string model)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Say("one two \"three\"\n four"));
        using var answer = await stand.PostAsync("""{"contents":[{"role":"user","parts":[{"text":"x"}]}]}""", Stop, $"/v1beta/models/{model}:streamGenerateContent");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var array = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement;
        Assert.True(array.GetArrayLength() > 2);
        var said = string.Concat(array.EnumerateArray().Where(one => one.TryGetProperty("candidates", out _)).SelectMany(one => one.GetProperty("candidates").EnumerateArray())
            .Where(one => one.TryGetProperty("content", out var content) && content.TryGetProperty("parts", out _))
            .SelectMany(one => one.GetProperty("content").GetProperty("parts").EnumerateArray()).Select(part => part.GetProperty("text").GetString()));
        Assert.Equal("one two \"three\"\n four", said);
        Assert.True(array[array.GetArrayLength() - 1].TryGetProperty("usageMetadata", out _));
    }

    [Fact]
    public async Task An_array_whose_upstream_breaks_ends_with_the_error_and_its_bracket()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        stand.Upstream.Script.Enqueue(ScriptedReply.Say("one two three four five six seven eight"));
        stand.Upstream.Faults.Enqueue(Fault.CutAfter(3));
        var (_, body) = await stand.AskAsync("""{"contents":[{"role":"user","parts":[{"text":"x"}]}]}""", Stop, "/v1beta/models/gem:streamGenerateContent");
        var array = JsonDocument.Parse(body).RootElement;
        Assert.True(array[0].TryGetProperty("candidates", out _));
        Assert.True(array[array.GetArrayLength() - 1].TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("gem-embed", "/v1beta/models/text-embedding-004:batchEmbedContents")]
    [InlineData("vertex-embed", "/v1/projects/p/locations/us-east5/publishers/google/models/text-embedding-005:predict")]
    public async Task Embeddings_are_asked_in_google_s_form_and_told_in_openai_s(string model, string path)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var (status, body) = await stand.AskAsync($$"""{"model":"{{model}}","input":["a bb ccc","dd"],"dimensions":3,"task_type":"RETRIEVAL_QUERY","user":"u"}""", Stop, "/v1/embeddings");
        Assert.Equal(200, status);
        Assert.Equal(path, stand.Upstream.Requests.Last.Path);
        Assert.Equal(model == "gem-embed"
            ? """{"requests":[{"model":"models/text-embedding-004","content":{"parts":[{"text":"a bb ccc"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":3},{"model":"models/text-embedding-004","content":{"parts":[{"text":"dd"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":3}]}"""
            : """{"instances":[{"content":"a bb ccc","task_type":"RETRIEVAL_QUERY"},{"content":"dd","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":3}}""",
            stand.Upstream.Requests.Last.BodyText);
        var told = JsonDocument.Parse(body).RootElement;
        Assert.Equal(["[0.125,0.25,0.375]", "[0.25]"], told.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("embedding").GetRawText()));
        Assert.Equal([0, 1], told.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("index").GetInt32()));
        var tokens = told.GetProperty("usage").GetProperty("prompt_tokens").GetInt64();
        Assert.True(tokens > 0);
        await stand.Journal.FlushAsync(Stop);
        var row = Assert.Single(stand.Store.Rows);
        Assert.Equal((Operation.Embedding, tokens, model == "gem-embed"), (row.Operation, row.Usage.Prompt, row.Usage.Estimated));
    }

    [Fact]
    public async Task An_embedding_as_base64_holds_the_same_numbers()
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var (_, body) = await stand.AskAsync("""{"model":"gem-embed","input":"a bb ccc","encoding_format":"base64"}""", Stop, "/v1/embeddings");
        var bytes = JsonDocument.Parse(body).RootElement.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal([0.125f, 0.25f, 0.375f], Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * 4))));
    }

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("[[1,2],[3]]")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task Token_ids_are_not_passed_off_as_google_s(string input)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var (status, body) = await stand.AskAsync($$"""{"model":"gem-embed","input":{{input}}}""", Stop, "/v1/embeddings");
        Assert.Equal(400, status);
        Assert.Contains("'input' must be a text or a list of texts", body, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("vclaude", "/v1/projects/p/locations/us-east5/publishers/anthropic/models/count-tokens:rawPredict")]
    [InlineData("fclaude", "/anthropic/v1/messages/count_tokens")]
    [InlineData("gem", "/v1beta/models/gemini-2.5-pro:countTokens")]
    [InlineData("vgem", "/v1/projects/p/locations/us-east5/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("chat", null)]
    public async Task A_prompt_is_counted_by_its_vendor_where_the_vendor_counts(string model, string? path)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);
        var (status, body) = await stand.AskAsync(
            $$$"""{"model":"{{{model}}}","system":"be brief","messages":[{"role":"user","content":"one two three"}],"tools":[{"name":"t","description":"d","input_schema":{"type":"object"}}]}""", Stop, "/v1/messages/count_tokens");
        Assert.Equal(200, status);
        Assert.True(JsonDocument.Parse(body).RootElement.GetProperty("input_tokens").GetInt64() > 3);
        (status, body) = await stand.AskAsync("""{"contents":[{"role":"user","parts":[{"text":"one two three"}]}]}""", Stop, $"/v1beta/models/{model}:countTokens");
        Assert.Equal(200, status);
        Assert.True(JsonDocument.Parse(body).RootElement.GetProperty("totalTokens").GetInt64() > 2);
        Assert.Equal(path is null ? [] : [path, path], stand.Upstream.Requests.Select(request => request.Path));
        if (model == "gem")
        {
            Assert.Equal("models/gemini-2.5-pro", stand.Upstream.Requests.First().Json().GetProperty("generateContentRequest").GetProperty("model").GetString());
        }
    }
}
