using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Tables;

/// <summary>Every refusal and every upstream error has LiteLLM's status and envelope.</summary>
public sealed class ErrorTable
{
    private static readonly string OneModel = Yaml.Models(Yaml.OpenAI("gpt", 'A'));

    private static readonly IReadOnlyList<Case> Table =
    [
        Refused("No key is a 401", Ask.Chat() with { Key = null, Status = 401, Type = "auth_error", Message = "No api key passed in." }),
        Refused("A key that does not start with sk- is a 401", Ask.Chat() with { Key = "abc", Status = 401, Type = "auth_error", Message = "expected to start with 'sk-'" }),
        Refused("An unknown key is a 401 that names the key by its end and its hash", Ask.Chat() with
        {
            Key = "sk-not-the-one-wxyz",
            Status = 401,
            Type = "token_not_found_in_db",
            Param = "key",
            Message = "sk-...wxyz",
            Lacks = "not-the-one",
        }),
        Refused("A body that is no JSON is a 400", Ask.Raw("{\"model\":") with { Status = 400, Type = "invalid_request_error", Param = "request_body", Message = "" }),
        Refused("A body that is a JSON list is a 400", Ask.Raw("[]") with { Status = 400, Type = "invalid_request_error", Message = "" }),
        Refused("An unknown model is a 400 that says where the models are listed", Ask.Chat("nope") with
        {
            Status = 400,
            Type = "invalid_request_error",
            Param = "model",
            Message = "/chat/completions: Invalid model name passed in model=nope. Call `/v1/models` to view available models for your key.",
        }),
        Refused("A chat without messages is a 400 that names the member", Ask.Raw("""{"model":"gpt"}""") with
        {
            Status = 400, Type = "invalid_request_error", Param = "messages", Message = "/chat/completions: Missing required parameter: 'messages'.",
        }),
        Refused("An embedding without input is a 400 that names the member", Ask.Raw("""{"model":"gpt"}""", "/v1/embeddings") with
        {
            Status = 400, Type = "invalid_request_error", Param = "input", Message = "Missing required parameter: 'input'.",
        }),
        Refused("An unknown route is FastAPI's 404", Ask.Raw("{}", "/v1/nowhere") with { Status = 404, Check = r => Assert.Equal("""{"detail":"Not Found"}""", r.Body) }),
        Refused("A switch that only tests may use is refused unless the config allows it", Ask.Chat(members: "\"mock_testing_fallbacks\":true") with
        {
            Status = 400, Message = "Mock testing request params are disabled on this proxy",
        }),
        Upstream("A 400 of the upstream stays a 400", Fault.Http(400), 400, "litellm.BadRequestError"),
        Upstream("A 401 of the upstream stays a 401", Fault.Http(401), 401, "litellm.AuthenticationError"),
        Upstream("A 403 of the upstream stays a 403", Fault.Http(403), 403, "litellm.PermissionDeniedError"),
        Upstream("A 404 of the upstream stays a 404", Fault.Http(404), 404, "litellm.NotFoundError"),
        Upstream("A 408 of the upstream stays a 408", Fault.Http(408), 408, "litellm.Timeout"),
        Upstream("A 422 of the upstream stays a 422", Fault.Http(422), 422, "litellm.UnprocessableEntityError"),
        Upstream("A 429 of the upstream stays a 429", Fault.RateLimited(), 429, "litellm.RateLimitError"),
        Upstream("A 500 of the upstream stays a 500", Fault.Http(500), 500, "litellm.InternalServerError"),
        Upstream("A 502 of the upstream stays a 502", Fault.Http(502), 502, "litellm.BadGatewayError"),
        Upstream("A 503 of the upstream stays a 503", Fault.Http(503), 503, "litellm.ServiceUnavailableError"),
        Upstream("A prompt that is too long is a 400 of its own class", Fault.ContextLengthExceeded, 400, "litellm.ContextWindowExceededError"),
        Upstream("A prompt that the content filter refused is a 400 of its own class", Fault.ContentFilter, 400, "litellm.ContentPolicyViolationError"),
        Upstream("A streamed request that fails before its first chunk has a real status", Fault.Http(500), 500, "litellm.InternalServerError", stream: true),
        new Case
        {
            Name = "The message names the model group and its fallbacks",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Http(400) with { Message = "temperature is out of range" }),
            Asks =
            [
                Ask.Chat() with { Status = 400, Message = "OpenAIException - temperature is out of range" },
                Ask.Chat() with { Status = 400, Message = "Received Model Group=gpt\nAvailable Model Group Fallbacks=None" },
            ],
        },
        new Case
        {
            Name = "The upstream's echo of a key never reaches the client",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Http(401) with { Echo = true }),
            Asks = [Ask.Chat() with { Status = 401, Message = "litellm.AuthenticationError", Lacks = "sk-upstream-A" }],
            Then = w => Assert.Equal("Bearer sk-upstream-A", w.A.Requests.Last.Header("Authorization")),
        },
        new Case
        {
            Name = "A refused connection is a 500 that says so",
            Config = OneModel,
            Down = "A",
            Asks = [Ask.Chat() with { Status = 500, Message = "Connection error" }],
            Calls = "A0",
        },
        new Case
        {
            Name = "A connection that is reset before the answer is a 500 that says so",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Reset),
            Asks = [Ask.Chat() with { Status = 500, Message = "Connection error" }],
            Calls = "A1",
        },
        Broken("An answer that is no JSON is an error, never passed on", Fault.Garbage, "oops"),
        Broken("An empty answer is an error, never passed on", Fault.EmptyBody, null),
        Broken("An answer shorter than its length is an error, never passed on", Fault.LengthTooLong, "chat.completion"),
        Broken("An answer longer than its length is an error, never passed on", Fault.LengthTooShort, "chat.completion"),
        Broken("An answer that is cut in the middle is an error, never passed on", Fault.CutAfter(1), "chat.completion"),
        new Case
        {
            Name = "A redirect to an address that no config names is not followed",
            Config = OneModel,
            Given = w => w.A.Faults.SetMode(Fault.Redirect("http://169.254.169.254/latest/meta-data/")),
            Asks = [Ask.Chat() with { Status = 500, Message = "", Lacks = "meta-data" }],
            Calls = "A1",
        },
        new Case
        {
            Name = "All deployments cooling is a 429 that says when to come back",
            Config = Yaml.Of("num_retries: 0\ncooldown_time: 60", Yaml.OpenAI("gpt", 'A'), Yaml.OpenAI("gpt", 'B')),
            Given = w =>
            {
                w.A.Faults.SetMode(Fault.RateLimited());
                w.B.Faults.SetMode(Fault.RateLimited());
            },
            Asks =
            [
                Ask.Chat() with { Status = 429, Message = "litellm.RateLimitError" },
                Ask.Chat() with { Status = 429, Message = "litellm.RateLimitError" },
                Ask.Chat() with
                {
                    Status = 429,
                    Message = "No deployments available for selected model, Try again in",
                    ResponseHeaders = new Dictionary<string, string> { ["retry-after"] = "" },
                },
            ],
            Calls = "A1 B1",
        },
    ];

    public static TheoryData<string> Names => CaseRunner.Names(Table);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Each_error_is_the_one_that_clients_know(string name) => CaseRunner.RunAsync(Table, name);

    private static Case Refused(string name, Ask ask) => new() { Name = name, Config = OneModel, Asks = [ask], Calls = "A0" };

    private static Case Upstream(string name, Fault fault, int status, string message, bool stream = false) => new()
    {
        Name = name,
        Config = OneModel,
        Given = w => w.A.Faults.SetMode(fault),
        Asks =
        [
            Ask.Chat(stream: stream) with
            {
                Status = status,
                Message = message,
                Check = r => Assert.Equal(JsonValueKind.String, r.Error.GetProperty("code").ValueKind),
            },
        ],
        Calls = "A1",
    };

    private static Case Broken(string name, Fault fault, string? lacks) => new()
    {
        Name = name,
        Config = OneModel,
        Given = w => w.A.Faults.SetMode(fault),
        Asks = [Ask.Chat() with { Status = 500, Message = "litellm.", Lacks = lacks }],
        Calls = "A1",
    };
}
