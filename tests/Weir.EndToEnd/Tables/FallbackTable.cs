using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Tables;

/// <summary>The three kinds of fallbacks, the default ones, and those of a request.</summary>
public sealed class FallbackTable
{
    private static readonly IReadOnlyList<Case> Table =
    [
        new Case
        {
            Name = "A group that fails falls back to the next and says so",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks =
            [
                Ask.Chat() with
                {
                    Text = "B: hello",
                    ResponseHeaders = new Dictionary<string, string> { ["x-litellm-attempted-fallbacks"] = "1", ["x-litellm-model-group"] = "local" },
                },
            ],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "Fallbacks under litellm_settings count too",
            Config = "litellm_settings:\n  num_retries: 0\n  fallbacks: [{\"gpt\": [\"local\"]}]\nmodel_list:\n" + Yaml.OpenAI("gpt", 'A') + Yaml.OpenAI("local", 'B'),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "Fallback groups are tried in their order, each with its own retries",
            Config = Yaml.Of("num_retries: 1\nfallbacks:\n  - gpt: [b, c]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("b", 'B'), Yaml.OpenAI("c", 'C')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(500));
                w.B.Faults.SetMode(Fault.Http(503));
            },
            Asks = [Ask.Chat() with { Text = "C: hello", ResponseHeaders = new Dictionary<string, string> { ["x-litellm-attempted-fallbacks"] = "2" } }],
            Calls = "A2 B2 C1",
        },
        new Case
        {
            Name = "When every fallback fails the first group's error is returned with the story",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(503));
                w.B.Faults.SetMode(Fault.Http(401));
            },
            Asks =
            [
                Ask.Chat() with { Status = 503, Message = "Available Model Group Fallbacks=['local']" },
                Ask.Chat() with { Status = 503, Message = "Error doing the fallback:" },
            ],
            Calls = "A2 B2",
        },
        new Case
        {
            Name = "With router details off the chain is not told",
            Config = "litellm_settings:\n  expose_router_debug_in_errors: false\n" + Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(503));
                w.B.Faults.SetMode(Fault.Http(503));
            },
            Asks = [Ask.Chat() with { Status = 503, Message = "litellm.ServiceUnavailableError", Lacks = "Available Model Group Fallbacks" }],
        },
        new Case
        {
            Name = "A prompt that is too long goes to the context window fallback and no other",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [c]\ncontext_window_fallbacks:\n  - gpt: [long]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("long", 'B'), Yaml.OpenAI("c", 'C')),
            Given = w => w.A.Faults.SetMode(Fault.ContextLengthExceeded),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1 C0",
        },
        new Case
        {
            Name = "A prompt that the filter refused goes to the content policy fallback and no other",
            Azure = "A",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [c]\ncontent_policy_fallbacks:\n  - gpt: [other]", Yaml.Azure("gpt", 'A'), Yaml.OpenAI("other", 'B'), Yaml.OpenAI("c", 'C')),
            Given = w => w.A.Faults.SetMode(Fault.ContentFilter),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1 C0",
        },
        new Case
        {
            Name = "A group without an entry uses the default fallbacks",
            Config = Yaml.Of("num_retries: 0\ndefault_fallbacks: [safety]\nfallbacks:\n  - other: [c]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("safety", 'B'), Yaml.OpenAI("c", 'C'), Yaml.OpenAI("other", 'A')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat() with { Text = "B: hello" }, Ask.Chat("other") with { Text = "C: hello" }],
            Calls = "A2 B1 C1",
        },
        new Case
        {
            Name = "A star in the fallbacks means every group",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - \"*\": [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "A request may bring its own fallbacks, and they do not go upstream",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat(members: "\"fallbacks\":[\"local\"]") with { Text = "B: hello" }],
            Calls = "A1 B1",
            Then = w => Assert.DoesNotContain("fallbacks", w.B.Requests.Last.BodyText, StringComparison.Ordinal),
        },
        new Case
        {
            Name = "A request may do without fallbacks",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat(members: "\"disable_fallbacks\":true") with { Status = 500, Message = "litellm.InternalServerError" }],
            Calls = "A1 B0",
        },
        new Case
        {
            Name = "A stream falls back before its first chunk",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.CutAfter(0)),
            Asks = [Ask.Chat(stream: true) with { Text = "B: hello", End = StreamEnd.Done, Lacks = "A: " }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "A refused connection falls back",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Down = "A",
            Asks = [Ask.Chat() with { Text = "B: hello" }, Ask.Chat(stream: true) with { Text = "B: hello", End = StreamEnd.Done }],
            Calls = "A0 B2",
        },
        new Case
        {
            Name = "An answer that is no JSON falls back",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Garbage),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "No more groups are tried than max_fallbacks says",
            Config = Yaml.Of("num_retries: 0\nmax_fallbacks: 1\nfallbacks:\n  - gpt: [b, c]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("b", 'B'), Yaml.OpenAI("c", 'C')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(500));
                w.B.Faults.SetMode(Fault.Http(500));
            },
            Asks = [Ask.Chat() with { Status = 500, Message = "" }],
            Calls = "A1 B1 C0",
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_failure_ends_at_the_right_group(string name) => CaseRunner.RunAsync(Table, name);
}
