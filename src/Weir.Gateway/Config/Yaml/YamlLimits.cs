namespace Weir.Gateway.Config.Yaml;

/// <summary>What a configuration file may cost to read.</summary>
internal static class YamlLimits
{
    /// <summary>Levels of nesting, with aliases written out.</summary>
    public const int Depth = 64;

    /// <summary>Nodes (keys and values), with aliases and merge keys written out.</summary>
    public const int Nodes = 1_000_000;

    /// <summary>Bytes of one file.</summary>
    public const int Bytes = 32 << 20;
}
