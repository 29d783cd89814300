using System.Collections.Immutable;
using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>
/// Finds the configuration inside what it is delivered in: a Kubernetes ConfigMap, Helm values (<c>proxy_config:</c>),
/// an Argo CD Application or a Flux HelmRelease, or a key of one's own. Places stay those of the outer file.
/// </summary>
internal static class ConfigEnvelope
{
    private const int Deepest = 4;

    /// <summary>The configuration inside; null when the first document is the configuration itself, or nothing is found.</summary>
    public static ConfigMap? Open(ImmutableArray<ConfigNode> documents, ConfigProblems problems)
    {
        if (documents[0] is ConfigMap first && IsConfiguration(first) && first.FindMap("proxy_config") is null)
        {
            return null;
        }

        foreach (var document in documents)
        {
            if (document is ConfigMap map && Find(map, 0, problems) is var (inner, what))
            {
                problems.Info("unwrapped", inner.Position, "", $"The configuration was found in {what}.");
                return inner;
            }
        }

        return null;
    }

    private static (ConfigMap Inner, string What)? Find(ConfigMap map, int level, ConfigProblems problems)
    {
        if (level > Deepest)
        {
            return null;
        }

        var kind = map.FindScalar("apiVersion") is not null ? map.FindScalar("kind")?.Text : null;
        return kind switch
        {
            "ConfigMap" or "Secret" => FindInData(map, problems),
            "Application" => FindInApplication(map, level, problems),
            "HelmRelease" => map.FindMap("spec")?.FindMap("values") is { } values ? FindInValues(values, level, problems) : null,
            "List" => FindInItems(map, level, problems),
            null => FindInValues(map, level, problems),
            _ => null,
        };
    }

    private static (ConfigMap Inner, string What)? FindInItems(ConfigMap map, int level, ConfigProblems problems)
    {
        foreach (var item in map.FindList("items")?.Items ?? [])
        {
            if (item is ConfigMap inner && Find(inner, level + 1, problems) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static (ConfigMap Inner, string What)? FindInData(ConfigMap map, ConfigProblems problems)
    {
        foreach (var section in new[] { "data", "stringData" })
        {
            foreach (var entry in map.FindMap(section)?.Entries ?? [])
            {
                if (entry.Value is ConfigScalar text && LooksLikeConfiguration(text.Text) && Read(text, problems) is { } inner && IsConfiguration(inner))
                {
                    return (inner, $"the ConfigMap's {section} '{entry.Name}'");
                }
            }
        }

        return null;
    }

    private static (ConfigMap Inner, string What)? FindInApplication(ConfigMap map, int level, ConfigProblems problems)
    {
        var spec = map.FindMap("spec");
        ConfigNode?[] sources = [spec?.Find("source"), .. spec?.FindList("sources")?.Items ?? []];
        foreach (var helm in sources.OfType<ConfigMap>().Select(static source => source.FindMap("helm")).OfType<ConfigMap>())
        {
            var values = helm.FindMap("valuesObject") ?? (helm.FindScalar("values") is { } text ? Read(text, problems) : null);
            if (values is not null && FindInValues(values, level, problems) is var (inner, what))
            {
                return (inner, $"the Argo CD Application, {what}");
            }
        }

        return null;
    }

    /// <summary>Helm values: the chart's <c>proxy_config</c>, at the top or below the name of a subchart; else any key that holds a configuration.</summary>
    private static (ConfigMap Inner, string What)? FindInValues(ConfigMap map, int level, ConfigProblems problems)
    {
        if (map.FindMap("proxy_config") is { } proxy)
        {
            return (proxy, "the Helm values' 'proxy_config'");
        }

        if (IsConfiguration(map))
        {
            return (map, "the Helm values' top level");
        }

        foreach (var entry in map.Entries)
        {
            switch (entry.Value)
            {
                case ConfigMap inner when IsConfiguration(inner):
                    return (inner, $"the key '{entry.Name}'");
                case ConfigMap inner when level < Deepest && FindInValues(inner, level + 1, problems) is { } found:
                    return found;
                case ConfigScalar { Style: ScalarStyle.Block } text when LooksLikeConfiguration(text.Text) && Read(text, problems) is { } read && IsConfiguration(read):
                    return (read, $"the text of the key '{entry.Name}'");
            }
        }

        return null;
    }

    private static ConfigMap? Read(ConfigScalar text, ConfigProblems problems)
    {
        var documents = YamlReader.ReadDocuments(YamlSource.Inside(text), problems);
        YamlReader.RefuseSecond(documents, problems);
        return documents.IsEmpty ? null : documents[0] as ConfigMap;
    }

    private static bool LooksLikeConfiguration(string text) =>
        text.Contains("model_list", StringComparison.Ordinal) || text.Contains("litellm_settings", StringComparison.Ordinal)
        || text.Contains("proxy_config", StringComparison.Ordinal) || text.Contains("general_settings", StringComparison.Ordinal);

    private static bool IsConfiguration(ConfigMap map) =>
        map.Entries.Any(static entry => entry.Name is "model_list" or "litellm_settings" or "router_settings" or "general_settings")
        || (map.Entries.Any(static entry => entry.Name is "guardrails" or "mcp_servers" or "include" or "credential_list")
            && map.Entries.All(static entry => ConfigSchema.TopLevel.Find(entry.Name) is not null));
}
