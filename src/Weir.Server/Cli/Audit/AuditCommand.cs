using System.CommandLine;

namespace Weir.Server.Cli.Audit;

/// <summary><c>weir audit</c>: what happened, and the proof that nobody changed the record of it.</summary>
internal static class AuditCommand
{
    internal static Command Build()
    {
        var command = new Command("audit", "Prove, show, export and prune the record of what happened");
        foreach (var part in (Command[])[VerifyCommand.Build(), TailCommand.Build(), ExportCommand.Build(), PruneCommand.Build(), KeygenCommand.Build()])
        {
            command.Subcommands.Add(part);
        }
        return command;
    }
}
