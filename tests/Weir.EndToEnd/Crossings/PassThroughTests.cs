using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Crossings;

/// <summary>Where both sides speak the same, each gets the other's bytes, whatever is in them.</summary>
public sealed partial class PassThroughTests(PassThroughTests.Gateway gateway) : IClassFixture<PassThroughTests.Gateway>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "/v1/chat/completions", "gpt", "/v1/chat/completions",
        """{ "brand_new" : {"z":1.50,"a":[ ]},"messages":[{"content":"caf\u00e9 é","role":"user","later":null}],  "model" : "gpt","temperature":1e0}""",
        """{"id":"x","brand_new":[1.50, 2e3],"choices":[{"index":0,"message":{"role":"assistant","content":"\u00e9 é","later":{}},"finish_reason":"stop"}],  "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"new":4}}""")]
    [InlineData(
        "/v1/responses", "gpt", "/v1/responses",
        """{ "brand_new" : {"z":1.50,"a":[ ]},"input":[{"content":"caf\u00e9 é","role":"user","later":null},{"type":"from_tomorrow"}],  "model" : "gpt"}""",
        """{"id":"resp_x","object":"response","status":"completed","brand_new":[1.50, 2e3],"output":[{"type":"from_tomorrow","é":"\u00e9"}],  "usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3,"new":4}}""")]
    [InlineData(
        "/v1/messages", "claude", "/v1/messages",
        """{ "brand_new" : {"z":1.50,"a":[ ]},"max_tokens":1e2,"messages":[{"content":[{"type":"from_tomorrow","é":"caf\u00e9"}],"role":"user"}],  "model" : "claude"}""",
        """{"id":"msg_x","type":"message","brand_new":[1.50, 2e3],"content":[{"type":"from_tomorrow"}],"stop_reason":"tomorrow",  "usage":{"input_tokens":1,"output_tokens":2,"new":4}}""")]
    [InlineData(
        "/v1beta/models/gem:generateContent", "gem", "/v1beta/models/gemini-3-flash-preview:generateContent",
        """{ "brandNew" : {"z":1.50,"a":[ ]},  "contents":[{"parts":[{"text":"caf\u00e9 é","fromTomorrow":1}]}]}""",
        """{"candidates":[{"content":{"parts":[{"fromTomorrow":1}]},"finishReason":"TOMORROW"}],"brandNew":[1.50, 2e3],  "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"new":4}}""")]
    public async Task Bodies_pass_as_they_are_but_for_the_name_of_the_model(string path, string model, string upstreamPath, string body, string answer)
    {
        gateway.Model.Answer = Encoding.UTF8.GetBytes(answer);
        gateway.Model.Streams = false;

        using var response = await gateway.PostAsync(path, body, Token);

        var came = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal((200, answer), ((int)response.StatusCode, OwnedId().Replace(came, "resp_x")));
        Assert.Equal(body.Replace($"\"model\" : \"{model}\"", $"\"model\" : \"{DialectModel.Of(model).Model}\"", StringComparison.Ordinal), gateway.Model.LastBody);
        Assert.Equal(upstreamPath, gateway.Model.LastTarget);
        Assert.False(response.Headers.Contains("x-weir-dropped-params"));
    }

    [Theory]
    [InlineData(
        "/v1/chat/completions", """{"model":"gpt","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"}]}""",
        "data: {\"brand_new\" : 1.50,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\",\"later\":[]}}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"new\":4}}\n\ndata: [DONE]\n\n")]
    [InlineData(
        "/v1/responses", """{"model":"gpt","stream":true,"input":"x"}""",
        "event: response.tomorrow\ndata: {\"type\":\"response.tomorrow\" ,\"é\":1.50}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\",\"later\":1,\"response\":{\"status\":\"completed\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}}\n\n")]
    [InlineData(
        "/v1/messages", """{"model":"claude","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\nevent: tomorrow\ndata: {\"type\":\"tomorrow\" ,\"é\":1.50}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\" , \"later\":1}\n\n")]
    [InlineData(
        "/v1beta/models/gem:streamGenerateContent?alt=sse", """{"contents":[{"parts":[{"text":"x"}]}]}""",
        "data: {\"candidates\" : [{\"content\":{\"parts\":[{\"text\":\"é\",\"later\":[]}]}}]}\n\ndata: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"new\":1.50}}\n\n")]
    public async Task Streams_pass_as_they_are(string path, string body, string answer)
    {
        gateway.Model.Answer = Encoding.UTF8.GetBytes(answer);
        gateway.Model.Streams = true;

        using var response = await gateway.PostAsync(path, body, Token);

        Assert.Equal((200, answer), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
    }

    [Theory]
    [InlineData("claude", "2024-10-22", "tools-2024,brand-new-2027")]
    [InlineData("gpt", "", "")]
    public async Task Anthropics_own_headers_go_on_where_Anthropic_is_spoken_and_no_further(string model, string version, string beta)
    {
        gateway.Model.Answer = """{"id":"x","choices":[{"message":{"content":"hi"}}],"type":"message","content":[{"type":"text","text":"hi"}],"usage":{"input_tokens":1,"output_tokens":1}}"""u8.ToArray();
        gateway.Model.Streams = false;

        using var response = await gateway.PostAsync(
            "/v1/messages", $$"""{"model":"{{model}}","max_tokens":9,"messages":[{"role":"user","content":"x"}]}""", Token,
            headers =>
            {
                headers.Add("anthropic-version", "2024-10-22");
                headers.Add("anthropic-beta", "tools-2024,brand-new-2027");
                headers.Add("x-stainless-lang", "js");
            });

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal((version, beta), (gateway.Model.LastHeaders["anthropic-version"].ToString(), gateway.Model.LastHeaders["anthropic-beta"].ToString()));
        Assert.Equal("", gateway.Model.LastHeaders["x-stainless-lang"].ToString());
        Assert.DoesNotContain(gateway.Model.LastHeaders, header => header.Value.ToString().Contains(WeirProcess.MasterKey, StringComparison.Ordinal));
    }

    /// <summary>A stored response gets an id that says whose it is; nothing else changes.</summary>
    [GeneratedRegex("resp_[A-Za-z0-9_-]{16,}", RegexOptions.NonBacktracking)]
    private static partial Regex OwnedId();

    /// <summary>One gateway for all.</summary>
    public sealed class Gateway : IAsyncLifetime
    {
        private WeirProcess? _weir;
        private HttpClient? _http;
        private FixedModel? _model;

        internal FixedModel Model => _model ?? throw new InvalidOperationException("not started");

        public async ValueTask InitializeAsync()
        {
            var token = TestContext.Current.CancellationToken;
            _model = await FixedModel.StartAsync(token);
            _weir = await WeirProcess.StartAsync(
                $$"""
                model_list:
                  - {model_name: gpt, litellm_params: {model: openai/gpt-4o, api_base: "{{_model.Root}}/v1", api_key: k} }
                  - {model_name: claude, litellm_params: {model: anthropic/claude-sonnet-4-5, api_base: "{{_model.Root}}", api_key: k} }
                  - {model_name: gem, litellm_params: {model: gemini/gemini-3-flash-preview, api_base: "{{_model.Root}}", api_key: k} }
                """,
                null,
                token);
            _http = new HttpClient { BaseAddress = _weir.Address };
        }

        public async ValueTask DisposeAsync()
        {
            _http?.Dispose();
            await (_weir?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_model?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        internal async Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancellationToken, Action<HttpRequestHeaders>? with = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("x-api-key", WeirProcess.MasterKey);
            with?.Invoke(request.Headers);
            return await (_http ?? throw new InvalidOperationException("not started")).SendAsync(request, cancellationToken);
        }
    }
}
