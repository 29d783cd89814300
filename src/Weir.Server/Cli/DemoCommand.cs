using System.CommandLine;
using Weir.Server.Demo;

namespace Weir.Server.Cli;

/// <summary><c>weir demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Build()
    {
        var command = new Command("demo", "See the gateway work with two scripted models on this machine: no account, no network");
        var once = new Option<bool>("--once") { Description = "Exit when the story has been told" };
        var port = new Option<int>("--port") { Description = "Port to listen on, 0 for any free one", DefaultValueFactory = _ => 0 };
        command.Options.Add(once);
        command.Options.Add(port);
        command.SetAction((parsed, cancellationToken) => DemoRun.RunAsync(parsed.GetValue(once), parsed.GetValue(port), cancellationToken));
        return command;
    }
}
