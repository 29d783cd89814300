using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Tests.Telemetry.Tracing;

/// <summary>A collector on the loopback that reads what it is sent down to spans, attributes and metric names.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    internal ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    internal ConcurrentQueue<OtlpMetric> Metrics { get; } = new();

    internal ConcurrentQueue<string> Paths { get; } = new();

    internal ConcurrentDictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal ConcurrentDictionary<string, string> Resource { get; } = new(StringComparer.Ordinal);

    /// <summary>What to answer.</summary>
    internal int Status { get; set; } = 200;

    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    internal static async Task<OtlpReceiver> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var grpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        var message = grpc ? body.ToArray()[5..] : body.ToArray();
        var path = context.Request.Path.Value ?? "";
        foreach (var (name, value) in context.Request.Headers)
        {
            Headers[name] = value.ToString();
        }

        if (path.Contains("race", StringComparison.Ordinal))
        {
            ReadSpans(message);
        }
        else
        {
            ReadMetrics(message);
        }

        Paths.Enqueue(path);
        context.Response.StatusCode = Status;
        if (grpc)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
        }
    }

    private void ReadSpans(byte[] message)
    {
        foreach (var resource in Proto.Messages(message, 1))
        {
            foreach (var (key, value) in Proto.Messages(resource, 1).SelectMany(static r => Proto.Attributes(r, 1)))
            {
                Resource[key] = value;
            }

            foreach (var span in Proto.Messages(resource, 2).SelectMany(static scope => Proto.Messages(scope, 2)))
            {
                Spans.Enqueue(new OtlpSpan(
                    Convert.ToHexStringLower(Proto.Messages(span, 1).Single()),
                    Convert.ToHexStringLower(Proto.Messages(span, 2).Single()),
                    Convert.ToHexStringLower(Proto.Messages(span, 4).FirstOrDefault([])),
                    Proto.Text(span, 5),
                    Proto.Number(span, 6),
                    Proto.Attributes(span, 9),
                    Proto.Messages(span, 15).Select(static status => Proto.Number(status, 3)).FirstOrDefault()));
            }
        }
    }

    private void ReadMetrics(byte[] message)
    {
        foreach (var metric in Proto.Messages(message, 1).SelectMany(static r => Proto.Messages(r, 2)).SelectMany(static scope => Proto.Messages(scope, 2)))
        {
            // All of ours are histograms: field 9, whose points hold their attributes in field 9.
            foreach (var point in Proto.Messages(metric, 9).SelectMany(static histogram => Proto.Messages(histogram, 1)))
            {
                Metrics.Enqueue(new OtlpMetric(Proto.Text(metric, 1), Proto.Attributes(point, 9), Proto.Double(point, 5)));
            }
        }
    }
}

internal sealed record OtlpSpan(string TraceId, string SpanId, string ParentId, string Name, long Kind, Dictionary<string, string> Attributes, long Status);

internal sealed record OtlpMetric(string Name, Dictionary<string, string> Attributes, double Sum);
