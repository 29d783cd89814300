using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Weir.Providers.Tests.Credentials;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class OutboundConnectorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_on_this_machine_is_reached_only_when_the_configuration_names_it()
    {
        await using var server = await FakeUpstream.StartAsync(http => http.Response.WriteAsync("hello", Cancel));
        using var connector = new OutboundConnector(new());
        await RefusedAsync(connector, server.Address, AddressVerdict.Loopback);
        Assert.Equal(0, connector.OpenConnections);

        connector.NameHosts([server.Address]);
        Assert.Equal("hello", await GetAsync(connector, server.Address));

        // The port counts: a named host opens no other service beside it.
        await RefusedAsync(connector, new($"http://127.0.0.1:{server.Address.Port ^ 1}/"), AddressVerdict.Loopback);
    }

    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::127.0.0.1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://127.0.0.1.:80/")]
    public async Task Loopback_is_recognised_in_every_spelling(string uri)
    {
        using var connector = new OutboundConnector(new() { Resolve = ResolveLikeTheSystemAsync });
        await RefusedAsync(connector, new(uri), AddressVerdict.Loopback);
    }

    [Theory]
    [InlineData("http://169.254.169.254/metadata/identity")]
    [InlineData("http://2852039166/")]
    [InlineData("http://0xa9.0xfe.0xa9.0xfe/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://100.100.100.200/")]
    public async Task A_metadata_service_is_refused_also_when_the_configuration_names_it(string uri)
    {
        using var connector = new OutboundConnector(new());
        connector.NameHosts([new(uri)]);
        var message = await RefusedAsync(connector, new(uri), AddressVerdict.Metadata);
        Assert.Contains("no configuration can allow", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("93.184.216.34", "127.0.0.1")]
    [InlineData("10.0.0.1", "93.184.216.34")]
    public async Task A_name_that_leads_inside_is_refused_whatever_else_it_says(params string[] addresses)
    {
        using var connector = new OutboundConnector(new() { Resolve = (_, _) => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse)) });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://rebind.example/");
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel));
        Assert.IsType<AddressRefusedException>(error.InnerException);
        Assert.Equal(0, connector.OpenConnections);
    }

    [Fact]
    public async Task The_name_is_asked_once_per_connection_so_that_a_second_answer_changes_nothing()
    {
        await using var server = await FakeUpstream.StartAsync(http => http.Response.WriteAsync("first", Cancel));
        var asked = 0;
        using var connector = new OutboundConnector(new()
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.1" : "169.254.169.254")]),
        });
        var address = new Uri($"http://turning.example:{server.Address.Port}/");
        connector.NameHosts([address]);
        Assert.Equal("first", await GetAsync(connector, address));
        Assert.Equal("first", await GetAsync(connector, address));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_connection_past_its_life_is_replaced_and_DNS_changes_are_followed()
    {
        await using var old = await FakeUpstream.StartAsync(http => http.Response.WriteAsync("old", Cancel));
        var port = old.Address.Port;
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        second.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        second.Listen();
        var moved = false;
        using var connector = new OutboundConnector(new()
        {
            ConnectionLifetime = TimeSpan.Zero,
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(moved ? "127.0.0.2" : "127.0.0.1")]),
        });
        var address = new Uri($"http://moving.example:{port}/");
        connector.NameHosts([address]);
        Assert.Equal("old", await GetAsync(connector, address));
        moved = true;
        var answer = GetAsync(connector, address);
        using var accepted = await second.AcceptAsync(Cancel);
        await accepted.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"u8.ToArray(), Cancel);
        Assert.Equal("new", await answer);
    }

    [Fact]
    public async Task A_dead_first_address_leaves_the_others()
    {
        await using var server = await FakeUpstream.StartAsync(http => http.Response.WriteAsync("alive", Cancel));
        using var connector = new OutboundConnector(new() { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.3"), IPAddress.Loopback]) });
        var address = new Uri($"http://two.example:{server.Address.Port}/");
        connector.NameHosts([address]);
        Assert.Equal("alive", await GetAsync(connector, address));
    }

    [Fact]
    public async Task Redirects_cookies_compression_and_trace_headers_are_left_alone()
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await FakeUpstream.StartAsync(http =>
        {
            seen.Enqueue(string.Join(';', http.Request.Headers.Keys.Order()));
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = "/elsewhere";
            http.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });
        using var connector = new OutboundConnector(new());
        connector.NameHosts([server.Address]);
        using var activity = new Activity("outer").Start();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
            using var response = await connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        }

        Assert.All(seen, headers => Assert.Equal("Host", headers));
    }

    [Fact]
    public async Task Every_opened_connection_is_counted_and_none_stays()
    {
        var gone = new ConcurrentQueue<bool>();
        await using var server = await FakeUpstream.StartAsync(async http =>
        {
            if (http.Request.Path == "/endless")
            {
                var ended = new TaskCompletionSource();
                http.RequestAborted.Register(() => ended.TrySetResult());
                await http.Response.WriteAsync("x", CancellationToken.None);
                await http.Response.Body.FlushAsync(CancellationToken.None);
                await ended.Task;
                gone.Enqueue(true);
                return;
            }

            await http.Response.WriteAsync("ok", Cancel);
        });
        var connector = new OutboundConnector(new());
        connector.NameHosts([server.Address]);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            if (i % 2 == 0)
            {
                Assert.Equal("ok", await GetAsync(connector, server.Address));
                return;
            }

            using var client = new CancellationTokenSource();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/endless"));
            using var response = await connector.Invoker(TlsTrust.Default).SendAsync(request, client.Token);
            await using var body = await response.Content.ReadAsStreamAsync(Cancel);
            var one = new byte[16];
            Assert.Equal(1, await body.ReadAsync(one, Cancel));
            var waiting = body.ReadAsync(one, client.Token).AsTask();
            await client.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }));
        Assert.InRange(connector.OpenConnections, 1, 25);
        connector.Dispose();
        Assert.Equal(0, connector.OpenConnections);
        while (gone.Count < 25)
        {
            // The server sees each end of a connection on its own threads.
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_certificate_is_trusted_through_the_CA_file_the_system_or_not_at_all()
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeUpstream.StartAsync(http => http.Response.WriteAsync(http.Request.Protocol, Cancel), certificates.Server("localhost"));
        var address = new Uri($"https://localhost:{server.Address.Port}/");
        using var connector = new OutboundConnector(new());
        connector.NameHosts([address, server.Address]);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(connector, address, TlsTrust.Default));
        Assert.Contains("ssl_verify", ConnectFault.From(error, address).Message, StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1", await GetAsync(connector, address, new(CaFile: certificates.CaFile)));
        Assert.Equal("HTTP/1.1", await GetAsync(connector, address, new(Verify: false)));

        // The authority vouches for localhost, not for the address: a wrong name stays wrong.
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(connector, server.Address, new(CaFile: certificates.CaFile)));

        using var global = new OutboundConnector(new() { CaFile = certificates.CaFile });
        global.NameHosts([address]);
        Assert.Equal("HTTP/1.1", await GetAsync(global, address, TlsTrust.Default));
    }

    [Fact]
    public async Task HTTP_2_is_used_over_TLS_when_asked_for()
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeUpstream.StartAsync(http => http.Response.WriteAsync(http.Request.Protocol, Cancel), certificates.Server("localhost"));
        var address = new Uri($"https://localhost:{server.Address.Port}/");
        using var connector = new OutboundConnector(new() { CaFile = certificates.CaFile });
        connector.NameHosts([address]);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20 };
        using var response = await connector.Invoker(TlsTrust.Default).SendAsync(request, Cancel);
        Assert.Equal("HTTP/2", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public void A_broken_CA_file_is_named()
    {
        using var connector = new OutboundConnector(new());
        var missing = Path.Combine(Path.GetTempPath(), "no-such-ca.pem");
        Assert.Contains(missing, Assert.Throws<InvalidDataException>(() => connector.Invoker(new(CaFile: missing))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_is_a_fault_that_says_so()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}/");
        closed.Stop();
        using var connector = new OutboundConnector(new());
        connector.NameHosts([address]);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(connector, address));
        var fault = ConnectFault.From(error, address);
        Assert.Equal((FaultKind.ConnectFailed, 0), (fault.Kind, fault.Status));
        Assert.Contains("refused the connection", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, connector.OpenConnections);
    }

    [Fact]
    public async Task An_unknown_name_is_a_fault_that_says_so()
    {
        using var connector = new OutboundConnector(new() { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        var address = new Uri("http://nowhere.example/");
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(connector, address));
        Assert.Contains("can't be resolved", ConnectFault.From(error, address).Message, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(OutboundConnector connector, Uri address, TlsTrust? trust = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await connector.Invoker(trust ?? TlsTrust.Default).SendAsync(request, Cancel);
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    private static async Task<string> RefusedAsync(OutboundConnector connector, Uri address, AddressVerdict verdict)
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(connector, address));
        Assert.Equal(verdict, Assert.IsType<AddressRefusedException>(error.InnerException).Verdict);
        var fault = ConnectFault.From(error, address);
        Assert.Equal(FaultKind.AddressRefused, fault.Kind);
        return fault.Message;
    }

    /// <summary>Names need no network here: what is no localhost is a number in a form that only the system's resolver reads.</summary>
    private static Task<IPAddress[]> ResolveLikeTheSystemAsync(string host, CancellationToken cancellationToken) =>
        host == "localhost" ? Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]) : Dns.GetHostAddressesAsync(host.TrimEnd('.'), cancellationToken);
}
