using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Providers;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class FaultReaderTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    public static TheoryData<string, int, string, string, string> Bodies => new()
    {
        // OpenAI's and Azure's envelope, kind by status.
        { "openai", 400, """{"error":{"message":"Invalid value","type":"invalid_request_error","param":"n","code":null}}""", nameof(FaultKind.BadRequest), "Invalid value" },
        { "openai", 401, """{"error":{"message":"No access","type":"invalid_request_error","code":"invalid_api_key"}}""", nameof(FaultKind.Authentication), "No access" },
        { "openai", 403, """{"error":{"message":"Country not supported","code":"unsupported_country_region_territory"}}""", nameof(FaultKind.PermissionDenied), "Country not supported" },
        { "openai", 404, """{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}""", nameof(FaultKind.NotFound), "The model `x` does not exist" },
        { "openai", 400, """{"error":{"message":"no such model","code":"model_not_found"}}""", nameof(FaultKind.NotFound), "no such model" },
        { "openai", 408, """{"error":{"message":"slow"}}""", nameof(FaultKind.Timeout), "slow" },
        { "openai", 409, """{"error":{"message":"busy"}}""", nameof(FaultKind.Unavailable), "busy" },
        { "openai", 422, """{"error":{"message":"shape"}}""", nameof(FaultKind.Unprocessable), "shape" },
        { "openai", 429, """{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}""", nameof(FaultKind.RateLimited), "Rate limit reached" },
        { "openai", 429, """{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}""", nameof(FaultKind.RateLimited), "You exceeded your current quota" },
        { "openai", 500, """{"error":{"message":"The server had an error"}}""", nameof(FaultKind.ServerError), "The server had an error" },
        { "openai", 501, """{"error":{"message":"nope"}}""", nameof(FaultKind.ServerError), "nope" },
        { "openai", 502, """{"error":{"message":"bad"}}""", nameof(FaultKind.BadGateway), "bad" },
        { "openai", 503, """{"error":{"message":"overloaded"}}""", nameof(FaultKind.Unavailable), "overloaded" },
        { "openai", 504, "", nameof(FaultKind.Timeout), "The upstream answered 504 Gateway Timeout without a text." },
        { "openai", 522, "", nameof(FaultKind.BadGateway), "The upstream answered 522" },
        { "openai", 529, """{"error":{"message":"overloaded"}}""", nameof(FaultKind.Unavailable), "overloaded" },
        { "deepseek", 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}""", nameof(FaultKind.RateLimited), "Insufficient Balance" },
        { "openai", 418, """{"error":{"message":"teapot"}}""", nameof(FaultKind.BadRequest), "teapot" },

        // Too long, in the vendors' words.
        { "openai", 400, """{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", nameof(FaultKind.ContextWindowExceeded), "This model's maximum" },
        { "openai", 400, """{"error":{"message":"Input tokens exceed the configured limit of 272000 tokens."}}""", nameof(FaultKind.ContextWindowExceeded), "Input tokens" },
        { "hosted_vllm", 400, """{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}""", nameof(FaultKind.ContextWindowExceeded), "This model's" },
        { "mistral", 400, """{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","param":null,"code":null}""", nameof(FaultKind.ContextWindowExceeded), "Prompt contains" },
        { "xai", 400, """{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 200000 tokens."}""", nameof(FaultKind.ContextWindowExceeded), "This model's maximum prompt" },
        { "llamafile", 400, """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}""", nameof(FaultKind.ContextWindowExceeded), "the request exceeds" },
        { "lm_studio", 400, """{"error":"Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"}""", nameof(FaultKind.ContextWindowExceeded), "Trying to keep" },
        { "groq", 400, """{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}}""", nameof(FaultKind.ContextWindowExceeded), "Please reduce" },
        { "together_ai", 422, """{"error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.","type":"invalid_request_error"}}""", nameof(FaultKind.ContextWindowExceeded), "Input validation" },
        { "databricks", 400, """{"error_code":"BAD_REQUEST","message":"Input is too long for requested model."}""", nameof(FaultKind.ContextWindowExceeded), "Input is too long" },
        { "ollama", 500, """{"error":"input length exceeds maximum context length"}""", nameof(FaultKind.ContextWindowExceeded), "input length" },
        { "openai", 413, """{"error":{"message":"prompt is too long: 300000 tokens > 200000 maximum"}}""", nameof(FaultKind.ContextWindowExceeded), "prompt is too long" },
        { "groq", 413, """{"error":{"message":"Request too large for model on tokens per minute","code":"rate_limit_exceeded"}}""", nameof(FaultKind.BadRequest), "Request too large" },
        { "openai", 429, """{"error":{"message":"Request too large: maximum context length","code":"rate_limit_exceeded"}}""", nameof(FaultKind.RateLimited), "Request too large" },

        // Content filters.
        { "azure", 400, """{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"violence":{"filtered":true,"severity":"medium"}}}}}""", nameof(FaultKind.ContentPolicyViolation), "The response was filtered" },
        { "azure", 400, """{"error":{"message":"refused","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", nameof(FaultKind.ContentPolicyViolation), "refused" },
        { "openai", 400, """{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","code":"invalid_prompt"}}""", nameof(FaultKind.ContentPolicyViolation), "Invalid prompt" },
        { "openai", 400, """{"error":{"message":"Your request was rejected as a result of our safety system.","code":"moderation_blocked"}}""", nameof(FaultKind.ContentPolicyViolation), "Your request" },
        { "openrouter", 403, """{"error":{"code":403,"message":"openai/gpt-4o requires moderation on OpenAI. Your input was flagged","metadata":{"reasons":["hate"]}}}""", nameof(FaultKind.ContentPolicyViolation), "openai/gpt-4o requires" },
        { "dashscope", 400, """{"error":{"code":"data_inspection_failed","message":"Input data may contain bad text."}}""", nameof(FaultKind.ContentPolicyViolation), "Input data" },
        { "anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}""", nameof(FaultKind.ContentPolicyViolation), "Output blocked" },
        { "deepseek", 400, """{"error":{"message":"Content Exists Risk","code":"invalid_request_error"}}""", nameof(FaultKind.ContentPolicyViolation), "Content Exists Risk" },

        // A wrong key under another status.
        { "xai", 400, """{"code":"Client specified an invalid argument","error":"Incorrect API key provided."}""", nameof(FaultKind.Authentication), "Incorrect API key" },

        // The other shapes of the field.
        { "openai", 400, """[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]""", nameof(FaultKind.Authentication), "API key not valid." },
        { "hosted_vllm", 404, """{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}""", nameof(FaultKind.NotFound), "The model `x` does not exist." },
        { "litellm_proxy", 404, """{"detail":"Not Found"}""", nameof(FaultKind.NotFound), "Not Found" },
        { "litellm_proxy", 400, """{"detail":{"error":"broken"}}""", nameof(FaultKind.BadRequest), "broken" },
        { "litellm_proxy", 422, """{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"},{"loc":["body",0],"msg":"Bad"}]}""", nameof(FaultKind.Unprocessable), "body.messages: Field required; body.0: Bad" },
        { "mistral", 422, """{"object":"error","message":{"detail":[{"type":"missing","loc":["body"],"msg":"Field required"}]},"type":"invalid_request_error"}""", nameof(FaultKind.Unprocessable), "body: Field required" },
        { "ollama", 404, """{"error":"model 'x' not found, try pulling it first"}""", nameof(FaultKind.NotFound), "model 'x' not found, try pulling it first" },
        { "openrouter", 429, """{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"busy now","provider_name":"P"}}}""", nameof(FaultKind.RateLimited), "Provider returned error: busy now" },
        { "openai", 403, """{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}""", nameof(FaultKind.PermissionDenied), "Authentication error" },
        { "azure", 401, """{"statusCode":401,"message":"Access denied due to invalid subscription key."}""", nameof(FaultKind.Authentication), "Access denied due to invalid" },
        { "openai", 500, """{"unknown":1}""", nameof(FaultKind.ServerError), """{"unknown":1}""" },
        { "openai", 500, "\"just text\"", nameof(FaultKind.ServerError), "just text" },
        { "openai", 500, "plain text\n", nameof(FaultKind.ServerError), "plain text" },
        { "openai", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>", nameof(FaultKind.BadGateway), "502 Bad Gateway" },
        { "openai", 503, "<p>no <b>title</b> here</p>", nameof(FaultKind.Unavailable), "no title here" },
        { "openai", 500, """{"error":{"message":"cut""", nameof(FaultKind.ServerError), """{"error":{"message":"cut""" },
        { "openai", 500, """{"error":null}""", nameof(FaultKind.ServerError), """{"error":null}""" },
        { "openai", 500, "[]", nameof(FaultKind.ServerError), "[]" },
        { "openai", 500, "\uFEFF{\"error\":{\"message\":\"marked\"}}", nameof(FaultKind.ServerError), "marked" },
        { "openai", 200, """{"error":{"message":"late"}}""", nameof(FaultKind.BadResponse), "late" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Each_body_gets_its_kind_and_its_text(string provider, int status, string body, string kind, string message)
    {
        var fault = Read(provider, status, body);
        Assert.Equal(Enum.Parse<FaultKind>(kind), fault.Kind);
        Assert.Equal(status, fault.Status);
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_type_and_param_are_kept()
    {
        var fault = Read("openai", 400, """{"error":{"message":"m","type":"invalid_request_error","param":"n","code":"bad_n"}}""");
        Assert.Equal(("invalid_request_error", "n", "bad_n"), (fault.Type, fault.Param, fault.Code));
        Assert.True(fault.ProviderFields.IsEmpty);
    }

    [Fact]
    public void Azures_inner_error_travels_as_an_object()
    {
        var fault = Read("azure", 400, """{"error":{"message":"m","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true}}}}}""");
        using var fields = JsonDocument.Parse(fault.ProviderFields);
        Assert.True(fields.RootElement.GetProperty("innererror").GetProperty("content_filter_result").GetProperty("hate").GetProperty("filtered").GetBoolean());
    }

    [Theory]
    [InlineData(401, """{"error":{"code":"PermissionDenied","message":"The principal `x` lacks the required data action."}}""", "Cognitive Services OpenAI User")]
    [InlineData(403, """{"error":{"code":"403","message":"Public access is disabled. Please configure private endpoint."}}""", "private DNS zone")]
    [InlineData(403, """{"error":{"code":"AuthenticationTypeDisabled","message":"Key based authentication is disabled for this resource."}}""", "sign in with Entra")]
    [InlineData(404, """{"error":{"code":"404","message":"Resource not found"}}""", "api_version")]
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", "deployment's name")]
    [InlineData(400, """{"error":{"code":"BadRequest","message":"Please provide a custom subdomain for token authentication, otherwise API key is required."}}""", "NAME.openai.azure.com")]
    public void Azures_refusals_say_what_to_look_at(int status, string body, string advice)
    {
        Assert.Contains(advice, Read("azure", status, body).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(advice, Read("openai", status, body).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Wrong key K","code":"K","type":"K","param":"K","innererror":{"code":"x","said":"K"}}}""")]
    [InlineData("""{"detail":"K"}""")]
    [InlineData("<title>K</title>")]
    [InlineData("K")]
    [InlineData("""{"error":{"message":"Wrong key 012345678\u0039abcdef0123456789abcdef","innererror":{"said":"0\u003123456789abcdef0123456789abcdef"}}}""")]
    public void An_echoed_credential_does_not_come_back(string body)
    {
        var fault = Read("azure", 401, body.Replace("K", Key, StringComparison.Ordinal));
        var all = $"{fault.Message} {fault.Code} {fault.Type} {fault.Param} {Unescaped(fault.ProviderFields)}";
        Assert.DoesNotContain(Key, all, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redirect_is_a_fault_that_names_the_host_only()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TemporaryRedirect);
        response.Headers.Location = new("https://elsewhere.example/path?token=abc");
        var fault = FaultReader.Read(response, "ignored"u8, Context("openai"));
        Assert.Equal(FaultKind.BadResponse, fault.Kind);
        Assert.Contains("https://elsewhere.example,", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_wait_that_an_upstream_asks_for_is_kept_uncapped()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation("Retry-After", "86400");
        Assert.Equal(TimeSpan.FromDays(1), FaultReader.Read(response, ""u8, Context("azure")).RetryAfter);
    }

    [Theory]
    [InlineData("""{"error":{"message":"slow down","code":429}}""", nameof(FaultKind.RateLimited), 429)]
    [InlineData("""{"error":{"message":"slow down","code":"429"}}""", nameof(FaultKind.RateLimited), 429)]
    [InlineData("""{"error":{"message":"broken","code":"server_error"}}""", nameof(FaultKind.ServerError), 500)]
    [InlineData("""{"error":{"message":"broken","code":99}}""", nameof(FaultKind.ServerError), 500)]
    [InlineData("junk", nameof(FaultKind.ServerError), 500)]
    public void An_error_event_has_the_status_that_it_names(string json, string kind, int status)
    {
        var fault = FaultReader.ReadEvent(Encoding.UTF8.GetBytes(json), Context("openrouter"));
        Assert.Equal((Enum.Parse<FaultKind>(kind), status), (fault.Kind, fault.Status));
    }

    [Fact]
    public void A_very_long_text_is_cut() => Assert.InRange(Read("openai", 500, new string('x', 100_000)).Message.Length, 4000, 4200);

    [Fact]
    public void Any_bytes_make_a_fault() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[200, 599]).Sample((junk, status) =>
        {
            using var response = new HttpResponseMessage((HttpStatusCode)status);
            Assert.Equal(status, FaultReader.Read(response, junk, Context("azure")).Status);
        });

    [Fact]
    public void Bytes_that_are_no_text_inside_a_value_make_a_fault()
    {
        byte[] body = [.. "{\"error\":{\"message\":{\"a\":\""u8, 0xFF, .. "\"}}}"u8];
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);

        Assert.Equal(400, FaultReader.Read(response, body, Context("azure")).Status);
    }

    [Fact]
    public void A_good_body_damaged_anywhere_makes_a_fault()
    {
        var good = Encoding.UTF8.GetBytes("""[{"error":{"message":"m\ud83d\ude00","type":["x"],"param":{"a":1},"code":1e400,"innererror":{"code":[]},"metadata":{"raw":{"b":2}}},"detail":[{"loc":[1,null],"msg":2}]}]""");
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, cut) =>
        {
            var bytes = good.ToArray();
            bytes[at] = value;
            using var response = new HttpResponseMessage(HttpStatusCode.BadRequest);
            Assert.Equal(400, FaultReader.Read(response, bytes.AsSpan(0, cut), Context("azure")).Status);
        });
    }

    private static UpstreamFault Read(string provider, int status, string body)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        return FaultReader.Read(response, Encoding.UTF8.GetBytes(body), Context(provider));
    }

    private static FaultContext Context(string provider) => new(provider, TimeProvider.System, [new Secret(Key)]);

    private static string Unescaped(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return "";
        }

        using var document = JsonDocument.Parse(json);
        return string.Join(' ', document.RootElement.GetProperty("innererror").EnumerateObject().Select(m => m.Value.ToString()));
    }
}
