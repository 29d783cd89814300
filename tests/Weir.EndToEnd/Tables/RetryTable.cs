using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Tables;

/// <summary>Retries inside a group and cooldowns of its deployments.</summary>
public sealed class RetryTable
{
    private static readonly IReadOnlyList<Case> Table =
    [
        new Case
        {
            Name = "A 500 is tried again and the answer comes",
            Config = Yaml.Of("num_retries: 2", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.Enqueue(Fault.Http(500), Fault.Http(500)),
            Asks = [Ask.Chat() with { Text = "A: hello", ResponseHeaders = new Dictionary<string, string> { ["x-litellm-attempted-retries"] = "2" } }],
            Calls = "A3",
        },
        new Case
        {
            Name = "A stream that fails before its first chunk is tried again",
            Config = Yaml.Of("num_retries: 1", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.Enqueue(Fault.Http(503)),
            Asks = [Ask.Chat(stream: true) with { Text = "A: hello", End = StreamEnd.Done }],
            Calls = "A2",
        },
        new Case
        {
            Name = "When the retries are used up the message says how many there were",
            Config = Yaml.Of("num_retries: 2", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.SetMode(Fault.Http(500)),
            Asks = [Ask.Chat() with { Status = 500, Message = "LiteLLM Retried: 2 times, LiteLLM Max Retries: 2" }],
            Calls = "A3",
        },
        new Case
        {
            Name = "A 400 is not tried again",
            Config = Yaml.Of("num_retries: 3", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.SetMode(Fault.Http(400)),
            Asks = [Ask.Chat() with { Status = 400, Message = "litellm.BadRequestError" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "A wrong key is not tried again where there is no other deployment",
            Config = Yaml.Of("num_retries: 3", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.SetMode(Fault.Http(401)),
            Asks = [Ask.Chat() with { Status = 401, Message = "litellm.AuthenticationError" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "A retry goes to the other deployment of the group",
            Config = Yaml.Of("num_retries: 1\nmodel_group_retry_policy: {}", Yaml.OpenAI("gpt", 'A', "weight: 1000000"), Yaml.OpenAI("gpt", 'B', "weight: 0.000001")),
            Given = w => w.A.Faults.SetMode(Fault.RateLimited("30")),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "A wrong key of one deployment is answered by the other",
            Config = Yaml.Of("num_retries: 1", Yaml.OpenAI("gpt", 'A', "weight: 1000000"), Yaml.OpenAI("gpt", 'B', "weight: 0.000001")),
            Given = w => w.A.Faults.SetMode(Fault.Http(401)),
            Asks = [Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B1",
        },
        new Case
        {
            Name = "A retry policy by kind of error wins over the number of retries",
            Config = Yaml.Of("num_retries: 5\nretry_policy:\n  InternalServerErrorRetries: 1\n  RateLimitErrorRetries: 0", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("gpt2", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(500));
                w.B.Faults.SetMode(Fault.RateLimited());
            },
            Asks =
            [
                Ask.Chat() with { Status = 500, Message = "litellm.InternalServerError" },
                Ask.Chat("gpt2") with { Status = 429, Message = "litellm.RateLimitError" },
            ],
            Calls = "A2 B1",
        },
        new Case
        {
            Name = "A retry policy of one group is its own",
            Config = Yaml.Of("num_retries: 0\nmodel_group_retry_policy:\n  gpt:\n    InternalServerErrorRetries: 2", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("other", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(500));
                w.B.Faults.SetMode(Fault.Http(500));
            },
            Asks =
            [
                Ask.Chat() with { Status = 500, Message = "litellm.InternalServerError" },
                Ask.Chat("other") with { Status = 500, Message = "litellm.InternalServerError" },
            ],
            Calls = "A3 B1",
        },
        new Case
        {
            Name = "The body and the header may ask for another number of retries",
            Config = Yaml.Models(Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("other", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.Http(500));
                w.B.Faults.SetMode(Fault.Http(500));
            },
            Asks =
            [
                Ask.Chat(members: "\"num_retries\":1") with { Status = 500, Message = "" },
                Ask.Chat("other") with { Status = 500, Message = "", Headers = new Dictionary<string, string> { ["x-litellm-num-retries"] = "2" } },
            ],
            Calls = "A2 B3",
            Then = w => Assert.DoesNotContain("num_retries", w.A.Requests.Last.BodyText, StringComparison.Ordinal),
        },
        new Case
        {
            Name = "num_retries under litellm_settings counts too",
            Config = "litellm_settings:\n  num_retries: 1\nmodel_list:\n" + Yaml.OpenAI("gpt", 'A'),
            Given = w => w.A.Faults.SetMode(Fault.Http(503)),
            Asks = [Ask.Chat() with { Status = 503, Message = "litellm.ServiceUnavailableError" }],
            Calls = "A2",
        },
        new Case
        {
            Name = "A short retry-after is waited for",
            Config = Yaml.Of("num_retries: 1", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.Enqueue(Fault.RateLimited(retryAfterMs: 50)),
            Asks = [Ask.Chat() with { Text = "A: hello" }],
            Calls = "A2",
        },
        new Case
        {
            Name = "A deployment that was rate limited rests and the other one serves",
            Config = Yaml.Of("num_retries: 1\ncooldown_time: 60", Yaml.OpenAI("gpt", 'A', "weight: 1000000"), Yaml.OpenAI("gpt", 'B', "weight: 0.000001")),
            Given = w => w.A.Faults.Enqueue(Fault.RateLimited()),
            Asks = [Ask.Chat() with { Text = "B: hello" }, Ask.Chat() with { Text = "B: hello" }, Ask.Chat() with { Text = "B: hello" }],
            Calls = "A1 B3",
        },
        new Case
        {
            Name = "With cooldowns off a deployment that was rate limited is asked again",
            Config = Yaml.Of("num_retries: 1\ndisable_cooldowns: true", Yaml.OpenAI("gpt", 'A', "weight: 1000000"), Yaml.OpenAI("gpt", 'B', "weight: 0.000001")),
            Given = w => w.A.Faults.Enqueue(Fault.RateLimited()),
            Asks = [Ask.Chat(), Ask.Chat() with { Text = "A: hello" }],
        },
        new Case
        {
            Name = "A group with one deployment does not cool it down",
            Config = Yaml.Of("num_retries: 0\ncooldown_time: 60", Yaml.OpenAI("gpt", 'A')),
            Given = w => w.A.Faults.Enqueue(Fault.RateLimited("86400")),
            Asks = [Ask.Chat() with { Status = 429, Message = "litellm.RateLimitError" }, Ask.Chat() with { Text = "A: hello" }],
            Calls = "A2",
        },
        new Case
        {
            Name = "The lowest order serves, and the next one when it fails",
            Config = Yaml.Of("num_retries: 0", Yaml.OpenAI("gpt", 'A', "order: 1"), Yaml.OpenAI("gpt", 'B', "order: 2")),
            Given = w => w.A.Faults.Enqueue(Fault.None, Fault.Http(500)),
            Asks = [Ask.Chat() with { Text = "A: hello" }, Ask.Chat() with { Text = "B: hello" }],
            Calls = "A2 B1",
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_failure_is_tried_again_as_the_config_says(string name) => CaseRunner.RunAsync(Table, name);
}
