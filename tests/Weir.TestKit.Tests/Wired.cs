using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Tests;

/// <summary>A server and a plain HTTP client for it.</summary>
internal sealed class Wired : IAsyncDisposable
{
    private Wired(ScriptedModel model)
    {
        Model = model;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = model.BaseAddress };
        Http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public ScriptedModel Model { get; }

    public HttpClient Http { get; }

    public static async Task<Wired> StartAsync(ScriptedModelOptions? options = null) =>
        new(await ScriptedModel.StartAsync(options ?? new ScriptedModelOptions(), Token));

    public static string Chat(string text = "hello there", bool stream = false, string model = "m", string extra = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}],"stream":{{(stream ? "true" : "false")}}{{extra}}}""";

    public Task<HttpResponseMessage> SendAsync(string path, string body) => SendUntilAsync(path, body, Token);

    public Task<HttpResponseMessage> SendUntilAsync(string path, string body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async Task<JsonElement> AskAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>The data of each event.</summary>
    public async Task<List<string>> StreamAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        var text = await response.Content.ReadAsStringAsync(Token);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..])];
    }

    /// <summary>The events of a stream with their names (null when they have none).</summary>
    public async Task<List<(string? Name, JsonElement Data)>> EventsAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, text);
        return [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

        static (string? Name, JsonElement Data) Parse(string frame)
        {
            var data = frame.IndexOf("data: ", StringComparison.Ordinal);
            var name = frame.StartsWith("event: ", StringComparison.Ordinal) ? frame["event: ".Length..frame.IndexOf('\n', StringComparison.Ordinal)] : null;
            return (name, JsonDocument.Parse(frame[(data + "data: ".Length)..]).RootElement);
        }
    }

    /// <summary>The status and the body of an answer.</summary>
    public async Task<(int Status, string Body)> StatusAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Model.DisposeAsync();
    }
}
