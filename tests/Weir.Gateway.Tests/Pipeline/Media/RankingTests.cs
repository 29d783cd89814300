using System.Text;
using Weir.Gateway.Tests.Config.Binding;
using Weir.Providers;

namespace Weir.Gateway.Tests.Pipeline.Media;

/// <summary>Moderations and reranks: JSON in, JSON out.</summary>
public sealed class RankingTests
{
    private const string Ranked = """{"id":"r","results":[{"index":1,"relevance_score":0.9}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":2}}}""";
    private const string Judged = """{"id":"modr-1","model":"omni-moderation-latest","results":[{"flagged":true}]}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/rerank", "cohere/rerank-v3.5", "/v1/rerank")]
    [InlineData("/v1/rerank", "hosted_vllm/bge", "/v1/rerank")]
    [InlineData("/v2/rerank", "jina_ai/jina-reranker-v2", "/v1/rerank")]
    [InlineData("/rerank", "infinity/bge", "/v1/rerank")]
    [InlineData("/rerank", "azure_ai/cohere-rerank-v3", "/v1/rerank")]
    [InlineData("/rerank", "together_ai/Salesforce/Llama-Rank-V1", "/v1/rerank")]
    public async Task Documents_are_put_in_order_by_every_vendor_that_speaks_Coheres_shape(string path, string model, string upstreamPath)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Ranked, Stop), Stop, model, "{mode: rerank, input_cost_per_query: 0.002}");

        var (status, body) = await stand.Engine.AskAsync("""{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":1}""", Stop, path);

        Assert.Equal((200, Ranked), (status, body));
        var asked = Assert.Single(stand.Upstream.Asked);
        Assert.Equal(upstreamPath, asked.Path);
        Assert.Contains("\"documents\":[\"a\",{\"text\":\"b\"}]", Encoding.UTF8.GetString(asked.Body), StringComparison.Ordinal);
        var row = await stand.RowAsync();
        Assert.Equal((Operation.Rerank, 4_000_000L, true), (row.Operation, row.Cost.Nanos, row.CostKnown));
    }

    [Fact]
    public async Task A_rerank_that_tells_its_tokens_alone_is_charged_by_them()
    {
        await using var stand = await MediaStand.StartAsync(
            await MediaUpstream.AlwaysAsync("application/json", """{"results":[],"usage":{"total_tokens":50}}""", Stop), Stop, "jina_ai/r", "{mode: rerank, input_cost_per_token: 0.00001}");

        await stand.Engine.AskAsync("""{"model":"m","query":"q","documents":["a"]}""", Stop, "/rerank");

        var row = await stand.RowAsync();
        Assert.Equal((50, 500_000L), (row.Usage.Prompt, row.Cost.Nanos));
    }

    [Theory]
    [InlineData("""{"model":"m","documents":["a"]}""", "query")]
    [InlineData("""{"model":"m","query":"q"}""", "documents")]
    public async Task A_rerank_needs_a_question_and_documents(string body, string missing)
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Ranked, Stop), Stop, "cohere/rerank-v3.5");

        var (status, text) = await stand.Engine.AskAsync(body, Stop, "/rerank");

        Assert.Equal(400, status);
        Assert.Contains($"'{missing}'", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("omni-moderation-latest", "", """{"input":["a","b"]}""")]
    [InlineData("judge", "general_settings: {moderation_model: judge}\n", """{"input":"a"}""")]
    [InlineData("judge", "general_settings: {moderation_model: judge}\n", """{"model":"other","input":"a"}""")]
    [InlineData("judge", "", """{"model":"judge","input":"a"}""")]
    public async Task A_moderation_may_leave_its_model_out(string name, string settings, string body)
    {
        await using var stand = await MediaStand.StartWithAsync(
            await MediaUpstream.AlwaysAsync("application/json", Judged, Stop),
            $"model_list:\n  - {{model_name: {name}, litellm_params: {{model: openai/omni-moderation-latest, api_base: SERVER/v1, api_key: k}}, model_info: {{mode: moderation}}}}\n{settings}", Stop);

        var (status, text) = await stand.Engine.AskAsync(body, Stop, "/v1/moderations");

        Assert.Equal((200, Judged), (status, text));
        var asked = Assert.Single(stand.Upstream.Asked);
        Assert.Equal("/v1/moderations", asked.Path);
        Assert.Contains("\"model\":\"omni-moderation-latest\"", Encoding.UTF8.GetString(asked.Body), StringComparison.Ordinal);
        // OpenAI's own costs nothing; a server elsewhere has not said so.
        Assert.False((await stand.RowAsync()).CostKnown);
    }

    [Fact]
    public async Task A_moderation_without_any_model_says_what_to_set()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Judged, Stop), Stop);

        var (status, text) = await stand.Engine.AskAsync("""{"input":"a"}""", Stop, "/moderations");

        Assert.Equal(400, status);
        Assert.Contains("general_settings.moderation_model", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vendor_without_the_operation_says_so()
    {
        await using var stand = await MediaStand.StartAsync(await MediaUpstream.AlwaysAsync("application/json", Judged, Stop), Stop, "cohere/rerank-v3.5");

        var (status, text) = await stand.Engine.AskAsync("""{"model":"m","input":"a","voice":"alloy"}""", Stop, "/audio/speech");

        Assert.Equal(400, status);
        Assert.Contains("'cohere' does not serve Speech", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cohere/command-r", "{}", "provider-not-served")]
    [InlineData("cohere/embed-v4", "{}", "provider-not-served")]
    [InlineData("cohere/x", "{mode: rerank}", null)]
    [InlineData("cohere/rerank-v3.5", "{}", null)]
    [InlineData("jina_ai/jina-embeddings-v3", "{}", null)]
    [InlineData("infinity/michaelfeil/bge", "{}", null)]
    [InlineData("jina_ai/x", "{mode: chat}", "provider-not-served")]
    [InlineData("openai/whisper-1", "{mode: audio_transcription}", null)]
    [InlineData("anthropic/claude-x", "{mode: image_generation}", "mode-not-served")]
    [InlineData("azure/x", "{mode: rerank}", "mode-not-served")]
    public void Check_tells_of_a_mode_that_the_provider_does_not_serve(string model, string info, string? told)
    {
        var bound = Bound.From($"model_list:\n  - model_name: m\n    litellm_params: {{model: {model}, api_key: k, api_base: 'https://x.example'}}\n    model_info: {info}\n");

        Assert.Equal(told is null ? [] : [told], bound.Problems.Select(static problem => problem.Code));
    }

    [Fact]
    public async Task Health_probes_what_has_a_small_call_and_tells_why_the_rest_is_left_out()
    {
        await using var stand = await MediaStand.StartWithAsync(await MediaUpstream.AlwaysAsync("application/json", Ranked, Stop), """
            model_list:
              - {model_name: r, litellm_params: {model: cohere/r, api_base: SERVER/v1, api_key: k}, model_info: {mode: rerank}}
              - {model_name: i, litellm_params: {model: openai/i, api_base: SERVER/v1, api_key: k}, model_info: {mode: image_generation}}
            """, Stop);

        var text = await stand.Engine.Http.GetStringAsync("/health", Stop);

        Assert.Contains("\"healthy_count\":1,\"unhealthy_count\":0", text, StringComparison.Ordinal);
        Assert.Contains("each image costs money", text, StringComparison.Ordinal);
        Assert.Equal("/v1/rerank", Assert.Single(stand.Upstream.Asked).Path);
    }
}
