using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>Loads the first life of a configuration: read, unwrapped, with its includes merged and its variables replaced.</summary>
internal static class ConfigTree
{
    /// <summary>Loads a file. Null when nothing can be read; the problems say why.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">The environment variables that <c>os.environ/NAME</c> finds.</param>
    /// <param name="problems">Where everything that is wrong goes.</param>
    public static ConfigMap? Load(string path, IReadOnlyDictionary<string, string> environment, ConfigProblems problems) =>
        YamlReader.ReadFile(path, problems) is { } bytes ? Load(bytes, path, environment, problems) : null;

    /// <summary>Loads bytes as if they were the file at <paramref name="path"/>, which includes are relative to.</summary>
    public static ConfigMap? Load(
        ReadOnlySpan<byte> bytes, string path, IReadOnlyDictionary<string, string> environment, ConfigProblems problems)
    {
        var before = problems.Items.Count;
        var documents = YamlReader.ReadDocuments(bytes, path, problems);
        if (documents.IsEmpty && problems.Items.Count > before)
        {
            return null;
        }

        if (Unwrap(documents, path, problems) is not { } root)
        {
            return null;
        }

        return EnvironmentReferences.Replace(ConfigIncludes.Merge(root, path, problems), environment, problems);
    }

    private static ConfigMap? Unwrap(ImmutableArray<ConfigNode> documents, string path, ConfigProblems problems)
    {
        var start = new ConfigPosition(path, 1, 1);
        if (documents.IsEmpty || (documents.Length == 1 && documents[0].IsNull))
        {
            problems.Warning("empty-file", start, "", "The file is empty: no model is configured.");
            return ConfigMap.Empty(start);
        }

        if (ConfigEnvelope.Open(documents, problems) is { } inner)
        {
            return inner;
        }

        YamlReader.RefuseSecond(documents, problems);
        if (documents[0] is ConfigMap map)
        {
            return map;
        }

        if (problems.Items.All(static problem => problem.Severity != ProblemSeverity.Error))
        {
            problems.Error("not-a-map", documents[0].Position, "", "A configuration is a map of sections, beginning with 'model_list:'.", documents[0].Describe());
        }

        return null;
    }
}
