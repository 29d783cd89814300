using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Weir.TestKit.Server;

/// <summary>Kestrel without a host: it starts in milliseconds and its port can be closed and opened again.</summary>
internal sealed class Listener(ScriptedModelOptions options, RequestHandler handler, Traffic traffic)
{
    private int _port = options.Port;
    private KestrelServer? _server;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            return;
        }

        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = 64 << 10;
        kestrel.Listen(IPAddress.Loopback, _port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            ((IConnectionBuilder)listen).Use(next => connection => CountAsync(next, connection));
        });
        var server = new KestrelServer(
            Options.Create(kestrel),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(handler, cancellationToken);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        _server = server;
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses
            ?? throw new InvalidOperationException("Kestrel does not say where it listens.");
        _port = new Uri(addresses.First()).Port;
    }

    public async Task StopAsync()
    {
        if (_server is not { } server)
        {
            return;
        }

        _server = null;
        // A cancelled token means: do not drain, drop every connection now.
        await server.StopAsync(new CancellationToken(canceled: true));
        server.Dispose();
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        traffic.ConnectionOpened();
        try
        {
            await next(connection);
        }
        finally
        {
            traffic.ConnectionClosed();
        }
    }
}
