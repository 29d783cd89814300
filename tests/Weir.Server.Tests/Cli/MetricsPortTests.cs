using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Server.Tests.Cli;

/// <summary><c>weir_settings.metrics_port</c>: often open to more of the network than the port with the models.</summary>
public sealed class MetricsPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_metrics_port_serves_metrics_and_probes_and_nothing_else()
    {
        var port = FreePort();
        await using var engine = await InProcess.Engine.StartAsync(Texts.Config("parrot", "http://127.0.0.1:1/v1") + $"\nweir_settings:\n  metrics_port: {port}\n", Token);
        using var main = Client(engine.Gateway.Address);
        using var metrics = Client(new Uri($"http://127.0.0.1:{port}"));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(metrics, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(metrics, "/health/readiness"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(metrics, "/health/liveliness"));
        foreach (var path in (string[])["/v1/models", "/health", "/model/info", "/openapi.json", "/", "/v1/chat/completions", "/metrics/x"])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(metrics, path));
        }

        using var chat = new StringContent("""{"model":"parrot","messages":[]}""", Encoding.UTF8, "application/json");
        using var refused = await metrics.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), chat, Token);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(main, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(main, "/v1/models"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(main, "/health/readiness"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return answer.StatusCode;
    }

    private static HttpClient Client(Uri address)
    {
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", WeirRun.Key);
        return http;
    }

    private static int FreePort()
    {
        using var door = new Socket(SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)door.LocalEndPoint!).Port; // bound in the line above
    }
}
