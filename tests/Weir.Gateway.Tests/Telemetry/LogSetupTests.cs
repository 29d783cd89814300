using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Config;
using Weir.Gateway.Telemetry;

namespace Weir.Gateway.Tests.Telemetry;

public sealed class LogSetupTests
{
    [Theory]
    [InlineData(false, "Weir.Gateway", LogLevel.Information, true)]
    [InlineData(false, "Weir.Gateway", LogLevel.Debug, false)]
    [InlineData(true, "Weir.Gateway", LogLevel.Debug, true)]
    [InlineData(true, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, false)]
    [InlineData(false, "Microsoft.AspNetCore.Hosting", LogLevel.Warning, true)]
    [InlineData(true, "System.Net.Http", LogLevel.Debug, false)]
    public void Our_events_show_from_information_and_the_frameworks_from_warning(bool debug, string category, LogLevel level, bool shown)
    {
        using var services = new ServiceCollection().AddLogging(logging => LogSetup.Configure(logging, new TelemetryConfig { JsonLogs = true }, debug)).BuildServiceProvider();
        Assert.Equal(shown, services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level));
    }

    [Fact]
    public void An_event_says_what_and_where_in_one_line()
    {
        var written = new Written();
        written.Draining(3);
        Assert.Equal("Draining: readiness fails from now on, 3 requests are being finished", written.Last);
        written.PriceUnknown("azure", "our-4o", "d1");
        Assert.Contains("set model_info.base_model", written.Last, StringComparison.Ordinal);
    }

    private sealed class Written : ILogger
    {
        internal string Last { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Last = formatter(state, exception);
    }
}
