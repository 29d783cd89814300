using System.Net;
using System.Text;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;
using Weir.TestKit.Faults;

namespace Weir.EndToEnd.Secrets;

/// <summary>
/// Plants a distinct secret in every input there is, at debug level, under upstreams that repeat what they were sent, and looks for all of
/// them in everything that the gateway leaves behind.
/// </summary>
public sealed class CanaryTests
{
    private const string Group = "gpt";
    private readonly Dictionary<string, string> _canaries = new(StringComparer.Ordinal);

    /// <summary>Error bodies may repeat the caller's own words when an upstream does; never a credential.</summary>
    private readonly HashSet<string> _credentials = new(StringComparer.Ordinal);
    private readonly List<(string Place, string Text)> _told = [];

    [Fact]
    public async Task No_planted_secret_is_found_in_logs_ledger_traces_metrics_headers_or_errors()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var upstream = await ScriptedModel.StartAsync(cancellation);
        await using var azure = await ScriptedModel.StartAsync(new ScriptedModelOptions { Flavor = ModelFlavor.Azure }, cancellation);
        await using var traces = await TraceReceiver.StartAsync(cancellation);
        await using var weir = await WeirProcess.StartAsync(Config(upstream, azure), Environment(traces), ["--detailed_debug"], cancellation);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var invoker = new HttpMessageInvoker(handler);

        await AskEverythingAsync(invoker, weir, null, cancellation);
        foreach (var fault in Misbehaviours())
        {
            upstream.Faults.SetMode(fault);
            azure.Faults.SetMode(fault);
            await AskEverythingAsync(invoker, weir, fault, cancellation);
        }
        upstream.Faults.SetMode(Fault.Http(500) with { Echo = true });
        foreach (var path in new[] { "/health", "/health/readiness", "/metrics", "/model/info", "/model_group/info", "/v1/models", "/routes", "/openapi.json", "/nowhere" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(weir.Address, $"{path}?api_key={Credential("query")}&token={Credential("query-token")}"));
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + WeirProcess.MasterKey);
            await TellAsync(path, invoker, request, true, cancellation);
        }

        Assert.InRange(_canaries.Count, 30, 200);
        Assert.Contains(upstream.Requests, r => r.BodyText.Contains(Content("message"), StringComparison.Ordinal));
        Assert.Equal(0, await weir.StopAsync("TERM", cancellation));
        var left = Directory.EnumerateFiles(weir.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "config.yaml").ToList();
        // The search finds what is there: the ledger's own words, and what an upstream repeated of the caller's text beside masked keys.
        Assert.Contains(left, file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{Group}-azure")) >= 0);
        Assert.Contains(_told, t => t.Text.Contains(Content("message"), StringComparison.Ordinal) && t.Text.Contains("***", StringComparison.Ordinal));
        // Traces and metrics are sent at the latest when the gateway stops.
        foreach (var path in (string[])["/v1/traces", "/v1/metrics"])
        {
            Assert.Contains(traces.Taken, sent => sent.Path == path && sent.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{Group}-azure")) >= 0);
        }
        var found = _canaries.Where(c => weir.Output.Contains(c.Value, StringComparison.Ordinal)).Select(c => $"{c.Key} in the log")
            .Concat(left.SelectMany(file => FoundIn(File.ReadAllBytes(file), Path.GetFileName(file))))
            .Concat(traces.Taken.SelectMany(sent => FoundIn(sent.Body, "what was sent to " + sent.Path)))
            .Concat(_told.SelectMany(t => _canaries.Where(c => (_credentials.Contains(c.Key) || t.Place.StartsWith("GET", StringComparison.Ordinal)) && t.Text.Contains(c.Value, StringComparison.Ordinal))
                .Select(c => $"{c.Key} in {t.Place}: {t.Text}")))
            .Distinct().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<Fault> Misbehaviours() =>
    [
        Fault.Http(400) with { Echo = true }, Fault.Http(401) with { Echo = true }, Fault.Http(403) with { Echo = true }, Fault.Http(429) with { Echo = true },
        Fault.Http(500) with { Echo = true }, Fault.ErrorEvent(0) with { Echo = true }, Fault.ErrorEvent(2) with { Echo = true }, Fault.Garbage, Fault.CutAfter(1), Fault.Reset,
    ];

    private string Config(ScriptedModel upstream, ScriptedModel azure) =>
        $"""
        model_list:
          - model_name: {Group}
            litellm_params:
              model: openai/{Group}
              api_base: http://user:{Credential("api-base-password")}@127.0.0.1:{upstream.BaseAddress.Port}/v1
              api_key: sk-{Credential("config-key")}
              extra_headers:
                x-team-secret: {Credential("config-header")}
              organization: org-{Credential("organization")}
          - model_name: {Group}-env
            litellm_params:
              model: openai/{Group}
              api_base: {upstream.V1}
              api_key: os.environ/CANARY_KEY
          - model_name: {Group}-azure
            litellm_params:
              model: azure/{Group}
              api_base: {azure.BaseAddress}
              api_version: 2024-10-21
              api_key: {Credential("azure-key")}
          - model_name: {Group}-token
            litellm_params:
              model: azure/{Group}
              api_base: {azure.BaseAddress}
              api_version: 2024-10-21
              azure_ad_token: eyJ{Credential("azure-token")}
          - model_name: {Group}-client
            litellm_params:
              model: openai/{Group}
              api_base: {upstream.V1}
              api_key: sk-{Credential("kept-from-clients-target")}
              configurable_clientside_auth_params: ["api_key"]
        router_settings:
          num_retries: 0
          disable_cooldowns: true
        litellm_settings:
          callbacks: ["prometheus", "otel"]
        general_settings:
          user_header_name: x-end-user
        """;

    private Dictionary<string, string> Environment(TraceReceiver traces) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = traces.Address,
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=" + Credential("trace-receiver"),
        ["CANARY_KEY"] = "sk-" + Credential("environment-key"),
        ["AZURE_CLIENT_SECRET"] = Credential("azure-client-secret"),
        ["OPENAI_API_KEY"] = "sk-" + Credential("openai-environment"),
        ["UNRELATED_SECRET"] = Credential("unrelated-environment"),
    };

    private async Task AskEverythingAsync(HttpMessageInvoker invoker, WeirProcess weir, Fault? fault, CancellationToken cancellation)
    {
        var answered = fault is null;
        var messages = $$$"""
            "messages":[{"role":"system","content":"{{{Content("system")}}}"},{"role":"user","name":"n","content":"{{{Content("message")}}}"},
            {"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\":\"{{{Content("tool-arguments")}}}\"}"}}]},
            {"role":"tool","tool_call_id":"t","content":"{{{Content("tool-result")}}}"}]
            """;
        foreach (var model in new[] { Group, $"{Group}-env", $"{Group}-azure", $"{Group}-token" })
        {
            foreach (var stream in new[] { "false", "true" })
            {
                await PostAsync($"chat {model} stream={stream}", $$$"""{"model":"{{{model}}}","stream":{{{stream}}},{{{messages}}},"metadata":{"note":"{{{Content("metadata")}}}"},"x_unknown":"{{{Content("unknown-member")}}}"}""");
            }
        }
        await PostAsync("client key", $$"""{"model":"{{Group}}-client","api_key":"sk-{{Credential("client-key")}}",{{messages}}}""");
        await PostAsync("mock", $$"""{"model":"{{Group}}","mock_response":"{{Content("mock")}}",{{messages}}}""");
        await PostAsync("mock error", $$"""{"model":"{{Group}}","mock_response":"litellm.InternalServerError: {{Content("mock-error")}}",{{messages}}}""");
        await PostAsync("completion", $$"""{"model":"{{Group}}","prompt":"{{Content("prompt")}}"}""", "/v1/completions");
        await PostAsync("embedding", $$"""{"model":"{{Group}}","input":["{{Content("input")}}"]}""", "/v1/embeddings");
        await PostAsync("tokens", $$"""{"model":"{{Group}}",{{messages}}}""", "/utils/token_counter");
        await PostAsync("refused key", $$"""{"model":"{{Group}}","api_key":"sk-{{Credential("refused-key")}}",{{messages}}}""");
        await PostAsync("refused base", $$"""{"model":"{{Group}}","api_base":"http://u:{{Credential("refused-base")}}@127.0.0.1:1/",{{messages}}}""");
        await PostAsync("refused cloud key", $$"""{"model":"{{Group}}","aws_secret_access_key":"{{Credential("aws-key")}}",{{messages}}}""");
        await PostAsync("cut JSON", $$"""{"model":"{{Group}}","messages":[{"content":"{{Content("cut-json")}}""");
        await PostAsync("twice", $$"""{"model":"{{Group}}","user":"{{Content("user-once")}}","user":"b",{{messages}}}""");
        await PostAsync("wrong type", $$"""{"model":"{{Group}}","stream":"{{Content("wrong-type")}}",{{messages}}}""");
        foreach (var (name, value) in new[]
        {
            ("Authorization", "Bearer sk-" + Credential("bearer")), ("Authorization", Credential("bare-authorization")), ("x-api-key", "sk-" + Credential("x-api-key")),
            ("api-key", Credential("api-key-header")), ("x-litellm-api-key", "sk-" + Credential("litellm-key")),
            ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("u:sk-" + Credential("basic")))), ("Ocp-Apim-Subscription-Key", Credential("ocp")),
        })
        {
            await PostAsync("wrong " + name, $$"""{"model":"{{Group}}",{{messages}}}""", key: (name, value));
        }

        async Task PostAsync(string place, string body, string path = "/v1/chat/completions", (string Name, string Value)? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(weir.Address, $"{path}?key={Credential("post-query")}"))
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            var (name, value) = key ?? ("Authorization", "Bearer " + WeirProcess.MasterKey);
            request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.TryAddWithoutValidation("Cookie", "session=" + Credential("cookie"));
            request.Headers.TryAddWithoutValidation("User-Agent", "agent-" + Credential("user-agent"));
            request.Headers.TryAddWithoutValidation("X-Custom", Credential("custom-header"));
            request.Headers.TryAddWithoutValidation("OpenAI-Organization", Credential("organization-header"));
            request.Headers.TryAddWithoutValidation("x-forwarded-for", Credential("forwarded"));
            request.Headers.TryAddWithoutValidation("x-litellm-call-id", $"<{Credential("call-id")}>");
            request.Headers.TryAddWithoutValidation("baggage", "k=" + Credential("baggage"));
            await TellAsync(place + " under " + (fault?.Kind.ToString() ?? "no fault"), invoker, request, answered, cancellation);
        }
    }

    private async Task TellAsync(string place, HttpMessageInvoker invoker, HttpRequestMessage request, bool answered, CancellationToken cancellation)
    {
        using var response = await invoker.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        var headers = response.Headers.Concat(response.Content.Headers).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
        _told.Add(($"{request.Method} {place} headers", string.Join('\n', headers)));
        // The answer of a model is the caller's; everything else is ours.
        if (!answered || response.StatusCode != HttpStatusCode.OK || request.Method == HttpMethod.Get)
        {
            _told.Add(($"{request.Method} {place} body", text));
        }
    }

    private IEnumerable<string> FoundIn(byte[] bytes, string place) =>
        _canaries.Where(c => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(c.Value)) >= 0).Select(c => $"{c.Key} in {place}");

    private string Credential(string name)
    {
        _credentials.Add(name);
        return Content(name);
    }

    private string Content(string name)
    {
        if (!_canaries.TryGetValue(name, out var canary))
        {
            canary = $"Canary{_canaries.Count:00}x{Convert.ToHexString(Encoding.UTF8.GetBytes(name))}";
            _canaries.Add(name, canary);
        }
        return canary;
    }
}
