using System.Text.Json;
using static Weir.Gateway.Tests.Pipeline.Kept.TenantStand;

namespace Weir.Gateway.Tests.Pipeline.Kept;

/// <summary>Files that come in parts: each tenant fills and completes its own alone.</summary>
[Collection("uploads")]
public sealed class UploadInPartsTests
{
    private const string New = """{"filename":"f.txt","purpose":"user_data","bytes":6,"mime_type":"text/plain"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_s_parts_become_a_file_like_any_other()
    {
        await using var stand = await StartAsync();
        var (status, made) = await SayAsync(stand, Ann, "POST", "/v1/uploads", New);
        Assert.Equal((200, New), (status, stand.Upstream.Requests.Last.BodyText));
        var (id, own) = (IdIn(made), $"upload_{stand.Upstream.Requests.Last.Number:D6}");
        Assert.DoesNotContain(own, made);
        var parts = new List<string>();
        foreach (var text in (string[])["abc", "def"])
        {
            (status, var part) = await PartAsync(stand, Ann, id, text);
            Assert.Equal((200, id), (status, IdIn(part, "upload_id")));
            Assert.Equal($"/v1/uploads/{own}/parts", stand.Upstream.Requests.Last.Path);
            parts.Add(IdIn(part));
        }
        (status, var done) = await SayAsync(stand, Ann, "POST", $"/v1/uploads/{id}/complete", $$"""{"part_ids":["{{parts[0]}}","{{parts[1]}}"],"md5":"x"}""");
        Assert.Equal((200, id), (status, IdIn(done)));
        Assert.Equal("x", stand.Upstream.Requests.Last.Json().GetProperty("md5").GetString());
        var file = JsonDocument.Parse(done).RootElement.GetProperty("file").GetProperty("id").GetString();
        Assert.Equal((200, "abcdef"), await SayAsync(stand, Ann, "GET", $"/v1/files/{file}/content"));
        var (_, list) = await SayAsync(stand, Ann, "GET", "/v1/files");
        Assert.Equal(file, JsonDocument.Parse(list).RootElement.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(404, (await SayAsync(stand, Bob, "GET", $"/v1/files/{file}/content")).Status);

        var second = IdIn((await SayAsync(stand, Ann, "POST", "/v1/uploads", New)).Body);
        (status, var cancelled) = await SayAsync(stand, Ann, "POST", $"/v1/uploads/{second}/cancel");
        Assert.Equal((200, second, "cancelled"), (status, IdIn(cancelled), IdIn(cancelled, "status")));
        Assert.Equal(0, Weir.Gateway.Pipeline.Uploads.Upload.Outstanding);
    }

    [Theory]
    [InlineData("parts")]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task Another_tenant_s_upload_is_one_that_never_was(string verb)
    {
        await using var stand = await StartAsync();
        var id = IdIn((await SayAsync(stand, Ann, "POST", "/v1/uploads", New)).Body);
        var own = $"upload_{stand.Upstream.Requests.Last.Number:D6}";
        var before = stand.Upstream.RequestCount;
        var answers = new List<string>();
        foreach (var one in Strange(id, own))
        {
            var (status, answer) = verb == "parts" ? await PartAsync(stand, Bob, one, "x") : await SayAsync(stand, Bob, "POST", $"/v1/uploads/{one}/{verb}", """{"part_ids":[]}""");
            Assert.Equal(404, status);
            answers.Add(answer.Replace(one, "ID", StringComparison.Ordinal));
        }
        Assert.Equal("""{"error":{"message":"No such Upload object: ID","type":"invalid_request_error","param":"id","code":"404"}}""", Assert.Single(answers.Distinct()));
        Assert.Equal(before, stand.Upstream.RequestCount);
        Assert.Equal(200, (await SayAsync(stand, Ann, "POST", $"/v1/uploads/{id}/cancel")).Status);
    }

    [Fact]
    public async Task Another_tenant_s_part_completes_nothing()
    {
        await using var stand = await StartAsync();
        var ann = IdIn((await SayAsync(stand, Ann, "POST", "/v1/uploads", New)).Body);
        var part = IdIn((await PartAsync(stand, Ann, ann, "abc")).Body);
        var own = $"part_{stand.Upstream.Requests.Last.Number:D6}";
        var bob = IdIn((await SayAsync(stand, Bob, "POST", "/v1/uploads", New)).Body);
        var before = stand.Upstream.RequestCount;
        foreach (var one in Strange(part, own))
        {
            var (status, body) = await SayAsync(stand, Bob, "POST", $"/v1/uploads/{bob}/complete", $$"""{"part_ids":["{{one}}"]}""");
            Assert.Equal(400, status);
            Assert.Contains("No such Part object: " + one, body, StringComparison.Ordinal);
        }
        Assert.Equal(before, stand.Upstream.RequestCount);
    }

    private static Task<(int Status, string Body)> PartAsync(EngineStand stand, string key, string id, string text) =>
        stand.SendAsync(key, HttpMethod.Post, $"/v1/uploads/{id}/parts", new MultipartFormDataContent { { new StringContent(text), "data", "blob" } }, Stop);
}
