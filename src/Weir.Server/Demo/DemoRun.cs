using System.Net;
using System.Security.Cryptography;
using Spectre.Console;
using Weir.Gateway.Config;
using Weir.Providers.Upstream;
using Weir.Server.Cli;

namespace Weir.Server.Demo;

/// <summary>One run of <c>weir demo</c>: two scripted models, the real gateway in front of them, the story, and then it goes on serving.</summary>
internal static class DemoRun
{
    private static readonly string[] RealKeys = ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "OPENAI_API_KEY", "GROQ_API_KEY", "MISTRAL_API_KEY", "OPENROUTER_API_KEY"];

    internal static async Task<int> RunAsync(bool once, int port, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Console;
        var folder = Directory.CreateTempSubdirectory("weir-demo-");
        try
        {
            await using var upstreams = await DemoUpstreams.StartAsync(cancellationToken);
            var key = "sk-demo-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var variables = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DEMO_AZURE"] = upstreams.Azure.BaseAddress.ToString(),
                ["DEMO_AZURE_KEY"] = DemoUpstreams.AzureKey,
                ["DEMO_LLAMA"] = upstreams.Llama.V1,
                ["DEMO_KEY"] = key,
            };
            string? Variable(string name) => variables.GetValueOrDefault(name);
            var config = LoadConfig(folder.FullName, variables);
            // The story is for a person: only trouble may interrupt it.
            using var logs = LoggerFactory.Create(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
            var options = new ServeOptions { Port = port };
            await using var gateway = await RunningGateway.StartAsync(config, options, IPAddress.Loopback, folder.FullName, Variable, logs, cancellationToken);
            using var connector = new OutboundConnector(new OutboundOptions());
            connector.NameHosts([gateway.Address]);
            console.MarkupLine($"[bold]Weir[/] {VersionCommand.Version} listens on [underline]{gateway.Address.ToString().TrimEnd('/')}[/], in front of two scripted models on this machine.");
            await new DemoStory(gateway, upstreams, new DemoClient(connector, gateway.Address, key), console).TellAsync(cancellationToken);
            SayHowToGoOn(console, gateway.Address, key, once);
            if (!once)
            {
                await StopSignals.WaitAsync(null, cancellationToken);
            }
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (StartException failed)
        {
            await Console.Error.WriteLineAsync($"weir demo: {failed.Message}");
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static GatewayConfig LoadConfig(string folder, IReadOnlyDictionary<string, string> variables)
    {
        var path = Path.Combine(folder, "config.yaml");
        using (var resource = typeof(DemoRun).Assembly.GetManifestResourceStream("demo-config.yaml") ?? throw new StartException("the demo's configuration is not in this build."))
        using (var file = File.Create(path))
        {
            resource.CopyTo(file);
        }
        var loaded = ConfigLoader.Load(path, new ConfigLoadOptions { Environment = variables });
        return loaded.Config ?? throw new StartException($"the demo's configuration has errors: {string.Join("; ", loaded.Report.Problems)}");
    }

    private static void SayHowToGoOn(IAnsiConsole console, Uri address, string key, bool once)
    {
        var real = RealKeys.Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }).ToArray();
        console.WriteLine();
        if (real.Length > 0)
        {
            console.MarkupLine($"[green]{string.Join(", ", real)}[/] is set here: write a config.yaml with [italic]api_key: os.environ/{real[0]}[/] and run [bold]weir serve --config config.yaml[/].");
        }
        if (once)
        {
            return;
        }
        console.MarkupLine("It goes on serving until Ctrl+C. Try it:");
        // Written past the console's line breaks: a command must survive being copied.
        var lines = console.Profile.Out.Writer;
        lines.WriteLine($"  curl {address}v1/chat/completions -H 'Authorization: Bearer {key}' \\");
        lines.WriteLine("    -d '{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}'");
    }
}
