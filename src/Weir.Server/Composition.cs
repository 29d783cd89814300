using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Gateway;
using Weir.Gateway.Config;
using Weir.Gateway.Telemetry;
using Weir.Server.Cli;

namespace Weir.Server;

/// <summary>Puts engine, ledger and web server together. A middleware here is about HTTP only; the order of business steps is the pipeline's.</summary>
internal static class Composition
{
    /// <summary>The log of the process.</summary>
    internal static ILoggerFactory Logs(TelemetryConfig telemetry, bool debug) => LoggerFactory.Create(logging => LogSetup.Configure(logging, telemetry, debug));

    /// <summary>The web server with the engine's routes; not started.</summary>
    internal static WebApplication Build(GatewayEngine engine, GatewayConfig config, ServeOptions options, IPAddress address, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServeRun.LongestDrain);
        builder.WebHost.UseKestrelCore().UseSockets(SocketThreads.Configure).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The engine bounds bodies itself, so that the refusal is in the caller's dialect.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(address, options.Port, listen => Secure(listen, options));
            if (OwnMetricsPort(config, options) is { } metrics)
            {
                kestrel.Listen(address, metrics);
            }
        });
        // After the web server's own, of which the last one counts.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, SocketBuffers.Factory>();
        var app = builder.Build();
        if (Environment.GetEnvironmentVariable("SERVER_ROOT_PATH") is { Length: > 1 } root)
        {
            app.UsePathBase(root.StartsWith('/') ? root : "/" + root);
        }
        if (OwnMetricsPort(config, options) is { } port)
        {
            // Before the routes are looked at: that port is often open to more of the network than the one with the models.
            app.Use((http, next) => http.Connection.LocalPort != port || GatewayEngine.IsForMetricsPort(http.Request.Path) ? next(http) : GatewayEngine.NotFoundAsync(http));
        }
        app.UseRouting();
        engine.Map(app);
        return app;
    }

    /// <summary>The port that serves metrics alone; null when there is none, or when it is the port of everything.</summary>
    private static int? OwnMetricsPort(GatewayConfig config, ServeOptions options) =>
        config.Telemetry.MetricsPort is { } port && port != options.Port ? port : null;

    private static void Secure(ListenOptions listen, ServeOptions options)
    {
        if (options.CertificateFile is not { } certificate)
        {
            return;
        }
        var key = options.KeyFile ?? throw new StartException("--ssl_certfile_path needs --ssl_keyfile_path beside it.");
        listen.UseHttps(System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(certificate, key));
    }
}

/// <summary>Weir can't start; the message says why and what to do.</summary>
internal sealed class StartException(string message) : Exception(message);
