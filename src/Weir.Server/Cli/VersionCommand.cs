using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weir.Server.Cli;

/// <summary><c>weir version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>Weir's version, e.g. <c>0.1.0</c>.</summary>
    internal static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    internal static Command Build()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine($"weir {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"));
        return command;
    }
}
