using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests.Pipeline.Realtime;

/// <summary>A model whose side of each session the test plays itself.</summary>
internal sealed class SocketUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BlockingCollection<Talk> _sessions = [];
    private readonly ConcurrentBag<Talk> _all = [];

    private SocketUpstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>The headers of the last handshake.</summary>
    public IHeaderDictionary? Headers { get; private set; }

    /// <summary>Path and query of the last handshake.</summary>
    public string Asked { get; private set; } = "";

    public static async Task<SocketUpstream> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var upstream = new SocketUpstream(app);
        app.UseWebSockets();
        app.Run(async http =>
        {
            upstream.Headers = new HeaderDictionary(http.Request.Headers.ToDictionary());
            upstream.Asked = http.Request.Path + http.Request.QueryString.ToString();
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var talk = new Talk(socket, http.Abort);
            upstream._all.Add(talk);
            upstream._sessions.Add(talk);
            await talk.Over;
        });
        await app.StartAsync(cancellationToken);
        return upstream;
    }

    /// <summary>The session that was opened last.</summary>
    public Talk Take(CancellationToken cancellationToken) => _sessions.Take(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _all)
        {
            session.Abort();
        }

        await _app.DisposeAsync();
        _sessions.Dispose();
    }
}
