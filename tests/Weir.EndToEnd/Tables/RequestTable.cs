using System.IO.Compression;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.Tables;

/// <summary>How a request is read: its credentials, its members, its encoding.</summary>
public sealed class RequestTable
{
    private static readonly string OneModel = Yaml.Models(Yaml.OpenAI("gpt", 'A'));

    private static readonly IReadOnlyList<Case> Table =
    [
        KeyIn("x-litellm-api-key", WeirProcess.MasterKey),
        KeyIn("x-litellm-api-key", "Bearer " + WeirProcess.MasterKey),
        KeyIn("Authorization", WeirProcess.MasterKey),
        KeyIn("Authorization", "bearer " + WeirProcess.MasterKey),
        KeyIn("api-key", WeirProcess.MasterKey),
        KeyIn("x-api-key", WeirProcess.MasterKey),
        KeyIn("Ocp-Apim-Subscription-Key", WeirProcess.MasterKey),
        new Case
        {
            Name = "The header that the config names carries the key",
            Config = "general_settings:\n  litellm_key_header_name: X-My-Key\n" + OneModel,
            Asks = [Ask.Chat() with { Key = null, Headers = new Dictionary<string, string> { ["X-My-Key"] = "Bearer " + WeirProcess.MasterKey }, Text = "A: hello" }],
        },
        new Case
        {
            Name = "Two different credentials for the gateway are refused",
            Config = OneModel,
            Asks = [Ask.Chat() with { Headers = new Dictionary<string, string> { ["api-key"] = "sk-another-one" }, Status = 400, Message = "" }],
            Calls = "A0",
        },
        new Case
        {
            Name = "The same credential twice is one credential",
            Config = OneModel,
            Asks = [Ask.Chat() with { Headers = new Dictionary<string, string> { ["api-key"] = WeirProcess.MasterKey }, Text = "A: hello" }],
        },
        new Case
        {
            Name = "A gateway key beside an authorization that is meant for the upstream is LiteLLM's documented form",
            Config = OneModel,
            Asks = [Ask.Chat() with { Key = "upstream-token", Headers = new Dictionary<string, string> { ["x-litellm-api-key"] = WeirProcess.MasterKey }, Text = "A: hello" }],
            Then = w => Assert.Equal("Bearer sk-upstream-A", w.A.Requests.Last.Header("Authorization")),
        },
        new Case
        {
            Name = "Neither the client's key nor its private headers go upstream",
            Config = OneModel,
            Asks = [Ask.Chat() with { Headers = new Dictionary<string, string> { ["Cookie"] = "a=b", ["X-Internal"] = "c", ["x-litellm-tags"] = "t" } }],
            Then = w =>
            {
                Assert.DoesNotContain(w.A.Requests.Last.Headers, h => h.Value.Contains(WeirProcess.MasterKey, StringComparison.Ordinal));
                Assert.Null(w.A.Requests.Last.Header("Cookie"));
                Assert.Null(w.A.Requests.Last.Header("X-Internal"));
                Assert.Null(w.A.Requests.Last.Header("x-litellm-tags"));
            },
        },
        new Case
        {
            Name = "Members that nobody knows go upstream untouched, byte by byte",
            Config = OneModel,
            Asks = [Ask.Raw("""{ "x_new": {"deep" : [1e2, 1.0, "\u00e4", null]},  "model":"gpt", "messages":[{"role":"user","content":"hello","x":1}], "seed": 7 }""") with { Text = "A: hello" }],
            Then = w => Assert.Equal("""{ "x_new": {"deep" : [1e2, 1.0, "\u00e4", null]},  "model":"m", "messages":[{"role":"user","content":"hello","x":1}], "seed": 7 }""", w.A.Requests.Last.BodyText),
        },
        new Case
        {
            Name = "Members of the answer that nobody knows come back",
            Azure = "A",
            Config = OneModel,
            Asks = [Ask.Chat() with { Holds = "prompt_filter_results" }],
        },
        new Case
        {
            Name = "LiteLLM's own members stay in the gateway",
            Config = OneModel,
            Asks = [Ask.Chat(members: "\"metadata\":{\"trace_id\":\"t\"},\"litellm_session_id\":\"s\",\"cache\":{\"no-cache\":true},\"guardrails\":[],\"num_retries\":0")],
            Then = w => Assert.Equal(["messages", "model"], w.A.Requests.Last.Json().EnumerateObject().Select(m => m.Name).Order()),
        },
        new Case
        {
            Name = "additional_drop_params takes members out",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "additional_drop_params: [seed, response_format]")),
            Asks = [Ask.Chat(members: "\"seed\":7,\"top_p\":0.5,\"response_format\":{\"type\":\"json_object\"}")],
            Then = w => Assert.Equal(["messages", "model", "top_p"], w.A.Requests.Last.Json().EnumerateObject().Select(m => m.Name).Order()),
        },
        new Case
        {
            Name = "Params of the deployment are sent when the request has none of its own",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "temperature: 0.25\nmax_tokens: 2\nextra_body:\n  reasoning: {effort: low}")),
            Asks = [Ask.Chat(members: "\"temperature\":0.5") with { Text = "A: hello" }],
            Then = w =>
            {
                var body = w.A.Requests.Last.Json();
                Assert.Equal(0.5, body.GetProperty("temperature").GetDouble());
                Assert.Equal(2, body.GetProperty("max_tokens").GetInt32());
                Assert.Equal("low", body.GetProperty("reasoning").GetProperty("effort").GetString());
            },
        },
        new Case
        {
            Name = "Headers of the deployment are sent",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "extra_headers:\n  X-Team: blue")),
            Asks = [Ask.Chat()],
            Then = w => Assert.Equal("blue", w.A.Requests.Last.Header("X-Team")),
        },
        new Case
        {
            Name = "A mock response calls nobody",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "mock_response: from the config"), Yaml.OpenAI("real", 'A')),
            Asks =
            [
                Ask.Chat() with { Text = "from the config" },
                Ask.Chat("real", members: "\"mock_response\":\"from the request\"") with { Text = "from the request" },
                Ask.Chat("real", stream: true, members: "\"mock_response\":\"streamed too\"") with { Text = "streamed too", End = StreamEnd.Done },
                Ask.Chat("real", members: "\"mock_response\":\"litellm.RateLimitError\"") with { Status = 429, Message = "litellm.RateLimitError" },
                Ask.Chat("real", members: "\"mock_response\":\"litellm.InternalServerError: boom\"") with { Status = 500, Message = "boom" },
            ],
            Calls = "A0",
        },
        Refused("A model that occurs twice is refused", """{"model":"gpt","model":"other","messages":[]}""", "model"),
        Refused("A member that occurs twice in another spelling is refused", """{"model":"gpt","messages":[],"\u006dodel":"other"}""", "model"),
        Refused("A usage option that occurs twice is refused", """{"model":"gpt","messages":[],"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}""", "include_usage"),
        Refused("Tags that occur twice in the metadata are refused", """{"model":"gpt","messages":[],"metadata":{"tags":["a"],"tags":["b"]}}""", "tags"),
        Refused("max_tokens that occurs twice is refused", """{"model":"gpt","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_tokens":100000}""", "max_tokens"),
        Refused("api_base in the body is refused", """{"model":"gpt","messages":[{"role":"user","content":"x"}],"api_base":"http://127.0.0.1:1/"}""", "api_base"),
        Refused("base_url in the body is refused", """{"model":"gpt","messages":[{"role":"user","content":"x"}],"base_url":"http://127.0.0.1:1/"}""", "base_url"),
        Refused("api_key in the body is refused", """{"model":"gpt","messages":[{"role":"user","content":"x"}],"api_key":"sk-x"}""", "api_key"),
        Refused("An AWS member in the body is refused", """{"model":"gpt","messages":[{"role":"user","content":"x"}],"aws_bedrock_runtime_endpoint":"http://127.0.0.1:1/"}""", "aws_bedrock_runtime_endpoint"),
        new Case
        {
            Name = "A client may name its own endpoint where the config says so, and the deployment's key never goes there",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "configurable_clientside_auth_params: [\"api_base\"]"), Yaml.OpenAI("named", 'B')),
            Asks = [Ask.Chat(members: "\"api_base\":\"UPSTREAM_B/v1\"") with { Text = "B: hello" }],
            Calls = "A0 B1",
            Then = w => Assert.DoesNotContain(w.B.Requests.Last.Headers, h => h.Value.Contains("sk-upstream-A", StringComparison.Ordinal)),
        },
        new Case
        {
            Name = "The body may be compressed with gzip",
            Config = OneModel,
            Asks = [Ask.Chat() with { Body = Gzip(Ask.Chat().Body), Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" }, Text = "A: hello" }],
            Then = w => Assert.Null(w.A.Requests.Last.Header("Content-Encoding")),
        },
        Encoded("A body compressed with brotli is a 415", "br", 415),
        Encoded("A body compressed twice is a 415", "gzip, gzip", 415),
        Encoded("A body that is not the gzip it says is a 400", "gzip", 400),
        new Case
        {
            Name = "A bomb of zeros is refused before it is inflated",
            Config = OneModel,
            Asks = [Ask.Chat() with { Body = Gzip(new byte[64 << 20]), Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" }, Status = 413 }],
            Calls = "A0",
        },
        new Case
        {
            Name = "The path's model wins where the body names none, and one that disagrees is not served under the body's name",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', model: "openai/a"), Yaml.OpenAI("other", 'B', model: "openai/b")),
            Asks = [Ask.Raw("""{"model":"other","messages":[{"role":"user","content":"hello"}]}""", "/openai/deployments/gpt/chat/completions?api-version=2024-10-21") with { Text = "A: hello" }],
            Calls = "A1 B0",
            Then = w => Assert.Equal("a", w.A.Requests.Last.Json().GetProperty("model").GetString()),
        },
        new Case
        {
            Name = "n, embeddings and the call id are handed on",
            Config = OneModel,
            Asks =
            [
                Ask.Chat(members: "\"n\":2") with { Check = r => Assert.Equal(2, r.Json.GetProperty("choices").GetArrayLength()) },
                Ask.Raw("""{"model":"gpt","input":["a","b"]}""", "/v1/embeddings") with { Check = r => Assert.Equal(2, r.Json.GetProperty("data").GetArrayLength()) },
                Ask.Chat() with { Headers = new Dictionary<string, string> { ["x-litellm-call-id"] = "my-call-1" }, ResponseHeaders = new Dictionary<string, string> { ["x-litellm-call-id"] = "my-call-1" } },
            ],
        },
        new Case
        {
            Name = "Tokens are counted without a call",
            Config = OneModel,
            Asks = [Ask.Raw("""{"model":"gpt","messages":[{"role":"user","content":"hello there"}]}""", "/utils/token_counter") with { Check = r => Assert.True(r.Json.GetProperty("total_tokens").GetInt32() > 1) }],
            Calls = "A0",
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_request_is_read_as_its_upstream_will_read_it(string name) => CaseRunner.RunAsync(Table, name);

    private static Case KeyIn(string header, string value) => new()
    {
        Name = $"The key may come as {header}: {value.Replace(WeirProcess.MasterKey, "KEY", StringComparison.Ordinal)}",
        Config = OneModel,
        Asks = [Ask.Chat() with { Key = null, Headers = new Dictionary<string, string> { [header] = value }, Text = "A: hello" }],
    };

    private static Case Refused(string name, string body, string member) => new()
    {
        Name = name,
        Config = OneModel,
        Asks = [Ask.Raw(body) with { Status = 400, Type = "invalid_request_error", Message = member }],
        Calls = "A0",
    };

    private static Case Encoded(string name, string encoding, int status) => new()
    {
        Name = name,
        Config = OneModel,
        Asks = [Ask.Chat() with { Headers = new Dictionary<string, string> { ["Content-Encoding"] = encoding }, Status = status }],
        Calls = "A0",
    };

    private static byte[] Gzip(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(body.Span);
        }

        return packed.ToArray();
    }
}
