namespace Weir.Server.Cli;

/// <summary>The process's source of chance, handed to whoever needs one.</summary>
internal static class Chance
{
#pragma warning disable RS0030 // The one place that names it; everyone else has it injected.
    internal static Random Shared => Random.Shared;
#pragma warning restore RS0030
}
