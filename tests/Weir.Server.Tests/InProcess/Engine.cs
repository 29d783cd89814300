using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Config;
using Weir.Server.Cli;

namespace Weir.Server.Tests.InProcess;

/// <summary>The gateway as <c>weir serve</c> composes it, inside the test's process.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly Scratch _folder;

    private Engine(RunningGateway gateway, Scratch folder)
    {
        Gateway = gateway;
        _folder = folder;
    }

    public RunningGateway Gateway { get; }

    public static async Task<Engine> StartAsync(string yaml, CancellationToken cancellationToken)
    {
        var folder = new Scratch();
        var loaded = ConfigLoader.Load(folder.Write("config.yaml", yaml), new ConfigLoadOptions { Environment = new Dictionary<string, string>() });
        var config = loaded.Config ?? throw new InvalidOperationException(string.Join('\n', loaded.Report.Problems));
        return new Engine(
            await RunningGateway.StartAsync(config, new ServeOptions { Port = 0 }, IPAddress.Loopback, folder.Path, _ => null, NullLoggerFactory.Instance, cancellationToken), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _folder.Dispose();
    }
}
