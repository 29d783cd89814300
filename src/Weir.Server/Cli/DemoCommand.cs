using System.CommandLine;

namespace Weir.Server.Cli;

/// <summary><c>weir demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Build()
    {
        var command = new Command("demo", "See the gateway work with two scripted models on this machine: no account, no network");
        var once = new Option<bool>("--once") { Description = "Exit when the story has been told" };
        command.Options.Add(once);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(1));
        return command;
    }
}
