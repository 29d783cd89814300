using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.EndToEnd.Gateways;

namespace Weir.EndToEnd.PassThrough;

/// <summary>Vendors' own APIs under their prefixes, and the rows that calls of them leave.</summary>
public sealed class VendorTests
{
    private const string Chat = """{"messages":[{"role":"user","content":"one two three"}],"model":"gpt-4o" }""";
    private const string ChatStreamed = """{"stream":true,"messages":[{"role":"user","content":"one two three"}],"model":"gpt-4o"}""";
    private const string Counted = """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"one two three"}],"model":"gpt-4o"}""";
    private const string Message = """{"model":"claude-sonnet-4-5","max_tokens":99,"messages":[{"role":"user","content":"one two three"}]}""";
    private const string MessageStreamed = """{"model":"claude-sonnet-4-5","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"one two three"}]}""";
    private const string Contents = """{"contents":[{"role":"user","parts":[{"text":"one two three"}]}]}""";
    private const string Converse = """{"messages":[{"role":"user","content":[{"text":"one two three"}]}]}""";
    private const string Haiku = "anthropic.claude-haiku-4-5-20251001-v1%3A0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_call_reaches_its_vendor_and_leaves_a_row_with_what_it_cost()
    {
        await using var stand = await PassThroughStand.StartAsync(Token);
        (string Path, string Body, string Target, string Provider, string Model, bool Estimated)[] calls =
        [
            ("/openai_passthrough/v1/chat/completions", Chat, "/v1/chat/completions", "openai", "gpt-4o", false),
            ("/openai_passthrough/chat/completions", Counted, "/v1/chat/completions", "openai", "gpt-4o", false),
            ("/openai_passthrough/v1/chat/completions", ChatStreamed, "/v1/chat/completions", "openai", "gpt-4o", true),
            ("/openai_passthrough/v1/responses", """{"model":"gpt-4o","input":"one two three"}""", "/v1/responses", "openai", "gpt-4o", false),
            ("/anthropic/v1/messages", Message, "/v1/messages", "anthropic", "claude-sonnet-4-5", false),
            ("/anthropic/v1/messages", MessageStreamed, "/v1/messages", "anthropic", "claude-sonnet-4-5", false),
            ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", Contents, "/v1beta/models/gemini-2.5-flash:generateContent", "gemini", "gemini-2.5-flash", false),
            ("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Contents, "/v1beta/models/gemini-2.5-flash:streamGenerateContent", "gemini", "gemini-2.5-flash", false),
            ("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent", Contents, "/v1beta/models/gemini-2.5-flash:streamGenerateContent", "gemini", "gemini-2.5-flash", false),
            ($"/bedrock/model/{Haiku}/converse", Converse, "/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse", "bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", false),
            ($"/bedrock/model/{Haiku}/converse-stream", Converse, "/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse-stream", "bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", false),
            ("/bedrock/model/local/converse", Converse, "/model/anthropic.claude-haiku-4-5-20251001-v1:0/converse", "bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", false),
            ("/bedrock/model/signed/converse", Converse, "/model/anthropic.claude-sonnet-4-5-20250929-v1:0/converse", "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", false),
            ("/azure/openai/deployments/house/chat/completions?api-version=2024-10-21", Chat, "/openai/deployments/gpt-4o/chat/completions", "azure", "gpt-4o", false),
        ];
        var ids = new List<string>();
        foreach (var call in calls)
        {
            using var response = await stand.SendAsync(HttpMethod.Post, call.Path, Token, call.Body);
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.IsSuccessStatusCode, $"{call.Path}: {(int)response.StatusCode} {text}");
            Assert.Contains("three", text, StringComparison.Ordinal);
            var came = stand.Model.Requests.Last;
            Assert.Equal((call.Target, call.Body), (came.Path, came.BodyText));
            Assert.DoesNotContain(came.Headers, header => header.Value.Contains(WeirProcess.MasterKey, StringComparison.Ordinal));
            ids.Add(PassThroughStand.CallOf(response));
        }

        var rows = await stand.EndAsync(Token);
        foreach (var (id, call) in ids.Zip(calls))
        {
            var row = Assert.Single(rows[id]);
            Assert.Equal(("success", 200, call.Provider, call.Model), (row.Outcome, row.Status, row.Provider, row.Model));
            Assert.True(row is { CostKnown: true, CostNanos: > 0, Completion: > 0, Prompt: > 0 }, $"{call.Path}: {row}");
            Assert.True(call.Estimated || row is { Completion: 5 }, $"{call.Path}: {row}");
        }
    }

    [Fact]
    public async Task What_has_no_price_says_so_and_what_costs_nothing_costs_nothing()
    {
        await using var stand = await PassThroughStand.StartAsync(Token);
        using var unpriced = await stand.SendAsync(HttpMethod.Post, "/anthropic/v1/messages", Token, Message.Replace("claude-sonnet-4-5", "claude-unheard-of", StringComparison.Ordinal));
        using var unknown = await stand.SendAsync(HttpMethod.Post, "/mistral/v1/ocr", Token, """{"model":"mistral-ocr-latest"}""");
        using var looked = await stand.SendAsync(HttpMethod.Get, "/openai_passthrough/v1/models", Token);
        using var fixedPrice = await stand.SendAsync(HttpMethod.Post, "/all/x", Token, "{}");
        using var failed = await stand.SendAsync(HttpMethod.Post, "/anthropic/v1/messages", Token, Message.Replace("claude-sonnet-4-5", "claude-sonnet-4-5~429:9", StringComparison.Ordinal));

        Assert.Equal((200, 200, 200, 200, 429), ((int)unpriced.StatusCode, (int)unknown.StatusCode, (int)looked.StatusCode, (int)fixedPrice.StatusCode, (int)failed.StatusCode));
        Assert.Equal("/v1/ocr", stand.Server.Arrivals.First().Target);
        Assert.Equal("Bearer " + PassThroughStand.VendorKey, stand.Server.Arrivals.First().Header("authorization"));
        var rows = await stand.EndAsync(Token);
        Assert.Equal((false, 0), Price(unpriced));
        Assert.Equal((false, 0), Price(unknown));
        Assert.Equal((true, 0), Price(looked));
        Assert.Equal((true, 250_000_000), Price(fixedPrice));
        Assert.Equal((true, 0), Price(failed));
        Assert.Equal(("failure", 429, "throttling_error"), (Row(failed).Outcome, Row(failed).Status, Row(failed).ErrorType));

        Crossings.WrittenRow Row(HttpResponseMessage response) => Assert.Single(rows[PassThroughStand.CallOf(response)]);
        (bool, long) Price(HttpResponseMessage response) => (Row(response).CostKnown, Row(response).CostNanos);
    }

    [Theory]
    [InlineData("/anthropic/v1/messages", MessageStreamed, "claude-sonnet-4-5")]
    [InlineData("/openai_passthrough/v1/chat/completions", Counted, "gpt-4o")]
    public async Task A_cut_stream_ends_early_for_its_caller_too_and_is_charged_for_what_came(string path, string body, string model)
    {
        await using var stand = await PassThroughStand.StartAsync(Token);

        using var response = await stand.SendAsync(HttpMethod.Post, path, Token, body.Replace(model, model + "~cut:4", StringComparison.Ordinal), head: true);
        var cut = await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Token));

        Assert.True(cut is HttpRequestException or IOException, cut.ToString());
        var row = Assert.Single((await stand.EndAsync(Token))[PassThroughStand.CallOf(response)]);
        Assert.Equal("broken", row.Outcome);
        Assert.True(row is { Prompt: > 0, Completion: > 0 }, row.ToString());
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_the_vendors_call_and_pays_for_what_came()
    {
        await using var stand = await PassThroughStand.StartAsync(Token);
        var left = new TaskCompletionSource();
        stand.Server.Answer = async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: {\"x\":1}\n\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.RequestAborted.Register(left.SetResult);
            await left.Task;
        };
        string id;
        using (var response = await stand.SendAsync(HttpMethod.Post, "/all/x", Token, "{}", head: true))
        {
            id = PassThroughStand.CallOf(response);
            await using var stream = await response.Content.ReadAsStreamAsync(Token);
            Assert.NotEqual(0, await stream.ReadAsync(new byte[16], Token));
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal("client_gone", Assert.Single((await stand.EndAsync(Token))[id]).Outcome);
    }

    [Theory]
    [InlineData("/anthropic/v1/models", "x-api-key", "", "anthropic-version")]
    [InlineData("/gemini/v1beta/models", "x-goog-api-key", "", "")]
    [InlineData("/gemini/v1beta/models", "", "?key=" + WeirProcess.MasterKey + "&pageSize=2", "")]
    [InlineData("/azure/openai/models", "api-key", "?api-version=2024-10-21", "")]
    [InlineData("/openai_passthrough/v1/models", "x-litellm-api-key", "", "")]
    public async Task A_key_is_heard_where_the_vendors_own_client_puts_it_and_never_goes_on(string path, string header, string query, string also)
    {
        await using var stand = await PassThroughStand.StartAsync(Token);

        using var response = await stand.SendAsync(HttpMethod.Get, path + query, Token, keyed: false, with: headers =>
        {
            if (header.Length > 0)
            {
                headers.Add(header, WeirProcess.MasterKey);
            }

            if (also.Length > 0)
            {
                headers.Add(also, "2023-06-01");
            }
        });

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        var came = stand.Model.Requests.Last;
        Assert.DoesNotContain(WeirProcess.MasterKey, came.Query + string.Join('\n', came.Headers), StringComparison.Ordinal);
        Assert.Equal(query.Contains("key=", StringComparison.Ordinal) ? "?pageSize=2" : query, came.Query);
        Assert.Contains(came.Headers, h => h.Value.EndsWith(PassThroughStand.VendorKey, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/anthropic/v1/messages/batches", "authentication_error")]
    [InlineData("/gemini/v1beta/models", "UNAUTHENTICATED")]
    [InlineData("/vllm/v1/models", "auth_error")]
    public async Task Without_a_key_nobody_is_asked_and_the_refusal_is_in_the_vendors_form(string path, string word)
    {
        await using var stand = await PassThroughStand.StartAsync(Token);

        using var response = await stand.SendAsync(HttpMethod.Get, path, Token, keyed: false);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(0, stand.Model.RequestCount);
    }

    [Fact]
    public async Task What_could_be_read_in_two_ways_is_refused_and_a_vendor_without_an_account_is_not_there()
    {
        await using var stand = await PassThroughStand.StartAsync(Token);

        using var twice = await stand.SendAsync(HttpMethod.Post, "/openai_passthrough/v1/chat/completions", Token, """{"model":"gpt-4o","messages":[],"mod\u0065l":"o3-pro"}""");
        using var absent = await stand.SendAsync(HttpMethod.Get, "/vllm/v1/models", Token);
        using var version = await stand.SendAsync(HttpMethod.Post, "/cohere/v1/chat", Token, "{}");

        Assert.Equal((400, 404, 200), ((int)twice.StatusCode, (int)absent.StatusCode, (int)version.StatusCode));
        Assert.Equal((0, "/v1/chat"), (stand.Model.RequestCount, stand.Server.Last.Target));
        using var error = JsonDocument.Parse(await absent.Content.ReadAsStringAsync(Token));
        Assert.Contains("hosted_vllm", error.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weirs_own_routes_below_a_prefix_stay_its_own()
    {
        await using var stand = await PassThroughStand.StartAsync(Token);

        using var models = await stand.SendAsync(HttpMethod.Get, "/openai/v1/models", Token);
        using var chat = await stand.SendAsync(HttpMethod.Post, "/openai/v1/chat/completions", Token, Chat.Replace("gpt-4o", "house", StringComparison.Ordinal));
        using var dated = await stand.SendAsync(HttpMethod.Post, "/openai/deployments/house/chat/completions?api-version=2024-10-21", Token, Chat);

        Assert.Equal((200, 200, 200), ((int)models.StatusCode, (int)chat.StatusCode, (int)dated.StatusCode));
        Assert.Contains("\"house\"", await models.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }
}
