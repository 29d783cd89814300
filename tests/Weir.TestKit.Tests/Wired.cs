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

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Model.DisposeAsync();
    }
}
