using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.EndToEnd.Cases;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Keys;

/// <summary>A gateway with several models whose keys are made through its API.</summary>
public sealed class KeyStand : IAsyncLifetime
{
    private static readonly (string Name, string Upstream, string Groups)[] Models =
        [("gpt", "gpt", "basic"), ("pro", "pro", ""), ("failing", "gpt~500:99", ""), ("openai/*", "*", "")];

    private readonly HttpClient _http = new();
    private ScriptedModel? _model;
    private WeirProcess? _gateway;

    internal Uri Address => _gateway?.Address ?? throw new InvalidOperationException("not started");

    internal string Printed => _gateway?.Output ?? "";

    /// <summary>Where the gateway's configuration and database lie.</summary>
    internal string Folder => _gateway?.Folder ?? throw new InvalidOperationException("not started");

    internal ScriptedModel Model => _model ?? throw new InvalidOperationException("not started");

    /// <summary>The configuration, with further lines of <c>general_settings</c> or other sections.</summary>
    internal static string Config(ScriptedModel model, string more = "") =>
        $$"""
        model_list:
        {{string.Concat(Models.Select(m => $$"""
          - model_name: "{{m.Name}}"
            litellm_params: {model: "openai/{{m.Upstream}}", api_base: "{{model.V1}}", api_key: sk-upstream, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
            model_info: {access_groups: [{{m.Groups}}], max_output_tokens: 1000}

        """))}}
        router_settings:
          num_retries: 0
          fallbacks: [{failing: [pro]}]
        {{more}}
        """;

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _model = await ScriptedModel.StartAsync(new ScriptedModelOptions { ApiKey = "sk-upstream" }, token);
        _gateway = await WeirProcess.StartAsync(Config(_model), null, token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_model?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Sends a request and reads its answer.</summary>
    internal Task<Reply> SendAsync(string method, string path, string? body = null, string key = WeirProcess.MasterKey, params (string Name, string Value)[] headers) =>
        SendAsync(_http, Address, method, path, body, key, headers);

    /// <summary>The same to any gateway.</summary>
    internal static async Task<Reply> SendAsync(HttpClient http, Uri address, string method, string path, string? body, string key, params (string Name, string Value)[] headers)
    {
        var token = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, token);
        return new Reply((int)answer.StatusCode, answer.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase), await answer.Content.ReadAsByteArrayAsync(token));
    }

    /// <summary>Sends an administrator's request that has to succeed.</summary>
    internal async Task<JsonElement> AdminAsync(string path, string body, string method = "POST")
    {
        var reply = await SendAsync(method, path, method == "GET" ? null : body);
        Assert.True(reply.Status == 200, $"{method} {path} {body}: {reply.Status} {reply.Body}");
        return reply.Json;
    }

    /// <summary>Makes a key and returns it.</summary>
    internal async Task<string> KeyAsync(string body = "{}") => (await AdminAsync("/key/generate", body)).GetProperty("key").GetString() ?? "";

    /// <summary>Asks a model.</summary>
    internal Task<Reply> ChatAsync(string key, string model = "gpt", string members = "") =>
        SendAsync("POST", "/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hello"}]{{members}}}""", key);
}
