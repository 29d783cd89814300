using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests.Pipeline.Media;

/// <summary>A server on a real socket that keeps what it was asked and answers as the test says.</summary>
internal sealed class MediaUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MediaUpstream(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Path, string Type, byte[] Body)> Asked { get; } = new();

    public Uri Address => new(_app.Urls.First());

    public static async Task<MediaUpstream> StartAsync(Func<HttpContext, byte[], Task> answer, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var upstream = new MediaUpstream(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            upstream.Asked.Enqueue((http.Request.Path + http.Request.QueryString.ToString(), http.Request.ContentType ?? "", body.ToArray()));
            await answer(http, body.ToArray());
        });
        await app.StartAsync(cancellationToken);
        return upstream;
    }

    /// <summary>One that always answers this.</summary>
    public static Task<MediaUpstream> AlwaysAsync(string type, string text, CancellationToken cancellationToken) =>
        StartAsync((http, _) => WriteAsync(http, type, text), cancellationToken);

    public static Task WriteAsync(HttpContext http, string type, string text, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted).AsTask();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
