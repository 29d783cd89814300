using System.Text;
using System.Text.Json;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.TestKit.Faults;

namespace Weir.Gateway.Tests.Pipeline.Kept;

/// <summary>Responses that an upstream keeps: each tenant reaches its own alone, at the deployment that made them.</summary>
[Collection("uploads")]
public sealed class StoredResponseTests
{
    private const string Ann = "sk-ann-key-1234567890";
    private const string Bob = "sk-bob-key-1234567890";

    private const string Two = """
        model_list:
          - model_name: m
            litellm_params: {model: openai/first, api_base: UPSTREAM/v1, api_key: k1}
            model_info: {id: one}
          - model_name: m
            litellm_params: {model: openai/second, api_base: UPSTREAM/v1, api_key: k2}
            model_info: {id: two}
          - model_name: sibling
            litellm_params: {model: openai/third, api_base: UPSTREAM/v1, api_key: k1}
          - model_name: stranger
            litellm_params: {model: openai/fourth, api_base: UPSTREAM/v1, api_key: k3}
          - model_name: bridged
            litellm_params: {model: groq/fifth, api_base: UPSTREAM/v1, api_key: k1}
          - model_name: dated
            litellm_params: {model: azure/sixth, api_base: UPSTREAM, api_key: k1, api_version: 2025-04-01-preview}
          - model_name: newer
            litellm_params: {model: azure/sixth, api_base: UPSTREAM/openai/v1, api_key: k1}
        router_settings: {fallbacks: [{m: [stranger]}], num_retries: 2}
        general_settings: {master_key: sk-master-key-1234567890}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_keeps_its_bytes_but_for_the_id()
    {
        await using var stand = await StartAsync();
        var (status, body) = await CreateAsync(stand, Ann, "stranger", "hello");
        Assert.Equal(200, status);
        var id = IdIn(body);
        Assert.StartsWith("resp_", id);
        Assert.DoesNotContain("stranger", id);
        var own = OwnIdOf(stand);
        Assert.NotEqual(own, id);
        var (_, direct) = await DirectAsync(stand, HttpMethod.Get, "/v1/responses/" + own);
        Assert.Equal(direct.Replace(own, id, StringComparison.Ordinal), body);
    }

    [Fact]
    public async Task A_stream_carries_the_same_id_in_all_its_events()
    {
        await using var stand = await StartAsync();
        var (_, events) = await CreateAsync(stand, Ann, "m", "one two three", """,{"stream":true}""");
        var ids = events.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line[6..]).RootElement)
            .Where(e => e.TryGetProperty("response", out _)).Select(e => e.GetProperty("response").GetProperty("id").GetString()).ToList();
        Assert.True(ids.Count >= 3);
        var id = Assert.Single(ids.Distinct());
        Assert.DoesNotContain(OwnIdOf(stand), events);
        Assert.Equal(200, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/responses/" + id, null, Stop)).Status);
    }

    [Theory]
    [InlineData("stranger", "", "")]
    [InlineData("stranger", "/v1", "/v1")]
    [InlineData("stranger", "/openai/v1", "/v1")]
    [InlineData("dated", "/v1", "/openai")]
    [InlineData("newer", "/v1", "/openai/v1")]
    public async Task The_owner_sees_reads_cancels_and_deletes(string model, string root, string upstreamRoot)
    {
        await using var stand = await StartAsync();
        var (_, body) = await CreateAsync(stand, Ann, model, "hello", """,{"background":true}""", root);
        var (id, own) = (IdIn(body), OwnIdOf(stand));

        var (status, items) = await stand.SendAsync(Ann, HttpMethod.Get, $"{root}/responses/{id}/input_items?limit=5&order=asc&api-version=evil", null, Stop);
        Assert.Equal(200, status);
        Assert.Contains("hello", items, StringComparison.Ordinal);
        var asked = stand.Upstream.Requests.Last;
        Assert.Equal((upstreamRoot.Length == 0 ? "/v1" : upstreamRoot) + $"/responses/{own}/input_items", asked.Path);
        Assert.Equal(model == "dated" ? "?api-version=2025-04-01-preview&limit=5&order=asc" : "?limit=5&order=asc", asked.Query);
        Assert.Null(asked.Header("x-api-key"));

        (status, var cancelled) = await stand.SendAsync(Ann, HttpMethod.Post, $"{root}/responses/{id}/cancel", null, Stop);
        Assert.Equal((200, id), (status, IdIn(cancelled)));
        Assert.Contains("\"cancelled\"", cancelled, StringComparison.Ordinal);
        (status, var seen) = await stand.SendAsync(Ann, HttpMethod.Get, $"{root}/responses/{id}", null, Stop);
        Assert.Equal((200, id), (status, IdIn(seen)));
        (status, var deleted) = await stand.SendAsync(Ann, HttpMethod.Delete, $"{root}/responses/{id}", null, Stop);
        Assert.Equal($$"""{"id":"{{id}}","object":"response","deleted":true}""", deleted);
        (status, var gone) = await stand.SendAsync(Ann, HttpMethod.Get, $"{root}/responses/{id}", null, Stop);
        Assert.Equal(404, status);
        Assert.Contains("NotFoundError", gone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_verb_is_written_down_and_costs_nothing()
    {
        await using var stand = await StartAsync();
        var id = IdIn((await CreateAsync(stand, Ann, "stranger", "hello")).Body);
        await stand.SendAsync(Ann, HttpMethod.Get, "/v1/responses/" + id, null, Stop);
        await stand.SendAsync(Bob, HttpMethod.Get, "/v1/responses/" + id, null, Stop);
        await stand.SendAsync("sk-nobody-1234567890", HttpMethod.Get, "/v1/responses/" + id, null, Stop);
        await stand.Journal.FlushAsync(Stop);
        var rows = stand.Store.Rows.Where(r => r.Operation == Operation.StoredResponse).ToList();
        Assert.Equal([RequestOutcome.Success, RequestOutcome.Failure], rows.Select(r => r.Outcome));
        Assert.Equal([200, 404], rows.Select(r => r.Status));
        Assert.All(rows, row => Assert.True(row.Cost.Nanos == 0 && row.Usage.IsEmpty));
        Assert.True(rows[0].CostKnown);
        Assert.Equal("stranger", rows[0].ModelGroup);
        Assert.NotEqual(rows[0].KeyHash, rows[1].KeyHash);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/cancel")]
    [InlineData("GET", "/input_items")]
    [InlineData("GET", "?stream=true")]
    public async Task Another_tenant_s_id_is_one_that_never_was(string method, string rest)
    {
        await using var stand = await StartAsync();
        var (_, body) = await CreateAsync(stand, Ann, "stranger", "hello", """,{"background":true}""");
        var (id, own) = (IdIn(body), OwnIdOf(stand));
        var before = stand.Upstream.RequestCount;

        string[] strange = [id, own, "resp_neverwas", id[..^2] + (id[^2] == 'A' ? "B" : "A") + id[^1], "x"];
        var answers = new List<string>();
        foreach (var one in strange)
        {
            var (status, answer) = await stand.SendAsync(Bob, new HttpMethod(method), $"/v1/responses/{one}{rest}", null, Stop);
            Assert.Equal(404, status);
            answers.Add(answer.Replace(one, "ID", StringComparison.Ordinal));
        }
        Assert.Equal("""{"error":{"message":"Response with id 'ID' not found.","type":"invalid_request_error","param":null,"code":"404"}}""", Assert.Single(answers.Distinct()));
        Assert.Equal(before, stand.Upstream.RequestCount);
        Assert.Equal(200, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/responses/" + id, null, Stop)).Status);
    }

    [Fact]
    public async Task A_stored_response_is_relayed_as_a_stream_when_asked()
    {
        await using var stand = await StartAsync();
        var id = IdIn((await CreateAsync(stand, Ann, "stranger", "hello")).Body);
        var own = OwnIdOf(stand);
        var (status, events) = await stand.SendAsync(Ann, HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after=3", null, Stop);
        Assert.Equal(200, status);
        Assert.Equal("?stream=true&starting_after=3", stand.Upstream.Requests.Last.Query);
        Assert.DoesNotContain(own, events);
        Assert.Contains(id, events, StringComparison.Ordinal);
        Assert.Contains("response.completed", events, StringComparison.Ordinal);
        await stand.Journal.FlushAsync(Stop);
        var row = Assert.Single(stand.Store.Rows, r => r.Operation == Operation.StoredResponse);
        Assert.True(row.Streamed && row.CostKnown && row.Cost.Nanos == 0 && row.Usage.IsEmpty);
    }

    [Fact]
    public async Task What_goes_on_from_a_response_goes_to_the_deployment_that_made_it_and_nowhere_else()
    {
        await using var stand = await StartAsync();
        for (var i = 0; i < 8; i++)
        {
            var first = IdIn((await CreateAsync(stand, Ann, "m", "hello")).Body);
            var maker = Model(stand);
            var own = OwnIdOf(stand);
            var (status, second) = await CreateAsync(stand, Ann, "m", "and then", $$""","previous_response_id":"{{first}}"}""");
            Assert.Equal(200, status);
            Assert.Equal(maker, Model(stand));
            Assert.Equal(own, stand.Upstream.Requests.Last.Json().GetProperty("previous_response_id").GetString());
            Assert.Equal(first, JsonDocument.Parse(second).RootElement.GetProperty("previous_response_id").GetString());
        }

        var pinned = IdIn((await CreateAsync(stand, Ann, "m", "hello")).Body);
        var (kept, before) = (Model(stand), stand.Upstream.RequestCount);
        stand.Upstream.Faults.Enqueue(Fault.Http(500), Fault.Http(500), Fault.Http(500), Fault.Http(500));
        var (failed, _) = await CreateAsync(stand, Ann, "m", "and then", $$""","previous_response_id":"{{pinned}}"}""");
        Assert.Equal(500, failed);
        Assert.All(stand.Upstream.Requests.Skip(before), r => Assert.Equal(kept, r.Json().GetProperty("model").GetString()));
    }

    [Fact]
    public async Task Another_model_of_the_same_account_can_go_on_and_one_of_another_account_can_not()
    {
        await using var stand = await StartAsync();
        var id = IdIn((await CreateAsync(stand, Ann, "one", "hello")).Body);
        Assert.Equal(200, (await CreateAsync(stand, Ann, "sibling", "and then", $$""","previous_response_id":"{{id}}"}""")).Status);
        Assert.Equal("third", Model(stand));
        var (status, body) = await CreateAsync(stand, Ann, "stranger", "and then", $$""","previous_response_id":"{{id}}"}""");
        Assert.Equal(400, status);
        Assert.Contains("is kept by the model 'm' and is not known to 'stranger'", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_tenant_can_not_go_on_from_a_response()
    {
        await using var stand = await StartAsync();
        var id = IdIn((await CreateAsync(stand, Ann, "stranger", "hello")).Body);
        var (own, before) = (OwnIdOf(stand), stand.Upstream.RequestCount);
        var answers = new List<string>();
        foreach (var one in (string[])[id, own, "resp_neverwas"])
        {
            var (status, body) = await CreateAsync(stand, Bob, "stranger", "hello", $$""","previous_response_id":"{{one}}"}""");
            Assert.Equal(400, status);
            answers.Add(body.Replace(one, "ID", StringComparison.Ordinal));
        }
        Assert.Equal("""{"error":{"message":"Previous response with id 'ID' not found.","type":"invalid_request_error","param":"previous_response_id","code":"400"}}""", Assert.Single(answers.Distinct()));
        Assert.Equal(before, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task A_response_of_a_bridged_model_has_an_id_of_its_owner_but_is_kept_nowhere()
    {
        await using var stand = await StartAsync();
        var (status, body) = await CreateAsync(stand, Ann, "bridged", "hello");
        Assert.Equal(200, status);
        var id = IdIn(body);
        Assert.True(id.Length > 80, id);
        Assert.Equal(404, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/responses/" + id, null, Stop)).Status);
        (status, body) = await CreateAsync(stand, Ann, "bridged", "and then", $$""","previous_response_id":"{{id}}"}""");
        Assert.Equal(400, status);
        Assert.Contains("previous_response_id", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_salt_outlives_the_process_and_a_secret_of_the_process_is_warned_of()
    {
        const string Keyless = "model_list:\n  - model_name: m\n    litellm_params: {model: openai/m, api_base: UPSTREAM/v1, api_key: k}\n    model_info: {id: one}\n";
        await using var first = await EngineStand.StartAsync(Keyless, Stop, salt: "salt-1");
        await using var second = await EngineStand.StartAsync(Keyless, Stop, salt: "salt-1");
        await using var third = await EngineStand.StartAsync(Keyless, Stop);
        var (_, a) = await first.AskAsync("""{"model":"m","input":"hello"}""", Stop, "/v1/responses");
        var (_, b) = await second.AskAsync("""{"model":"m","input":"hello"}""", Stop, "/v1/responses");
        var (_, c) = await third.AskAsync("""{"model":"m","input":"hello"}""", Stop, "/v1/responses");
        Assert.Equal(IdIn(a), IdIn(b));
        Assert.NotEqual(IdIn(a), IdIn(c));
        Assert.DoesNotContain("LITELLM_SALT_KEY", first.Log.Text, StringComparison.Ordinal);
        Assert.Contains("LITELLM_SALT_KEY", third.Log.Text, StringComparison.Ordinal);
    }

    private static Task<EngineStand> StartAsync() => EngineStand.StartAsync(Two, Stop, others: [Ann, Bob]);

    /// <summary>Asks for a response; <paramref name="more"/> ends the body: <c>,"member":value}</c> or <c>,{"member":value}</c>.</summary>
    private static Task<(int Status, string Body)> CreateAsync(EngineStand stand, string key, string model, string input, string more = "}", string root = "/v1") =>
        stand.SendAsync(key, HttpMethod.Post, root + "/responses",
            new StringContent($$"""{"model":"{{model}}","input":"{{input}}" """ + more.Replace(",{", ",", StringComparison.Ordinal), Encoding.UTF8, "application/json"), Stop);

    private static async Task<(int Status, string Body)> DirectAsync(EngineStand stand, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(stand.Upstream.BaseAddress, path));
        using var answer = await stand.Http.SendAsync(request, Stop);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>The scripted model numbers its responses as its requests.</summary>
    private static string OwnIdOf(EngineStand stand) => $"resp_{stand.Upstream.Requests.Last.Number:D6}";

    private static string? Model(EngineStand stand) => stand.Upstream.Requests.Last.Json().GetProperty("model").GetString();

    private static string IdIn(string body) => JsonDocument.Parse(body).RootElement.GetProperty("id").GetString() ?? "";
}
