namespace Weir.Server.Tests.InProcess;

/// <summary>Tests that count for the whole process: nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "counted for the whole process";
}
