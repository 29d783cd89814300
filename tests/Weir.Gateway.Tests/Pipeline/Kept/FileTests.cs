using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Gateway.Ledger;
using Weir.Providers;
using Weir.TestKit.Faults;

namespace Weir.Gateway.Tests.Pipeline.Kept;

/// <summary>Files and batches that an upstream keeps: each tenant sees, reads and changes its own alone.</summary>
[Collection("uploads")]
public sealed class FileTests
{
    private const string Ann = "sk-ann-key-1234567890";
    private const string Bob = "sk-bob-key-1234567890";
    private const string Line = """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"first","messages":[{"role":"user","content":"hello"}]}}""";

    private const string Plain = """
        model_list:
          - model_name: other
            litellm_params: {model: groq/zero, api_base: UPSTREAM/v1, api_key: k0}
          - model_name: west
            litellm_params: {model: azure/deployed, api_base: UPSTREAM, api_key: k2, api_version: 2025-04-01-preview}
          - model_name: m
            litellm_params: {model: openai/first, api_base: UPSTREAM/v1, api_key: k1}
        general_settings: {master_key: sk-master-key-1234567890, max_file_size_mb: 1}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_uploads_sees_lists_reads_and_deletes()
    {
        await using var stand = await StartAsync();
        var (status, body) = await UploadAsync(stand, Ann, "content of the file");
        Assert.Equal(200, status);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal(("/v1/files", "Bearer k1"), (sent.Path, sent.Header("Authorization")));
        Assert.Equal("content of the file".Length, Assert.Single(sent.Files).Length);
        Assert.Equal("batch", sent.Fields["purpose"]);
        var (id, own) = (IdIn(body), $"file-{sent.Number:D6}");
        Assert.StartsWith("file-", id);
        Assert.DoesNotContain(own, body);

        Assert.Equal((200, body), await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files/" + id, null, Stop));
        Assert.Equal("/v1/files/" + own, stand.Upstream.Requests.Last.Path);
        Assert.Equal((200, "content of the file"), await stand.SendAsync(Ann, HttpMethod.Get, $"/files/{id}/content", null, Stop));
        Assert.Equal([id], await ListAsync(stand, Ann, "/openai/v1/files"));
        Assert.Equal([id], await ListAsync(stand, Ann, "/openai/v1/files?purpose=batch"));
        Assert.Empty(await ListAsync(stand, Ann, "/v1/files?purpose=vision"));
        Assert.Equal((200, $$"""{"id":"{{id}}","object":"file","deleted":true}"""), await stand.SendAsync(Ann, HttpMethod.Delete, "/v1/files/" + id, null, Stop));
        Assert.Equal(404, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files/" + id, null, Stop)).Status);
        Assert.Empty(await ListAsync(stand, Ann, "/v1/files"));
        Assert.Equal(0, Weir.Gateway.Pipeline.Uploads.Upload.Outstanding);
    }

    [Theory]
    [InlineData("GET", "/v1/files/{0}", "No such File object: {0}")]
    [InlineData("GET", "/v1/files/{0}/content", "No such File object: {0}")]
    [InlineData("DELETE", "/v1/files/{0}", "No such File object: {0}")]
    [InlineData("GET", "/v1/batches/{0}", "No batch found with id '{0}'.")]
    [InlineData("POST", "/v1/batches/{0}/cancel", "No batch found with id '{0}'.")]
    public async Task Another_tenant_s_thing_is_one_that_never_was(string method, string path, string message)
    {
        await using var stand = await StartAsync();
        var file = IdIn((await UploadAsync(stand, Ann, Line)).Body);
        var ownFile = $"file-{stand.Upstream.Requests.Last.Number:D6}";
        var batch = IdIn((await BatchAsync(stand, Ann, file)).Body);
        var before = stand.Upstream.RequestCount;
        string[] strange = path.Contains("files", StringComparison.Ordinal)
            ? [file, ownFile, "file-neverwas"] : [batch, $"batch_{stand.Upstream.Requests.Last.Number:D6}", "batch_neverwas"];
        foreach (var id in strange)
        {
            var (status, body) = await stand.SendAsync(Bob, new HttpMethod(method), string.Format(null, path, id), null, Stop);
            var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
            Assert.Equal((404, string.Format(null, message, id)), (status, error.GetProperty("message").GetString()));
            Assert.Equal(("invalid_request_error", "404"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        }
        Assert.Equal(before, stand.Upstream.RequestCount);
        Assert.Equal(200, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files/" + file, null, Stop)).Status);
        Assert.Equal(200, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/batches/" + batch, null, Stop)).Status);
    }

    [Fact]
    public async Task Another_tenant_s_file_makes_no_batch_and_is_in_no_list()
    {
        await using var stand = await StartAsync();
        var ann = IdIn((await UploadAsync(stand, Ann, Line)).Body);
        var own = $"file-{stand.Upstream.Requests.Last.Number:D6}";
        var batch = IdIn((await BatchAsync(stand, Ann, ann)).Body);
        var bob = IdIn((await UploadAsync(stand, Bob, Line)).Body);
        var before = stand.Upstream.RequestCount;
        foreach (var id in (string[])[ann, own, "file-neverwas"])
        {
            var (status, body) = await BatchAsync(stand, Bob, id);
            Assert.Equal($$$"""{"error":{"message":"Invalid file ID '{{{id}}}'.","type":"invalid_request_error","param":"input_file_id","code":"400"}}""", body);
            Assert.Equal(400, status);
        }
        Assert.Equal(before, stand.Upstream.RequestCount);
        Assert.Equal([bob], await ListAsync(stand, Bob, "/v1/files"));
        Assert.Equal([ann], await ListAsync(stand, Ann, "/v1/files"));
        Assert.Empty(await ListAsync(stand, Bob, "/v1/batches"));
        Assert.Equal([batch], await ListAsync(stand, Ann, "/v1/batches"));
    }

    [Fact]
    public async Task A_batch_runs_where_its_file_is_and_hands_out_its_results_to_its_owner()
    {
        await using var stand = await StartAsync();
        var file = IdIn((await UploadAsync(stand, Ann, Line, ("custom_llm_provider", "azure"))).Body);
        Assert.Equal(("/openai/files", "?api-version=2025-04-01-preview"), (stand.Upstream.Requests.Last.Path, stand.Upstream.Requests.Last.Query));
        Assert.False(stand.Upstream.Requests.Last.Fields.ContainsKey("custom_llm_provider"));
        var ownFile = $"file-{stand.Upstream.Requests.Last.Number:D6}";

        var (status, made) = await BatchAsync(stand, Ann, file, ""","custom_llm_provider":"openai","model":"m","timeout":5,"metadata":{"note":"x"}""");
        Assert.Equal(200, status);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal("/openai/batches", sent.Path);
        Assert.Equal($$$"""{"input_file_id":"{{{ownFile}}}","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"note":"x"}}""", sent.BodyText);
        var batch = IdIn(made);
        Assert.Equal(file, Text(made, "input_file_id"));

        // The list asks for what has not ended: the scripted batch ends when it is looked at.
        var (_, list) = await stand.SendAsync(Ann, HttpMethod.Get, "/v1/batches?limit=5", null, Stop);
        var listed = Assert.Single(JsonDocument.Parse(list).RootElement.GetProperty("data").EnumerateArray());
        Assert.Equal((batch, "completed"), (listed.GetProperty("id").GetString(), listed.GetProperty("status").GetString()));
        var output = listed.GetProperty("output_file_id").GetString();
        var asked = stand.Upstream.RequestCount;
        await ListAsync(stand, Ann, "/v1/batches");
        Assert.Equal(asked, stand.Upstream.RequestCount);

        var (_, seen) = await stand.SendAsync(Ann, HttpMethod.Get, "/v1/batches/" + batch, null, Stop);
        Assert.Equal((file, output), (Text(seen, "input_file_id"), Text(seen, "output_file_id")));
        (status, var results) = await stand.SendAsync(Ann, HttpMethod.Get, $"/v1/files/{output}/content", null, Stop);
        Assert.Equal(200, status);
        Assert.Contains("You said: hello", results, StringComparison.Ordinal);
        Assert.Equal(404, (await stand.SendAsync(Bob, HttpMethod.Get, $"/v1/files/{output}/content", null, Stop)).Status);

        var second = IdIn((await BatchAsync(stand, Ann, file)).Body);
        (status, var cancelled) = await stand.SendAsync(Ann, HttpMethod.Post, $"/v1/batches/{second}/cancel", null, Stop);
        Assert.Equal((200, second, "cancelling"), (status, IdIn(cancelled), Text(cancelled, "status")));
        Assert.Equal([second, batch], await ListAsync(stand, Ann, "/v1/batches"));
    }

    [Fact]
    public async Task A_list_has_pages_in_both_orders()
    {
        await using var stand = await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(IdIn((await UploadAsync(stand, Ann, Line)).Body));
        }
        Assert.Equal(ids[..2], await ListAsync(stand, Ann, "/v1/files?order=asc&limit=2"));
        Assert.Equal(ids[2..4], await ListAsync(stand, Ann, $"/v1/files?order=asc&limit=2&after={ids[1]}"));
        Assert.Equal(ids[4..], await ListAsync(stand, Ann, $"/v1/files?order=asc&limit=2&after={ids[3]}"));
        Assert.Equal(Enumerable.Reverse(ids), await ListAsync(stand, Ann, "/v1/files"));
        var (_, page) = await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files?limit=2", null, Stop);
        Assert.True(JsonDocument.Parse(page).RootElement.GetProperty("has_more").GetBoolean());
        Assert.Empty(await ListAsync(stand, Ann, "/v1/files?after=file-neverwas"));
        Assert.Equal(400, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files?limit=0", null, Stop)).Status);
        Assert.Equal(400, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files?order=up", null, Stop)).Status);
    }

    [Theory]
    [InlineData("/v1/files", "", "", "k1", "/v1/files")]
    [InlineData("/v1/files", "custom_llm_provider", "azure", "k2", "/openai/files")]
    [InlineData("/v1/files?custom_llm_provider=azure", "", "", "k2", "/openai/files")]
    [InlineData("/azure/v1/files", "", "", "k2", "/openai/files")]
    [InlineData("/v1/files", "target_model_names", "west", "k2", "/openai/files")]
    [InlineData("/v1/files", "model", "west", "k2", "/openai/files")]
    public async Task A_file_goes_where_the_request_says_else_to_openai(string path, string field, string value, string key, string upstreamPath)
    {
        await using var stand = await StartAsync();
        var (status, body) = await UploadAsync(stand, Ann, "x", field.Length > 0 ? [(field, value)] : [], path);
        Assert.True(status == 200, body);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal(upstreamPath, sent.Path);
        Assert.Equal(key, sent.Header("api-key") ?? sent.Header("Authorization")?["Bearer ".Length..]);
        Assert.Equal(["purpose"], sent.Fields.Keys);
    }

    [Theory]
    [InlineData("custom_llm_provider", "groq", 400, "No deployment of the provider 'groq' keeps files")]
    [InlineData("target_model_names", "nobody", 400, "Invalid model name")]
    [InlineData("target_model_names", "other", 400, "no deployment of the model 'other' keeps files")]
    [InlineData("target_model_names", "m,west", 400, "different accounts")]
    [InlineData("purpose", "vision", 400, "occurs twice")]
    public async Task A_file_that_nobody_keeps_is_refused(string field, string value, int expected, string message)
    {
        await using var stand = await StartAsync();
        var (status, body) = await UploadAsync(stand, Ann, "x", [(field, value)]);
        Assert.Equal(expected, status);
        Assert.Contains(message, body, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task The_accounts_of_files_settings_go_before_the_models()
    {
        await using var stand = await EngineStand.StartAsync(
            Plain + "\nfiles_settings:\n  - {custom_llm_provider: azure, api_base: UPSTREAM, api_key: kf, api_version: 2025-04-01-preview}\n  - {custom_llm_provider: openai, api_base: UPSTREAM/v1, api_key: ko}\n",
            Stop, others: [Ann]);
        var id = IdIn((await UploadAsync(stand, Ann, "x")).Body);
        Assert.Equal("Bearer ko", stand.Upstream.Requests.Last.Header("Authorization"));
        Assert.Equal(200, (await stand.SendAsync(Ann, HttpMethod.Get, "/v1/files/" + id, null, Stop)).Status);
        await UploadAsync(stand, Ann, "x", ("custom_llm_provider", "azure"));
        Assert.Equal("kf", stand.Upstream.Requests.Last.Header("api-key"));
        await stand.Journal.FlushAsync(Stop);
        Assert.All(stand.Store.Rows, row => Assert.Equal("files_settings", row.ModelGroup));
    }

    [Fact]
    public async Task An_upload_is_sent_once_and_never_too_large()
    {
        await using var stand = await StartAsync();
        stand.Upstream.Faults.Enqueue(Fault.Http(500), Fault.Http(500));
        Assert.Equal(500, (await UploadAsync(stand, Ann, "x")).Status);
        Assert.Equal(1, stand.Upstream.RequestCount);
        Assert.Equal(413, (await UploadAsync(stand, Ann, new string('x', (1 << 20) + 1))).Status);
        Assert.Equal(1, stand.Upstream.RequestCount);
        Assert.Equal(0, Weir.Gateway.Pipeline.Uploads.Upload.Outstanding);
    }

    [Fact]
    public async Task Each_verb_is_written_down_and_costs_nothing()
    {
        await using var stand = await StartAsync();
        var file = IdIn((await UploadAsync(stand, Ann, Line)).Body);
        await stand.SendAsync(Ann, HttpMethod.Get, $"/v1/files/{file}/content", null, Stop);
        await ListAsync(stand, Ann, "/v1/files");
        await BatchAsync(stand, Ann, file);
        await ListAsync(stand, Ann, "/v1/batches");
        await stand.SendAsync(Bob, HttpMethod.Delete, "/v1/files/" + file, null, Stop);
        await stand.Journal.FlushAsync(Stop);
        var rows = stand.Store.Rows.ToList();
        Assert.Equal([Operation.File, Operation.File, Operation.File, Operation.Batch, Operation.Batch, Operation.File], rows.Select(r => r.Operation));
        Assert.Equal([200, 200, 200, 200, 200, 404], rows.Select(r => r.Status));
        Assert.All(rows, row => Assert.True(row.Cost.Nanos == 0 && row.Usage.IsEmpty && row.CostKnown == (row.Outcome == RequestOutcome.Success)));
    }

    [Fact]
    public async Task Content_of_any_length_passes_and_a_cut_one_is_no_whole_one()
    {
        await using var stand = await StartAsync();
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\n"));
        var id = IdIn((await UploadAsync(stand, Ann, text)).Body);
        Assert.Equal((200, text), await stand.SendAsync(Ann, HttpMethod.Get, $"/v1/files/{id}/content", null, Stop));
        var empty = IdIn((await UploadAsync(stand, Ann, "")).Body);
        Assert.Equal((200, ""), await stand.SendAsync(Ann, HttpMethod.Get, $"/v1/files/{empty}/content", null, Stop));
        stand.Upstream.Faults.Enqueue(Fault.LengthTooLong);
        await Assert.ThrowsAsync<HttpRequestException>(() => stand.SendAsync(Ann, HttpMethod.Get, $"/v1/files/{id}/content", null, Stop));
        await stand.Journal.FlushAsync(Stop);
        Assert.Equal(RequestOutcome.Broken, stand.Store.Rows.Last().Outcome);
    }

    [Fact]
    public async Task A_list_shows_what_was_known_when_the_upstream_can_not_be_asked_and_forgets_what_is_gone()
    {
        await using var stand = await StartAsync();
        var file = IdIn((await UploadAsync(stand, Ann, Line)).Body);
        var batch = IdIn((await BatchAsync(stand, Ann, file)).Body);
        stand.Upstream.Faults.Enqueue(Fault.Http(503));
        Assert.Equal([batch], await ListAsync(stand, Ann, "/v1/batches"));
        stand.Upstream.Faults.Enqueue(Fault.Http(404));
        Assert.Empty(await ListAsync(stand, Ann, "/v1/batches"));
        Assert.Empty(await ListAsync(stand, Ann, "/v1/batches"));
    }

    [Theory]
    [InlineData("/v1/responses", """{"model":"m","input":[{"role":"user","content":[{"file_id":"ID","type":"input_file"},{"type":"input_text","text":"hello"}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"ID"}},{"type":"text","text":"hello"}]}]}""")]
    public async Task A_chat_reaches_the_file_of_its_caller_and_no_other(string path, string body)
    {
        await using var stand = await StartAsync();
        var id = IdIn((await UploadAsync(stand, Ann, "x")).Body);
        var own = $"file-{stand.Upstream.Requests.Last.Number:D6}";
        var (status, answer) = await AskAsync(Ann, id);
        Assert.True(status == 200, answer);
        Assert.Contains($"\"{own}\"", stand.Upstream.Requests.Last.BodyText, StringComparison.Ordinal);
        var before = stand.Upstream.RequestCount;
        foreach (var strange in (string[])[id, own, "file-neverwas"])
        {
            (status, answer) = await AskAsync(Bob, strange);
            Assert.Equal(400, status);
            Assert.Contains($"No such File object: {strange}", answer, StringComparison.Ordinal);
        }
        // A name may be written in another way.
        (status, _) = await stand.SendAsync(Bob, HttpMethod.Post, path, Json(body.Replace("file_id", "file\\u005fid", StringComparison.Ordinal).Replace("ID", own, StringComparison.Ordinal)), Stop);
        Assert.Equal(400, status);
        Assert.Equal(before, stand.Upstream.RequestCount);

        Task<(int Status, string Body)> AskAsync(string key, string file) => stand.SendAsync(key, HttpMethod.Post, path, Json(body.Replace("ID", file, StringComparison.Ordinal)), Stop);
    }

    private static Task<EngineStand> StartAsync() => EngineStand.StartAsync(Plain, Stop, others: [Ann, Bob]);

    private static Task<(int Status, string Body)> UploadAsync(EngineStand stand, string key, string content, params (string Name, string Value)[] fields) =>
        UploadAsync(stand, key, content, fields, "/v1/files");

    private static async Task<(int Status, string Body)> UploadAsync(EngineStand stand, string key, string content, (string Name, string Value)[] fields, string path)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/jsonl");
        form.Add(file, "file", "input.jsonl");
        form.Add(new StringContent("batch"), "purpose");
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }
        return await stand.SendAsync(key, HttpMethod.Post, path, form, Stop);
    }

    private static Task<(int Status, string Body)> BatchAsync(EngineStand stand, string key, string file, string more = "") =>
        stand.SendAsync(key, HttpMethod.Post, "/v1/batches", Json($$"""{"input_file_id":"{{file}}","endpoint":"/v1/chat/completions","completion_window":"24h"{{more}}}"""), Stop);

    private static async Task<List<string>> ListAsync(EngineStand stand, string key, string path)
    {
        var (status, body) = await stand.SendAsync(key, HttpMethod.Get, path, null, Stop);
        Assert.True(status == 200, body);
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("data").EnumerateArray().Select(thing => thing.GetProperty("id").GetString() ?? "")];
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string IdIn(string body) => Text(body, "id") ?? "";

    private static string? Text(string body, string member) => JsonDocument.Parse(body).RootElement.GetProperty(member).GetString();
}
