using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Weir.EndToEnd.Crossings;
using Weir.EndToEnd.Gateways;
using Weir.TestKit;

namespace Weir.EndToEnd.PassThrough;

/// <summary>A gateway with endpoints of its own and accounts at vendors, in front of a scripted model and of a server that is none.</summary>
internal sealed class PassThroughStand : IAsyncDisposable
{
    /// <summary>The key that the vendors ask for.</summary>
    public const string VendorKey = "sk-vendor-0123456789abcdef";

    /// <summary>The key that an endpoint's header holds.</summary>
    public const string ServerKey = "k-server-0123456789abcdef";

    private readonly WeirProcess _weir;

    private PassThroughStand(AnyServer server, ScriptedModel model, WeirProcess weir)
    {
        (Server, Model, _weir) = (server, model, weir);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = weir.Address };
    }

    public AnyServer Server { get; }

    public ScriptedModel Model { get; }

    public HttpClient Http { get; }

    public string Root => _weir.Address.GetLeftPart(UriPartial.Authority);

    public static async Task<PassThroughStand> StartAsync(CancellationToken cancellationToken)
    {
        var server = await AnyServer.StartAsync(cancellationToken);
        var model = await ScriptedModel.StartAsync(new ScriptedModelOptions { ApiKey = VendorKey, AwsAccessKey = "AKIDPASS", AwsSecretKey = VendorKey }, cancellationToken);
        var root = model.BaseAddress.GetLeftPart(UriPartial.Authority);
        var weir = await WeirProcess.StartAsync(
            $$"""
            model_list:
              - {model_name: house, litellm_params: {model: azure/gpt-4o, api_base: "{{root}}", api_version: "2024-10-21", api_key: {{VendorKey}} } }
              - {model_name: local, litellm_params: {model: bedrock/anthropic.claude-haiku-4-5-20251001-v1:0, api_base: "{{root}}", aws_region_name: eu-west-1, api_key: {{VendorKey}} } }
              - {model_name: signed, litellm_params: {model: bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0, api_base: "{{root}}", aws_region_name: eu-west-1, aws_access_key_id: AKIDPASS, aws_secret_access_key: {{VendorKey}} } }
            general_settings:
              pass_through_request_timeout: 20
              pass_through_endpoints:
                - {path: /one, target: "{{server.Root}}/base", headers: {authorization: "bearer os.environ/SERVER_KEY"} }
                - {path: /all, target: "{{server.Root}}/base", include_subpath: true, headers: {x-api-key: os.environ/SERVER_KEY}, cost_per_request: 0.25 }
                - {path: /open, target: "{{server.Root}}", include_subpath: true, auth: false, forward_headers: true, methods: [GET, POST] }
                - {path: /keyed, target: "{{server.Root}}", include_subpath: true, forward_headers: true }
                - {path: /merged, target: "{{server.Root}}/q?a=1&b=2", merge_query_params: true, default_query_params: {c: 3, a: 9} }
                - {path: /replaced, target: "{{server.Root}}/q?a=1&b=2" }
                - {path: /slow, target: "{{server.Root}}/slow", timeout: 0.5 }
                - {path: /dead, target: "http://127.0.0.1:{{FreePort()}}", include_subpath: true }
            """,
            new Dictionary<string, string>
            {
                ["SERVER_KEY"] = ServerKey,
                ["OPENAI_API_KEY"] = VendorKey, ["OPENAI_BASE_URL"] = model.V1,
                ["ANTHROPIC_API_KEY"] = VendorKey, ["ANTHROPIC_API_BASE"] = root,
                ["GEMINI_API_KEY"] = VendorKey, ["GEMINI_API_BASE"] = root,
                ["MISTRAL_API_KEY"] = VendorKey, ["MISTRAL_API_BASE"] = server.Root + "/v1",
                ["COHERE_API_KEY"] = VendorKey, ["COHERE_API_BASE"] = server.Root + "/v2",
            },
            cancellationToken);
        return new PassThroughStand(server, model, weir);
    }

    /// <summary>Sends a request whose path is taken as it stands, with the master key unless told otherwise.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, CancellationToken cancellationToken, string? body = null, Action<HttpRequestHeaders>? with = null, bool keyed = true, bool head = false)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(method, new Uri(Root + path, options));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (keyed)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", WeirProcess.MasterKey);
        }

        if (path.StartsWith("/anthropic/", StringComparison.Ordinal) && body is not null)
        {
            request.Headers.Add("anthropic-version", "2023-06-01");
        }

        with?.Invoke(request.Headers);
        return await Http.SendAsync(request, head ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    /// <summary>Ends the gateway and reads what it has written down, by call.</summary>
    public async Task<ILookup<string, WrittenRow>> EndAsync(CancellationToken cancellationToken)
    {
        Assert.Equal(0, await _weir.StopAsync("TERM", cancellationToken));
        return WrittenRow.Read(_weir.Folder);
    }

    /// <summary>The id of a call, under which its row stands.</summary>
    public static string CallOf(HttpResponseMessage response) => response.Headers.GetValues("x-litellm-call-id").Single();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _weir.DisposeAsync();
        await Model.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port; // It is bound.
    }
}
