using System.Text.Json;

namespace Weir.Gateway.Tests.Pipeline;

/// <summary>What is refused before anyone is asked.</summary>
public sealed class RequestChecksTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private const string Config =
        """
        model_list:
          - model_name: m
            litellm_params: {model: openai/up, api_base: UPSTREAM/v1, api_key: k}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "/v1/chat/completions", "{" + Messages + "}", "model", "Missing required parameter: 'model'" },
        { "/v1/chat/completions", $$"""{"model":null,{{Messages}}}""", "model", "'model' must be a string" },
        { "/v1/chat/completions", $$"""{"model":"nobody",{{Messages}}}""", "model", "Invalid model name passed in model=nobody" },
        { "/v1/chat/completions", $$"""{"model":"{{new string('x', 513)}}",{{Messages}}}""", "model", "Invalid model name" },
        { "/openai/deployments/nobody/chat/completions", $$"""{"model":"m",{{Messages}}}""", "model", "passed in model=nobody" },
        { "/v1/chat/completions", """{"model":"m"}""", "messages", "Missing required parameter: 'messages'" },
        { "/v1/completions", $$"""{"model":"m",{{Messages}}}""", "prompt", "Missing required parameter: 'prompt'" },
        { "/v1/embeddings", """{"model":"m","prompt":"x"}""", "input", "Missing required parameter: 'input'" },
        { "/v1/chat/completions", $$"""{"model":"m","mock_testing_fallbacks":true,{{Messages}}}""", "mock_testing_fallbacks", "disabled on this proxy" },
        { "/v1/chat/completions", $$"""{"model":"m","guardrails":["pii"],{{Messages}}}""", "guardrails", "refused rather than sent unchecked" },
        { "/v1/chat/completions", $$"""{"model":"m","policies":{"a":1},{{Messages}}}""", "policies", "refused rather than sent unchecked" },
        { "/v1/chat/completions", $$"""{"model":"m","extra_body":{"a":1},{{Messages}}}""", "extra_body", "at the top level" },
        { "/v1/chat/completions", $$"""{"model":"m","extra_headers":{"a":"b"},{{Messages}}}""", "extra_headers", "at the top level" },
        { "/v1/chat/completions", $$"""{"model":"m","azure_endpoint":"https://x",{{Messages}}}""", "azure_endpoint", "can't be set by a request" },
        { "/v1/chat/completions", $$"""{"model":"m","model":"m",{{Messages}}}""", "model", "model" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_can_not_be_served_as_asked_is_refused_by_name(string path, string body, string param, string said)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        var (status, answer) = await stand.AskAsync(body, Stop, path);

        Assert.InRange(status, 400, 499);
        using var json = JsonDocument.Parse(answer);
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(said, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("\"guardrails\":[]")]
    [InlineData("\"guardrails\":null")]
    [InlineData("\"policies\":{}")]
    [InlineData("\"extra_body\":{}")]
    [InlineData("\"extra_headers\":null")]
    public async Task What_asks_for_nothing_is_taken_out_and_passes(string member)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        Assert.Equal(200, (await stand.AskAsync($$"""{"model":"m",{{member}},{{Messages}}}""", Stop)).Status);
        Assert.Equal(["model", "messages"], stand.Upstream.Requests.Last.Json().EnumerateObject().Select(static item => item.Name));
    }

    [Theory]
    [InlineData("\"model\":\"anything\",")]
    [InlineData("\"model\":\"m\",")]
    [InlineData("")]
    public async Task A_model_in_the_path_decides_and_the_body_says_what_it_decided(string model)
    {
        await using var stand = await EngineStand.StartAsync(Config, Stop);

        Assert.Equal(200, (await stand.AskAsync("{" + model + Messages + "}", Stop, "/openai/deployments/m/chat/completions")).Status);
        Assert.Equal("up", stand.Upstream.Requests.Last.Json().GetProperty("model").GetString());
    }
}
