using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;
using Weir.TestKit.Scripts;

namespace Weir.EndToEnd.Tables;

/// <summary>What happens to a stream, and to time.</summary>
public sealed class StreamTable
{
    private static readonly string OneModel = Yaml.Models(Yaml.OpenAI("gpt", 'A'));

    private const string Tool = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":{\"type\":\"object\"}}}]";

    private static readonly IReadOnlyList<Case> Table =
    [
        new Case
        {
            Name = "A stream is passed on whole and ends with DONE",
            Config = OneModel,
            Asks = [Ask.Chat(text: "one two three", stream: true) with { Text = "A: one two three", End = StreamEnd.Done, Lacks = "\"usage\":{" }],
            Then = w => Assert.True(w.A.Requests.Last.Json().GetProperty("stream_options").GetProperty("include_usage").GetBoolean()),
        },
        new Case
        {
            Name = "The usage chunk is passed on to those who asked",
            Config = OneModel,
            Asks = [Ask.Chat(stream: true, members: "\"stream_options\":{\"include_usage\":true}") with { End = StreamEnd.Done, Holds = "\"usage\":{\"prompt_tokens\":4" }],
        },
        new Case
        {
            Name = "A tool call streams through in its pieces",
            Config = OneModel,
            Given = w => w.A.Script.When("weather", ScriptedReply.Call("get_weather", """{"city":"Zürich"}""")),
            Asks =
            [
                Ask.Chat(text: "weather", stream: true, members: Tool) with
                {
                    End = StreamEnd.Done, Holds = "\"finish_reason\":\"tool_calls\"",
                },
            ],
        },
        Broken("A stream that is cut in the middle ends with an error event", Fault.CutAfter(3)),
        Broken("A stream that is reset in the middle ends with an error event", Fault.CutAfter(3) with { ByReset = true }),
        new Case
        {
            Name = "An error event of the upstream in the middle ends the stream with an error event",
            Config = OneModel,
            Given = w =>
            {
                // Long enough that the first part has gone out before the error comes in.
                w.A.Script.Enqueue(ScriptedReply.Say(string.Join(' ', Enumerable.Repeat("word", 5_000))));
                w.A.Faults.SetMode(Fault.ErrorEvent(4_900) with { Message = "denied for sk-upstream-A" });
            },
            Asks = [Ask.Chat(stream: true) with { End = StreamEnd.ErrorEvent, Holds = "word", Message = "litellm.InternalServerError", Lacks = "sk-upstream-A" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "An error event that comes first is an error with a status",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.ErrorEvent(0)),
            Asks = [Ask.Chat(stream: true) with { Status = 500, Message = "litellm.InternalServerError" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "An endless line that comes first is an error with a status and a kind of its own",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.EndlessLine()),
            Asks = [Ask.Chat(stream: true) with { Status = 500, Type = "stream_cap_exceeded", Message = "litellm." }],
            Calls = "A1",
        },
        Broken("A flood of events ends with an error event", Fault.EventFlood(), "litellm."),
        new Case
        {
            Name = "A stream that is garbage from the start is an error with a status",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Garbage),
            Asks = [Ask.Chat(stream: true) with { Status = 500, Message = "litellm.", Lacks = "oops" }],
        },
        new Case
        {
            Name = "A stream without an event is an error with a status",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.EmptyBody),
            Asks = [Ask.Chat(stream: true) with { Status = 500, Message = "litellm." }],
        },
        new Case
        {
            Name = "A stream that had its finish reason but no DONE is closed properly",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.NoDone),
            Asks = [Ask.Chat(stream: true) with { Text = "A: hello", End = StreamEnd.Done }],
        },
        new Case
        {
            Name = "After the first content there is no fallback, only an error event",
            Config = Yaml.Of("num_retries: 2\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.CutAfter(3)),
            Asks = [Ask.Chat(stream: true) with { Text = "A: hello", End = StreamEnd.ErrorEvent, Lacks = "B: " }],
            Calls = "A1 B0",
        },
        new Case
        {
            Name = "A stream of which only the role came may still fall back",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.CutAfter(1)),
            Asks = [Ask.Chat(stream: true) with { Text = "B: hello", End = StreamEnd.Done }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "No answer within the timeout is a 408",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "timeout: 0.3")),
            Given = w => w.A.Faults.SetMode(Fault.Hang()),
            Asks = [Ask.Chat() with { Status = 408, Message = "litellm.Timeout" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "A hanging upstream is left for the fallback, and its call is cancelled",
            Config = Yaml.Of("num_retries: 0\nfallbacks:\n  - gpt: [local]", Yaml.OpenAI("gpt", 'A', "timeout: 0.3"), Yaml.OpenAI("local", 'B')),
            Given = w => w.A.Faults.SetMode(Fault.Hang()),
            Asks =
            [
                Ask.Chat() with { Text = "B: hello" },
                Ask.Chat("local") with { Before = (w, token) => w.A.WaitForAbortedAsync(1, token) },
            ],
            Calls = "A1 B2",
        },
        new Case
        {
            Name = "A first chunk that does not come within stream_timeout is a 408",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "stream_timeout: 0.3")),
            Given = w => w.A.Faults.SetMode(Fault.HangAfter(0)),
            Asks = [Ask.Chat(stream: true) with { Status = 408, Message = "litellm.Timeout" }],
        },
        new Case
        {
            Name = "A stream that stands still in the middle ends with an error event",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "stream_idle_timeout: 0.3")),
            Given = w => w.A.Faults.SetMode(Fault.HangAfter(3)),
            Asks = [Ask.Chat(stream: true) with { End = StreamEnd.ErrorEvent, Text = "A: hello", Message = "litellm.Timeout" }],
        },
        new Case
        {
            Name = "A body that drips is cut off by the timeout",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A', "timeout: 0.5")),
            Given = w => w.A.Faults.SetMode(Fault.Drip(TimeSpan.FromMilliseconds(50))),
            Asks = [Ask.Chat() with { Status = 408, Message = "litellm.Timeout" }],
        },
        new Case
        {
            Name = "The body and the header may ask for another timeout",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Hang()),
            Asks =
            [
                Ask.Chat(members: "\"timeout\":0.3") with { Status = 408, Message = "litellm.Timeout" },
                Ask.Chat() with { Status = 408, Message = "litellm.Timeout", Headers = new Dictionary<string, string> { ["x-litellm-timeout"] = "0.3" } },
            ],
            Then = w => Assert.DoesNotContain("timeout", w.A.Requests.First().BodyText, StringComparison.Ordinal),
        },
        new Case
        {
            Name = "Headers without end are an error, never passed on",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.HugeHeaders(512 << 10)),
            Asks = [Ask.Chat() with { Status = 500, Message = "litellm.", Lacks = "hhhhhhhh" }],
        },
        new Case
        {
            Name = "Text completions stream through",
            Config = OneModel,
            Asks = [Ask.Raw("""{"model":"gpt","prompt":"once upon","stream":true}""", "/v1/completions") with { End = StreamEnd.Done, Holds = "text_completion" }],
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_stream_ends_as_its_client_can_tell(string name) => CaseRunner.RunAsync(Table, name);

    private static Case Broken(string name, Fault fault, string? message = null) => new()
    {
        Name = name,
        Config = OneModel,
        Given = w => w.A.Faults.SetMode(fault),
        Asks = [Ask.Chat(stream: true) with { End = StreamEnd.ErrorEvent, Message = message ?? "" }],
        Calls = "A1",
    };
}
