using System.Collections.Immutable;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Config;

/// <summary>What came of loading a configuration.</summary>
/// <param name="Config">The configuration; null when the start, or the reload, is refused.</param>
/// <param name="Report">Everything that is wrong or worth knowing.</param>
/// <param name="Files">The files that were read: the main one and those that it includes.</param>
public sealed record ConfigLoadResult(GatewayConfig? Config, CheckReport Report, ImmutableArray<string> Files);
