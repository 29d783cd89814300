using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Tables;

/// <summary>How a model's name finds its deployment: groups, aliases, wildcards, tags, references to the environment.</summary>
public sealed class NameTable
{
    private static readonly IReadOnlyList<Case> Table =
    [
        new Case
        {
            Name = "The upstream reads its own model's name and the client its own",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', model: "openai/real-model")),
            Asks = [Ask.Chat() with { Text = "A: hello", ResponseHeaders = new Dictionary<string, string> { ["x-litellm-model-group"] = "gpt", ["x-litellm-model-id"] = "", ["x-litellm-call-id"] = "" } }],
            Then = w => Assert.Equal("real-model", w.A.Requests.Last.Json().GetProperty("model").GetString()),
        },
        new Case
        {
            Name = "A provider wildcard hands the rest of the name on",
            Config = Yaml.Models(Yaml.OpenAI("openai/*", 'A', model: "\"openai/*\"")),
            Asks = [Ask.Chat("openai/gpt-9-mini") with { Text = "A: hello" }, Ask.Chat("groq/x") with { Status = 400, Message = "Invalid model name passed in model=groq/x" }],
            Then = w => Assert.Equal("gpt-9-mini", w.A.Requests.Last.Json().GetProperty("model").GetString()),
            Calls = "A1",
        },
        new Case
        {
            Name = "A star takes what nothing else takes, and an exact name wins over it",
            Config = Yaml.Models(Yaml.OpenAI("*", 'A', model: "\"openai/*\""), Yaml.OpenAI("gpt", 'B')),
            Asks = [Ask.Chat("anything") with { Text = "A: hello" }, Ask.Chat("gpt") with { Text = "B: hello" }],
            Then = w => Assert.Equal("anything", w.A.Requests.Last.Json().GetProperty("model").GetString()),
        },
        new Case
        {
            Name = "The more specific wildcard wins",
            Config = Yaml.Models(Yaml.OpenAI("*", 'A', model: "\"openai/*\""), Yaml.OpenAI("team/*", 'B', model: "\"openai/*\"")),
            Asks = [Ask.Chat("team/m1") with { Text = "B: hello" }],
            Then = w => Assert.Equal("m1", w.B.Requests.Last.Json().GetProperty("model").GetString()),
        },
        new Case
        {
            Name = "A wildcard over a vendor is listed as the vendor's models, one over an own server not",
            Config = Yaml.Models(
                "  - model_name: groq/llama-*\n    litellm_params:\n      model: groq/llama-*\n      api_key: k\n",
                Yaml.OpenAI("openai/*", 'A', model: "\"openai/*\"")),
            Asks =
            [
                Ask.Get("/v1/models") with { Holds = "\"groq/llama-3.3-70b-versatile\"", Lacks = "\"openai/" },
                Ask.Get("/v1/models") with { Holds = "groq", Lacks = "whisper" },
                Ask.Get("/v1/models?return_wildcard_routes=true") with { Holds = "\"openai/*\"" },
            ],
        },
        new Case
        {
            Name = "An alias leads to its group",
            Config = Yaml.Of("num_retries: 0\nmodel_group_alias:\n  gpt-4: gpt\n  secret:\n    model: gpt\n    hidden: true", Yaml.OpenAI("gpt", 'A')),
            Asks =
            [
                Ask.Chat("gpt-4") with { Text = "A: hello" },
                Ask.Chat("secret") with { Text = "A: hello" },
                Ask.Get("/v1/models") with { Holds = "\"gpt-4\"", Lacks = "\"secret\"" },
            ],
        },
        new Case
        {
            Name = "A model's name may hold slashes, colons and spaces",
            Config = Yaml.Models(Yaml.OpenAI("My Model (fast)", 'A', model: "openai/org/name:free")),
            Asks = [Ask.Chat("My Model (fast)") with { Text = "A: hello" }],
            Then = w => Assert.Equal("org/name:free", w.A.Requests.Last.Json().GetProperty("model").GetString()),
        },
        new Case
        {
            Name = "A deployment can be asked for by its id",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A') + "    model_info:\n      id: the-first\n", Yaml.OpenAI("gpt", 'B') + "    model_info:\n      id: the-second\n"),
            Asks = [Ask.Chat("the-second") with { Text = "B: hello", ResponseHeaders = new Dictionary<string, string> { ["x-litellm-model-id"] = "the-second" } }],
        },
        new Case
        {
            Name = "Model, address and key may come from the environment",
            Config = "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: os.environ/E2E_MODEL\n      api_base: UPSTREAM_A/v1\n      api_key: os.environ/E2E_KEY\n",
            Environment = new Dictionary<string, string> { ["E2E_MODEL"] = "openai/from-env", ["E2E_KEY"] = "sk-from-env" },
            Asks = [Ask.Chat() with { Text = "A: hello" }],
            Then = w =>
            {
                Assert.Equal("from-env", w.A.Requests.Last.Json().GetProperty("model").GetString());
                Assert.Equal("Bearer sk-from-env", w.A.Requests.Last.Header("Authorization"));
            },
        },
        new Case
        {
            Name = "Tags of the request choose the deployment",
            Config = Yaml.Of("num_retries: 0\nenable_tag_filtering: true", Yaml.OpenAI("gpt", 'A', "tags: [free]"), Yaml.OpenAI("gpt", 'B', "tags: [paid]")),
            Asks =
            [
                Ask.Chat(members: "\"tags\":[\"paid\"]") with { Text = "B: hello" },
                Ask.Chat(members: "\"metadata\":{\"tags\":[\"free\"]}") with { Text = "A: hello" },
                Ask.Chat() with { Text = "B: hello", Headers = new Dictionary<string, string> { ["x-litellm-tags"] = "paid" } },
                Ask.Chat(members: "\"tags\":[\"gold\"]") with { Status = 401, Message = "tag" },
            ],
            Calls = "A1 B2",
        },
        new Case
        {
            Name = "The default tag takes requests without a tag",
            Config = Yaml.Of("num_retries: 0\nenable_tag_filtering: true", Yaml.OpenAI("gpt", 'A', "tags: [default]"), Yaml.OpenAI("gpt", 'B', "tags: [paid]")),
            Asks = [Ask.Chat() with { Text = "A: hello" }, Ask.Chat() with { Text = "A: hello" }],
        },
        new Case
        {
            Name = "The list of models is the config's, and one of them can be read",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("other", 'A')),
            Asks =
            [
                Ask.Get("/v1/models") with { Holds = "\"id\":\"gpt\"" },
                Ask.Get("/models") with { Holds = "\"id\":\"other\"" },
                Ask.Get("/v1/models/gpt") with { Holds = "\"object\":\"model\"" },
            ],
            Calls = "A0",
        },
        new Case
        {
            Name = "A bad deployment fails alone",
            Config = "model_list:\n  - model_name: bad\n    litellm_params:\n      model: nosuchprovider/x\n" + Yaml.OpenAI("gpt", 'A'),
            Asks = [Ask.Chat() with { Text = "A: hello" }],
        },
        new Case
        {
            Name = "Unknown keys, null sections, CRLF and umlauts never stop a start",
            Config = ("# Schlüssel für alle\nlitellm_settings:\ngeneral_settings:\n  no_such_key: 1\n" + Yaml.Models(Yaml.OpenAI("gpt", 'A'))).Replace("\n", "\r\n", StringComparison.Ordinal),
            Asks = [Ask.Chat() with { Text = "A: hello" }],
        },
        new Case
        {
            Name = "Weights share the load",
            Config = Yaml.Of("num_retries: 0", Yaml.OpenAI("gpt", 'A', "weight: 1000000"), Yaml.OpenAI("gpt", 'B', "weight: 0.000001")),
            Asks = [.. Enumerable.Repeat(Ask.Chat() with { Text = "A: hello" }, 8)],
            Calls = "A8 B0",
        },
        new Case
        {
            Name = "The cheapest deployment serves under cost-based routing",
            Config = Yaml.Of("num_retries: 0\nrouting_strategy: cost-based-routing", Yaml.OpenAI("gpt", 'A', "input_cost_per_token: 0.00002\noutput_cost_per_token: 0.00002"), Yaml.OpenAI("gpt", 'B', "input_cost_per_token: 0.00001\noutput_cost_per_token: 0.00001")),
            Asks = [.. Enumerable.Repeat(Ask.Chat() with { Text = "B: hello" }, 4)],
            Calls = "A0 B4",
        },
        new Case
        {
            Name = "Health and readiness need no key",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A')),
            Asks =
            [
                Ask.Get("/health/liveliness") with { Key = null, Check = r => Assert.Equal("\"I'm alive!\"", r.Body) },
                Ask.Get("/health/readiness") with { Key = null, Holds = "\"status\"" },
                Ask.Get("/health") with { Key = null, Status = 401 },
            ],
        },
        new Case
        {
            Name = "Health calls each deployment and tells the sick from the healthy",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("other", 'B')),
            Given = w => w.B.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Get("/health") with { Check = r => Assert.Equal((1, 1), (r.Json.GetProperty("healthy_count").GetInt32(), r.Json.GetProperty("unhealthy_count").GetInt32())), Lacks = "sk-upstream" }],
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_name_finds_its_deployment(string name) => CaseRunner.RunAsync(Table, name);
}
