using System.Collections.Immutable;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Config;

/// <summary>What came of loading a configuration.</summary>
/// <param name="Config">The configuration; null when an error stands in the way of it.</param>
/// <param name="Problems">Everything that is wrong or worth knowing, in file order.</param>
/// <param name="Files">The files that were read: the main one and those that it includes.</param>
public sealed record ConfigLoadResult(GatewayConfig? Config, ImmutableArray<ConfigProblem> Problems, ImmutableArray<string> Files)
{
    /// <summary>True when at least one problem is an error.</summary>
    public bool HasErrors => Problems.Any(static item => item.Severity == ProblemSeverity.Error);
}
