using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class OutboundProxyTests
{
    [Theory]
    [InlineData("https://api.openai.com/v1", "", "proxied")]
    [InlineData("http://api.openai.com/v1", "", "proxied")]
    [InlineData("https://api.openai.com/v1", "*", "direct")]
    [InlineData("https://api.openai.com/v1", "openai.com", "direct")]
    [InlineData("https://api.openai.com/v1", ".openai.com", "direct")]
    [InlineData("https://api.openai.com/v1", "*.openai.com", "direct")]
    [InlineData("https://api.openai.com/v1", "penai.com", "proxied")]
    [InlineData("https://api.openai.com/v1", "other.example, API.OpenAI.com", "direct")]
    [InlineData("https://api.openai.com/v1", "api.openai.com:8443", "proxied")]
    [InlineData("https://api.openai.com:8443/v1", "api.openai.com:8443", "direct")]
    [InlineData("http://10.1.2.3:8000/v1", "10.0.0.0/8", "direct")]
    [InlineData("http://10.1.2.3:8000/v1", "10.1.2.3", "direct")]
    [InlineData("http://10.1.2.3:8000/v1", "10.1.2.4", "proxied")]
    [InlineData("http://[fd00::1]:8000/v1", "fd00::/8", "direct")]
    [InlineData("http://localhost:8000/v1", "", "direct")]
    [InlineData("http://127.0.0.1:8000/v1", "", "direct")]
    public void The_way_to_a_named_host_follows_NO_PROXY(string target, string noProxy, string way)
    {
        var proxy = new OutboundProxy(new() { HttpProxy = new("http://proxy:3128"), HttpsProxy = new("http://proxy:3129"), NoProxy = noProxy }, (_, _) => true);
        var uri = new Uri(target);
        Assert.Equal(way == "direct", proxy.IsBypassed(uri));
        Assert.Equal(way == "direct" ? null : new Uri(uri.Scheme == "https" ? "http://proxy:3129" : "http://proxy:3128"), proxy.GetProxy(uri));
    }

    [Fact]
    public void A_host_that_nobody_named_goes_directly_because_only_then_its_address_is_checked()
    {
        var proxy = new OutboundProxy(new() { HttpProxy = new("http://proxy:3128"), HttpsProxy = new("http://proxy:3128") }, (_, _) => false);
        Assert.True(proxy.IsBypassed(new("https://callers-choice.example/")));
    }

    [Fact]
    public void The_environment_is_read_as_everywhere()
    {
        var variables = new Dictionary<string, string>
        {
            ["HTTP_PROXY"] = "upper:1", ["http_proxy"] = "lower:2", ["ALL_PROXY"] = "socks5h://all:3", ["NO_PROXY"] = "a,b", ["SSL_CERT_FILE"] = "/ca.pem",
        };
        var options = OutboundOptions.FromEnvironment(variables.GetValueOrDefault);
        Assert.Equal(new Uri("http://lower:2"), options.HttpProxy);
        Assert.Equal(new Uri("socks5://all:3"), options.HttpsProxy);
        Assert.Equal("a,b", options.NoProxy);
        Assert.Equal("/ca.pem", options.CaFile);
        Assert.Equal(new OutboundOptions().HttpProxy, OutboundOptions.FromEnvironment(_ => " ").HttpProxy);
    }

    [Fact]
    public void A_proxy_that_is_no_address_is_refused_without_showing_its_password()
    {
        var error = Assert.Throws<FormatException>(() => OutboundOptions.FromEnvironment(name => name == "HTTPS_PROXY" ? "ftp://user:geheim1@proxy" : null));
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_goes_through_the_proxy_and_signs_in_there()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var connector = new OutboundConnector(new() { HttpProxy = new($"http://us%40er:pa%3Ass@127.0.0.1:{port}") });
        connector.NameHosts([new("http://model.example/v1")]);
        var heads = new List<string>();
        var proxy = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptSocketAsync(cancel);
                for (var i = 0; i < 2; i++)
                {
                    heads.Add(await HeadAsync(client, cancel));
                    await client.SendAsync(
                        i == 0
                            ? "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray()
                            : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(),
                        cancel);
                }
            },
            cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://model.example/v1/models");
        using var response = await connector.Invoker(TlsTrust.Default).SendAsync(request, cancel);
        Assert.Equal("ok", await response.Content.ReadAsStringAsync(cancel));
        await proxy;
        Assert.All(heads, head => Assert.StartsWith("GET http://model.example/v1/models HTTP/1.1\r\n", head, StringComparison.Ordinal));
        Assert.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("us@er:pa:ss"u8), heads[1], StringComparison.Ordinal);
    }

    private static async Task<string> HeadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReceiveAsync(buffer, cancellationToken) > 0)
        {
            head.Append((char)buffer[0]);
        }

        return head.ToString();
    }
}
