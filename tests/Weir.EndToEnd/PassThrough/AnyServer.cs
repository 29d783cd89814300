using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.EndToEnd.PassThrough;

/// <summary>A server that is no model: it keeps what came, raw, and answers as it is told.</summary>
internal sealed class AnyServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AnyServer(WebApplication app) => _app = app;

    /// <summary>What came, oldest first.</summary>
    public ConcurrentQueue<Arrival> Arrivals { get; } = new();

    /// <summary>How it answers; by default with the words "ok".</summary>
    public RequestDelegate Answer { get; set; } = static http => http.Response.WriteAsync("ok", http.RequestAborted);

    /// <summary>Its address, without a slash at the end.</summary>
    public string Root => _app.Urls.First();

    /// <summary>The last that came.</summary>
    public Arrival Last => Arrivals.Last();

    public static async Task<AnyServer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new AnyServer(app);
        app.Run(server.ServeAsync);
        await app.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Arrivals.Enqueue(new Arrival(
            http.Request.Method, http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetString(body.ToArray())));
        await Answer(http);
    }
}

/// <summary>A request as it came.</summary>
/// <param name="Method">Method.</param>
/// <param name="Target">Path and query, as on the wire.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Body">The body.</param>
internal sealed record Arrival(string Method, string Target, Dictionary<string, string> Headers, string Body)
{
    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Everything of it in one text.</summary>
    public override string ToString() => $"{Method} {Target}\n{string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}"))}\n\n{Body}";
}
