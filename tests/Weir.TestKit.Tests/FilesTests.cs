using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Tests;

/// <summary>Files and batches.</summary>
public sealed class FilesTests
{
    private const string Lines =
        """
        {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"one"}]}}
        {"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"two"}]}}
        """;

    [Fact]
    public async Task A_file_is_kept_listed_read_and_forgotten()
    {
        await using var wired = await Wired.StartAsync();
        var id = await UploadAsync(wired, "hello", "user_data");

        var list = await GetAsync(wired, "/v1/files?purpose=user_data");
        var other = await GetAsync(wired, "/v1/files?purpose=batch");
        var content = await wired.Http.GetStringAsync($"/v1/files/{id}/content", Wired.Token);
        using var deleted = await wired.Http.DeleteAsync($"/v1/files/{id}", Wired.Token);
        using var gone = await wired.Http.GetAsync($"/v1/files/{id}", Wired.Token);

        Assert.Equal(id, list.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(0, other.GetProperty("data").GetArrayLength());
        Assert.Equal("hello", content);
        Assert.Equal(200, (int)deleted.StatusCode);
        Assert.Equal(404, (int)gone.StatusCode);
        Assert.Contains("No such File object: " + id, await gone.Content.ReadAsStringAsync(Wired.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_done_when_somebody_looks_again_and_its_results_are_a_file()
    {
        await using var wired = await Wired.StartAsync();
        var input = await UploadAsync(wired, Lines, "batch");

        var made = await wired.AskAsync("/v1/batches", $$$"""{"input_file_id":"{{{input}}}","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"a":"b"}}""");
        var seen = await GetAsync(wired, "/v1/batches/" + made.GetProperty("id").GetString());
        var output = await wired.Http.GetStringAsync($"/v1/files/{seen.GetProperty("output_file_id").GetString()}/content", Wired.Token);
        var late = await wired.StatusAsync($"/v1/batches/{made.GetProperty("id").GetString()}/cancel", "");

        Assert.Equal("validating", made.GetProperty("status").GetString());
        Assert.Equal("completed", seen.GetProperty("status").GetString());
        Assert.Equal(2, seen.GetProperty("request_counts").GetProperty("completed").GetInt32());
        var results = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["a", "b"], results.Select(r => r.GetProperty("custom_id").GetString()));
        Assert.Equal("You said: two", results[1].GetProperty("response").GetProperty("body").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(409, late.Status);
    }

    [Fact]
    public async Task A_batch_can_be_cancelled_before_it_is_done_and_an_unknown_one_is_not_found()
    {
        await using var wired = await Wired.StartAsync();
        var input = await UploadAsync(wired, Lines, "batch");
        var id = (await wired.AskAsync("/v1/batches", $$"""{"input_file_id":"{{input}}","endpoint":"/v1/chat/completions","completion_window":"24h"}""")).GetProperty("id").GetString();

        var cancelled = await wired.StatusAsync($"/v1/batches/{id}/cancel", "");
        var seen = await GetAsync(wired, $"/v1/batches/{id}");
        var list = await GetAsync(wired, "/v1/batches");
        using var unknown = await wired.Http.GetAsync("/v1/batches/batch_9", Wired.Token);
        var wrong = await wired.StatusAsync("/v1/batches", """{"input_file_id":"file-9","endpoint":"/v1/chat/completions","completion_window":"24h"}""");

        Assert.Contains("\"status\":\"cancelling\"", cancelled.Body, StringComparison.Ordinal);
        Assert.Equal("cancelled", seen.GetProperty("status").GetString());
        Assert.Equal(1, list.GetProperty("data").GetArrayLength());
        Assert.Equal((404, 400), ((int)unknown.StatusCode, wrong.Status));
    }

    private static async Task<string> UploadAsync(Wired wired, string content, string purpose)
    {
        using var form = new MultipartFormDataContent { { new StringContent(purpose), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", "in.jsonl" } };
        using var response = await wired.Http.PostAsync("/v1/files", form, Wired.Token);
        var file = await response.Content.ReadFromJsonAsync<JsonElement>(Wired.Token);
        Assert.Equal(Encoding.UTF8.GetByteCount(content), file.GetProperty("bytes").GetInt32());
        return file.GetProperty("id").GetString() ?? "";
    }

    private static async Task<JsonElement> GetAsync(Wired wired, string path) =>
        JsonDocument.Parse(await wired.Http.GetStringAsync(path, Wired.Token)).RootElement;
}
