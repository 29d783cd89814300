namespace Weir.Gateway.Tests.Telemetry.Tracing;

/// <summary>Listeners are the process's: these tests run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracingGroup
{
    internal const string Name = "tracing";
}
