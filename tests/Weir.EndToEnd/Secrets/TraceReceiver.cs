using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Weir.EndToEnd.Secrets;

/// <summary>Takes OTLP over HTTP and keeps the bytes: texts lie in protobuf as they are, so they can be searched.</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _taken;

    private TraceReceiver(WebApplication app, ConcurrentQueue<(string Path, byte[] Body)> taken)
    {
        _app = app;
        _taken = taken;
    }

    public string Address => _app.Urls.First();

    /// <summary>What came to <c>/v1/traces</c> and <c>/v1/metrics</c>.</summary>
    public IReadOnlyList<(string Path, byte[] Body)> Taken => [.. _taken];

    public static async Task<TraceReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var taken = new ConcurrentQueue<(string Path, byte[] Body)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            taken.Enqueue((http.Request.Path.Value ?? "", body.ToArray()));
            http.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync(cancellationToken);
        return new TraceReceiver(app, taken);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
