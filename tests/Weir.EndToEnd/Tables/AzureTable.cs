using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Tables;

/// <summary>Azure as an upstream, and Azure's clients in front.</summary>
public sealed class AzureTable
{
    private static readonly string Dated = Yaml.Models(Yaml.Azure("gpt", 'A'));

    private static readonly IReadOnlyList<Case> Table =
    [
        new Case
        {
            Name = "A dated deployment is called on its path with version and key",
            Azure = "A",
            Config = Dated,
            Asks = [Ask.Chat() with { Text = "A: hello" }],
            Then = w =>
            {
                Assert.Equal("/openai/deployments/dep/chat/completions", w.A.Requests.Last.Path);
                Assert.Equal("?api-version=2024-10-21", w.A.Requests.Last.Query);
                Assert.Equal("azure-key-A", w.A.Requests.Last.Header("api-key"));
                Assert.Null(w.A.Requests.Last.Header("Authorization"));
            },
        },
        new Case
        {
            Name = "The v1 route is used when the version says so, with the deployment in the body",
            Azure = "A",
            Config = Yaml.Models(Yaml.Azure("gpt", 'A', "api_version: preview")),
            Asks = [Ask.Chat() with { Text = "A: hello" }],
            Then = w =>
            {
                Assert.Equal("/openai/v1/chat/completions", w.A.Requests.Last.Path);
                Assert.Equal("dep", w.A.Requests.Last.Json().GetProperty("model").GetString());
            },
        },
        new Case
        {
            Name = "Embeddings and completions have Azure paths too",
            Azure = "A",
            Config = Dated,
            Asks =
            [
                Ask.Raw("""{"model":"gpt","input":"x"}""", "/v1/embeddings") with { Holds = "\"embedding\"" },
                Ask.Raw("""{"model":"gpt","prompt":"x"}""", "/v1/completions") with { Holds = "text_completion" },
            ],
            Then = w => Assert.Equal(["/openai/deployments/dep/embeddings", "/openai/deployments/dep/completions"], w.A.Requests.Select(r => r.Path)),
        },
        new Case
        {
            Name = "An Azure stream with its first chunk, its filter results and its late annotation is passed on to DONE",
            Azure = "A",
            Config = Dated,
            Asks = [Ask.Chat(stream: true) with { Text = "A: hello", End = StreamEnd.Done, Holds = "content_filter_results" }],
        },
        new Case
        {
            Name = "A content filter keeps its details",
            Azure = "A",
            Config = Dated,
            Given = w => w.A.Faults.SetMode(Fault.ContentFilter),
            Asks = [Ask.Chat() with { Status = 400, Message = "litellm.ContentPolicyViolationError", Holds = "provider_specific_fields" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "A content filter is not tried on another region",
            Azure = "AB",
            Config = Yaml.Of("num_retries: 3", Yaml.Azure("gpt", 'A', "api_version: \"2024-10-21\"\nweight: 1000000"), Yaml.Azure("gpt", 'B', "api_version: \"2024-10-21\"\nweight: 0.000001")),
            Given = w => w.A.Faults.SetMode(Fault.ContentFilter),
            Asks = [Ask.Chat() with { Status = 400, Message = "litellm.ContentPolicyViolationError" }],
            Calls = "A1 B0",
        },
        new Case
        {
            Name = "Another region takes over when one says 429 for a day",
            Azure = "AB",
            Config = Yaml.Of("num_retries: 1", Yaml.Azure("gpt", 'A', "api_version: \"2024-10-21\"\nweight: 1000000"), Yaml.Azure("gpt", 'B', "api_version: \"2024-10-21\"\nweight: 0.000001")),
            Given = w => w.A.Faults.SetMode(Fault.RateLimited("86400")),
            Asks = [Ask.Chat() with { Text = "B: hello" }, Ask.Chat(stream: true) with { Text = "B: hello", End = StreamEnd.Done }],
            Calls = "A1 B2",
        },
        new Case
        {
            Name = "Azure clients are served on their own paths and with their own key header",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A')),
            Asks =
            [
                Ask.Raw("""{"messages":[{"role":"user","content":"hello"}]}""", "/openai/deployments/gpt/chat/completions?api-version=2024-10-21") with
                {
                    Key = null, Headers = new Dictionary<string, string> { ["api-key"] = Gateways.WeirProcess.MasterKey }, Text = "A: hello",
                },
                Ask.Raw("""{"model":"gpt","messages":[{"role":"user","content":"hello"}]}""", "/openai/v1/chat/completions") with { Text = "A: hello" },
                Ask.Raw("""{"input":"hello"}""", "/openai/deployments/gpt/embeddings?api-version=2024-10-21") with { Holds = "\"embedding\"" },
            ],
            Then = w => Assert.All(w.A.Requests, r => Assert.Equal("m", r.Json().GetProperty("model").GetString())),
        },
        new Case
        {
            Name = "The upstream's region and request id are handed on under LiteLLM's prefix",
            Azure = "A",
            Config = Dated,
            Asks = [Ask.Chat() with { ResponseHeaders = new Dictionary<string, string> { ["llm_provider-x-ms-region"] = "West Europe", ["llm_provider-apim-request-id"] = "" } }],
        },
        new Case
        {
            Name = "A deployment that does not exist is a 404 that names it as the upstream does",
            Azure = "A",
            Config = Dated,
            Given = w => w.A.Faults.SetMode(Fault.Http(404) with { Code = "DeploymentNotFound", Message = "The API deployment for this resource does not exist." }),
            Asks = [Ask.Chat() with { Status = 404, Message = "AzureException - The API deployment for this resource does not exist." }],
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_Azure_quirk_is_known(string name) => CaseRunner.RunAsync(Table, name);
}
