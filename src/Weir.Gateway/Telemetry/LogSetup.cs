using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Weir.Gateway.Config;

namespace Weir.Gateway.Telemetry;

/// <summary>How the gateway logs: to the console, one line per event, our own events from <c>Information</c> and the framework's from <c>Warning</c>.</summary>
public static class LogSetup
{
    /// <summary>Replaces every provider.</summary>
    /// <param name="logging">The host's logging.</param>
    /// <param name="config">For <c>json_logs</c>.</param>
    /// <param name="debug"><c>--debug</c>, <c>--detailed_debug</c>: our own events from <c>Debug</c>.</param>
    public static void Configure(ILoggingBuilder logging, TelemetryConfig config, bool debug)
    {
        logging.ClearProviders();

        // Standard output carries the one line that says where Weir listens.
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Weir", debug ? LogLevel.Debug : LogLevel.Information);

        // The web server's own words at debug level would repeat headers, and with them keys.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);

        // A start that failed is told in one sentence by the start itself, not with a stack as well.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (config.JsonLogs)
        {
            logging.AddJsonConsole(static options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(static options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
                options.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
    }
}
