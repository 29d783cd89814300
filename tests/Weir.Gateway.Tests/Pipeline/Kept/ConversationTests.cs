using System.Text.Json;
using static Weir.Gateway.Tests.Pipeline.Kept.TenantStand;

namespace Weir.Gateway.Tests.Pipeline.Kept;

/// <summary>Conversations that an upstream keeps: each tenant reaches its own alone.</summary>
[Collection("uploads")]
public sealed class ConversationTests
{
    private const string Item = """{"type":"message","role":"user","content":"hello"}""";

    [Fact]
    public async Task The_owner_begins_sees_changes_fills_and_deletes()
    {
        await using var stand = await StartAsync();
        var (status, made) = await SayAsync(stand, Ann, "POST", "/v1/conversations", $$"""{"items":[{{Item}}],"metadata":{"a":"b","file_id":"x"},"model":"sibling"}""");
        Assert.Equal(200, status);
        var sent = stand.Upstream.Requests.Last;
        Assert.Equal(("/v1/conversations", "Bearer k1", $$$"""{"items":[{{{Item}}}],"metadata":{"a":"b","file_id":"x"}}"""), (sent.Path, sent.Header("Authorization"), sent.BodyText));
        var (id, own) = (IdIn(made), $"conv_{sent.Number:D6}");
        Assert.StartsWith("conv_", id);
        Assert.DoesNotContain(own, made);
        Assert.Contains("\"file_id\":\"x\"", made, StringComparison.Ordinal);

        Assert.Equal((200, made), await SayAsync(stand, Ann, "GET", "/conversations/" + id));
        (status, var changed) = await SayAsync(stand, Ann, "POST", "/v1/conversations/" + id, """{"metadata":{"a":"c"}}""");
        Assert.Equal((200, id), (status, IdIn(changed)));
        (status, var added) = await SayAsync(stand, Ann, "POST", $"/openai/v1/conversations/{id}/items?include=x&evil=1", $$"""{"items":[{{Item}}]}""");
        Assert.Equal((200, "?include=x"), (status, stand.Upstream.Requests.Last.Query));
        var item = JsonDocument.Parse(added).RootElement.GetProperty("data")[0].GetProperty("id").GetString();
        (_, var all) = await SayAsync(stand, Ann, "GET", $"/v1/conversations/{id}/items?limit=5");
        Assert.Equal(2, JsonDocument.Parse(all).RootElement.GetProperty("data").GetArrayLength());
        Assert.Equal("?limit=5", stand.Upstream.Requests.Last.Query);
        (status, var one) = await SayAsync(stand, Ann, "GET", $"/v1/conversations/{id}/items/{item}");
        Assert.Equal((200, item), (status, IdIn(one)));
        (status, var rest) = await SayAsync(stand, Ann, "DELETE", $"/v1/conversations/{id}/items/{item}");
        Assert.Equal((200, id), (status, IdIn(rest)));
        Assert.Equal((200, $$"""{"id":"{{id}}","object":"conversation.deleted","deleted":true}"""), await SayAsync(stand, Ann, "DELETE", "/v1/conversations/" + id));
        Assert.Equal(404, (await SayAsync(stand, Ann, "GET", "/v1/conversations/" + id)).Status);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/items")]
    [InlineData("POST", "/items")]
    [InlineData("GET", "/items/msg_1")]
    [InlineData("DELETE", "/items/msg_1")]
    public async Task Another_tenant_s_conversation_is_one_that_never_was(string method, string rest)
    {
        await using var stand = await StartAsync();
        var id = IdIn((await SayAsync(stand, Ann, "POST", "/v1/conversations", $$"""{"items":[{{Item}}]}""")).Body);
        var own = $"conv_{stand.Upstream.Requests.Last.Number:D6}";
        var before = stand.Upstream.RequestCount;
        var answers = new List<string>();
        foreach (var one in Strange(id, own))
        {
            var (status, answer) = await SayAsync(stand, Bob, method, $"/v1/conversations/{one}{rest}", method == "POST" ? $$$"""{"items":[{{{Item}}}],"metadata":{}}""" : null);
            Assert.Equal(404, status);
            answers.Add(answer.Replace(one, "ID", StringComparison.Ordinal));
        }
        Assert.Equal("""{"error":{"message":"Conversation with id 'ID' not found.","type":"invalid_request_error","param":null,"code":"404"}}""", Assert.Single(answers.Distinct()));
        Assert.Equal(before, stand.Upstream.RequestCount);
        Assert.Equal(200, (await SayAsync(stand, Ann, "GET", "/v1/conversations/" + id)).Status);
    }

    [Fact]
    public async Task A_response_goes_on_in_its_owner_s_conversation_at_the_account_that_keeps_it()
    {
        await using var stand = await StartAsync();
        var id = IdIn((await SayAsync(stand, Ann, "POST", "/v1/conversations", "{}")).Body);
        var own = $"conv_{stand.Upstream.Requests.Last.Number:D6}";
        foreach (var named in (string[])[$"\"{id}\"", $$$"""{"id":"{{{id}}}"}"""])
        {
            var (status, _) = await SayAsync(stand, Ann, "POST", "/v1/responses", $$"""{"model":"sibling","input":"hello","conversation":{{named}}}""");
            Assert.Equal(200, status);
            Assert.Equal(named.Replace(id, own, StringComparison.Ordinal), stand.Upstream.Requests.Last.Json().GetProperty("conversation").GetRawText());
        }
        var before = stand.Upstream.RequestCount;
        Assert.Equal(400, (await SayAsync(stand, Ann, "POST", "/v1/responses", $$"""{"model":"stranger","input":"hello","conversation":"{{id}}"}""")).Status);
        foreach (var one in Strange(id, own))
        {
            var (status, body) = await SayAsync(stand, Bob, "POST", "/v1/responses", $$"""{"model":"sibling","input":"hello","conversation":"{{one}}"}""");
            Assert.Equal(400, status);
            Assert.Contains($"Conversation with id '{one}' not found.", body, StringComparison.Ordinal);
        }
        Assert.Equal(before, stand.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":\"code_interpreter\",\"container\":\"cntr_raw\"}]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{\"type\":\"code_interpreter_call\",\"id\":\"ci_1\",\"container_id\":\"cntr_raw\",\"code\":\"1\",\"status\":\"completed\",\"outputs\":[]}]}")]
    public async Task A_container_that_was_not_handed_out_to_the_caller_is_refused(string body)
    {
        await using var stand = await StartAsync();
        var (status, answer) = await SayAsync(stand, Bob, "POST", "/v1/responses", body);
        Assert.Equal(400, status);
        Assert.Contains("Container with id 'cntr_raw' not found.", answer, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task So_is_a_container_of_anthropic_s()
    {
        await using var stand = await StartAsync();
        var (status, answer) = await SayAsync(stand, Bob, "POST", "/v1/messages", """{"model":"m","max_tokens":5,"container":"container_raw","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(400, status);
        Assert.Contains("Container with id 'container_raw' not found.", answer, StringComparison.Ordinal);
        Assert.Contains("invalid_request_error", answer, StringComparison.Ordinal);
        Assert.Equal(0, stand.Upstream.RequestCount);
    }

    [Fact]
    public async Task A_file_in_a_conversation_s_items_is_its_owner_s_alone_and_decides_where_the_conversation_is_kept()
    {
        await using var stand = await StartAsync();
        var upload = IdIn((await SayAsync(stand, Ann, "POST", "/v1/uploads", """{"filename":"f.txt","purpose":"user_data","bytes":0,"mime_type":"text/plain","custom_llm_provider":"azure"}""")).Body);
        var (_, done) = await SayAsync(stand, Ann, "POST", $"/v1/uploads/{upload}/complete", """{"part_ids":[]}""");
        var file = JsonDocument.Parse(done).RootElement.GetProperty("file").GetProperty("id").GetString();
        var own = $"file-{stand.Upstream.Requests.Last.Number:D6}";
        var items = """{"items":[{"type":"message","role":"user","content":[{"type":"input_file","file_id":"FILE"}]}]}""";
        var (status, made) = await SayAsync(stand, Ann, "POST", "/v1/conversations", items.Replace("FILE", file, StringComparison.Ordinal));
        Assert.Equal(200, status);
        Assert.Equal(("/openai/conversations", items.Replace("FILE", own, StringComparison.Ordinal)), (stand.Upstream.Requests.Last.Path, stand.Upstream.Requests.Last.BodyText));
        var (_, seen) = await SayAsync(stand, Ann, "GET", $"/v1/conversations/{IdIn(made)}/items");
        Assert.Contains(file ?? "?", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(own, seen);
        var before = stand.Upstream.RequestCount;
        Assert.Equal(400, (await SayAsync(stand, Bob, "POST", "/v1/conversations", items.Replace("FILE", file, StringComparison.Ordinal))).Status);
        var elsewhere = IdIn((await SayAsync(stand, Ann, "POST", "/v1/conversations", "{}")).Body);
        Assert.Equal(400, (await SayAsync(stand, Ann, "POST", $"/v1/conversations/{elsewhere}/items", items.Replace("FILE", file, StringComparison.Ordinal))).Status);
        Assert.Equal(before + 1, stand.Upstream.RequestCount);
    }
}
