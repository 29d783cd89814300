using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.Realtime;

/// <summary>A gateway with TLS in front of a scripted model that speaks the realtime API.</summary>
internal sealed class RealtimeWorld : IAsyncDisposable
{
    private const string UpstreamKey = "sk-upstream";

    private readonly DirectoryInfo _certificates;
    private readonly List<HttpMessageInvoker> _invokers = []; // a socket lives on a connection of its own

    private RealtimeWorld(ScriptedModel upstream, WeirProcess gateway, DirectoryInfo certificates)
    {
        Upstream = upstream;
        Gateway = gateway;
        _certificates = certificates;
    }

    public ScriptedModel Upstream { get; }

    public WeirProcess Gateway { get; }

    /// <summary>Root address of the gateway, without a slash at the end.</summary>
    public string Root => Gateway.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Starts both. Models: <c>talk</c>, <c>talk~FAULT</c> for each fault, <c>pair</c> (a broken deployment and a sound one), <c>broken</c> (falls back to <c>talk</c>), <c>azure</c>, <c>azure-v1</c>.</summary>
    public static async Task<RealtimeWorld> StartAsync(CancellationToken cancellationToken, params string[] faults)
    {
        var upstream = await ScriptedModel.StartAsync(new ScriptedModelOptions { ApiKey = UpstreamKey }, cancellationToken);
        var root = upstream.BaseAddress.GetLeftPart(UriPartial.Authority);
        var certificates = Directory.CreateTempSubdirectory("weir-e2e-tls-");
        WriteCertificate(certificates.FullName);
        var faulty = string.Concat(faults.Select(fault =>
            $"  - {{model_name: \"talk~{fault}\", litellm_params: {{model: \"openai/gpt-realtime~{fault}\", api_base: \"{upstream.V1}\", api_key: {UpstreamKey}}}, " + "model_info: {base_model: gpt-realtime}}\n"));
        var gateway = await WeirProcess.StartAsync(
            $$$"""
            model_list:
              - {model_name: talk, litellm_params: {model: openai/gpt-realtime, api_base: "{{{upstream.V1}}}", api_key: {{{UpstreamKey}}} }, model_info: {mode: realtime}}
              - {model_name: pair, litellm_params: {model: openai/gpt-realtime~503, api_base: "{{{upstream.V1}}}", api_key: {{{UpstreamKey}}}, order: 1}, model_info: {base_model: gpt-realtime}}
              - {model_name: pair, litellm_params: {model: openai/gpt-realtime, api_base: "{{{upstream.V1}}}", api_key: {{{UpstreamKey}}}, order: 2} }
              - {model_name: broken, litellm_params: {model: openai/gpt-realtime~503, api_base: "{{{upstream.V1}}}", api_key: {{{UpstreamKey}}} }, model_info: {base_model: gpt-realtime}}
              - {model_name: azure, litellm_params: {model: azure/my-deployment, api_base: "{{{root}}}", api_key: {{{UpstreamKey}}}, api_version: "2025-04-01-preview"}, model_info: {base_model: gpt-realtime}}
              - {model_name: azure-v1, litellm_params: {model: azure/my-deployment, api_base: "{{{root}}}/openai/v1", api_key: {{{UpstreamKey}}} }, model_info: {base_model: gpt-realtime}}
            {{{faulty}}}
            router_settings:
              num_retries: 1
              retry_after: 0
              disable_cooldowns: true
              fallbacks: [{broken: [talk]}]
            """,
            new Dictionary<string, string> { ["WEIR_DRAIN_SECONDS"] = "0" },
            ["--ssl_certfile_path", Path.Combine(certificates.FullName, "cert.pem"), "--ssl_keyfile_path", Path.Combine(certificates.FullName, "key.pem")],
            cancellationToken);
        return new RealtimeWorld(upstream, gateway, certificates);
    }

    /// <summary>Opens a session.</summary>
    public async Task<ClientWebSocket> OpenAsync(string model, CancellationToken cancellationToken, Version? http = null)
    {
        var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket, model, WeirProcess.MasterKey, http, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return socket;
    }

    /// <summary>The status with which a session is refused.</summary>
    public async Task<(int Status, string CallId)> RefusedAsync(string model, CancellationToken cancellationToken, string key = WeirProcess.MasterKey)
    {
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(socket, model, key, null, cancellationToken));
        return ((int)socket.HttpStatusCode, socket.HttpResponseHeaders is { } headers && headers.TryGetValue("x-litellm-call-id", out var ids) ? ids.Single() : "");
    }

    public async ValueTask DisposeAsync()
    {
        _invokers.ForEach(invoker => invoker.Dispose());
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        _certificates.Delete(recursive: true);
    }

    /// <summary>The events up to one of <paramref name="type"/>.</summary>
    public static async Task<List<JsonElement>> UntilAsync(ClientWebSocket socket, string type, CancellationToken cancellationToken)
    {
        var events = new List<JsonElement>();
        do
        {
            events.Add(await ReceiveAsync(socket, cancellationToken) ?? throw new InvalidOperationException($"closed with {socket.CloseStatus} after {string.Join(' ', events)}"));
        }
        while (TypeOf(events[^1]) != type);
        return events;
    }

    /// <summary>The next event; null for the closing frame.</summary>
    public static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(whole.ToArray()).RootElement;
            }
        }
    }

    public static string? TypeOf(JsonElement message) => message.GetProperty("type").GetString();

    public static string TextOf(IEnumerable<JsonElement> events) =>
        string.Concat(events.Where(e => TypeOf(e) == "response.output_text.delta").Select(e => e.GetProperty("delta").GetString()));

    public static Task SendAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellationToken);

    /// <summary>Says something and asks for an answer.</summary>
    public static async Task AskAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken)
    {
        await SendAsync(socket, $$$"""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"{{{text}}}"}]}}""", cancellationToken);
        await SendAsync(socket, """{"type":"response.create"}""", cancellationToken);
    }

    private async Task ConnectAsync(ClientWebSocket socket, string model, string key, Version? http, CancellationToken cancellationToken)
    {
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        var address = new Uri($"{Root.Replace("https:", "wss:", StringComparison.Ordinal)}/v1/realtime?model={Uri.EscapeDataString(model)}");
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };
        if (http is not null)
        {
            socket.Options.HttpVersion = http;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        _invokers.Add(new HttpMessageInvoker(handler));
        await socket.ConnectAsync(address, _invokers[^1], cancellationToken);
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
