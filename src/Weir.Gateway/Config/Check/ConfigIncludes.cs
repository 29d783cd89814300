using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary><c>include: [a.yaml]</c>: lists are concatenated, maps merged; paths are relative to the main file.</summary>
internal sealed class ConfigIncludes
{
    private const int MostFiles = 100;
    private readonly string _folder;
    private readonly ConfigProblems _problems;
    private readonly Stack<string> _open = new();
    private int _files;

    private ConfigIncludes(string folder, ConfigProblems problems)
    {
        _folder = folder;
        _problems = problems;
    }

    /// <summary>The configuration with the files that it includes.</summary>
    public static ConfigMap Merge(ConfigMap root, string path, ConfigProblems problems)
    {
        if (root.Find("include") is null)
        {
            return root;
        }

        var includes = new ConfigIncludes(Path.GetDirectoryName(path) ?? "", problems);
        includes._open.Push(Path.GetFullPath(path));
        return includes.MergeInto(root);
    }

    private ConfigMap MergeInto(ConfigMap map)
    {
        var merged = map;
        ImmutableArray<ConfigNode> names = map.Find("include") switch
        {
            ConfigList list => list.Items,
            ConfigScalar one => [one],
            _ => [],
        };
        foreach (var name in names)
        {
            if (name is not ConfigScalar { IsNull: false } file)
            {
                _problems.Error("wrong-type", name.Position, "include", "'include' takes a list of file names.", name.Describe(), "a file name");
            }
            else if (ReadIncluded(file) is { } included)
            {
                merged = Merge(merged, included, "");
            }
        }

        if (merged.ExpandedCount > YamlLimits.Nodes)
        {
            _problems.Error("too-many-nodes", map.Position, "include", $"With its includes the configuration holds more than {YamlLimits.Nodes:N0} nodes.");
            return map;
        }

        return merged;
    }

    private ConfigMap? ReadIncluded(ConfigScalar name)
    {
        var path = Path.Combine(_folder, name.Text);
        var full = Path.GetFullPath(path);
        if (_open.Contains(full))
        {
            _problems.Error("include-cycle", name.Position, "include", $"'{name.Text}' includes itself, directly or through another file.");
            return null;
        }

        if (++_files > MostFiles)
        {
            _problems.Error("too-many-includes", name.Position, "include", $"More than {MostFiles} files are included.");
            return null;
        }

        if (!File.Exists(path))
        {
            _problems.Error("include-missing", name.Position, "include", $"The included file '{name.Text}' does not exist (looked for {path}).");
            return null;
        }

        if (YamlReader.Read(path, _problems) is not ConfigMap map)
        {
            return null;
        }

        _open.Push(full);
        var merged = MergeInto(map);
        _open.Pop();
        return merged;
    }

    private ConfigMap Merge(ConfigMap main, ConfigMap added, string path)
    {
        var entries = new Dictionary<string, ConfigEntry>(StringComparer.Ordinal);
        foreach (var entry in main.Entries)
        {
            entries[entry.Name] = entry;
        }

        foreach (var entry in added.Entries)
        {
            if (path.Length == 0 && entry.Name == "include")
            {
                continue;
            }

            entries[entry.Name] = entries.TryGetValue(entry.Name, out var present) ? Join(present, entry, path) : entry;
        }

        return new ConfigMap(main.Position, [.. entries.Values], [.. main.Duplicates, .. added.Duplicates]);
    }

    private ConfigEntry Join(ConfigEntry present, ConfigEntry added, string path)
    {
        switch (present.Value, added.Value)
        {
            case (_, { IsNull: true }):
                return present;
            case ({ IsNull: true }, _):
                return added;
            case (ConfigList first, ConfigList second):
                return present with { Value = new ConfigList(first.Position, [.. first.Items, .. second.Items]) };
            case (ConfigMap first, ConfigMap second):
                return present with { Value = Merge(first, second, ConfigPath.Key(path, present.Name)) };
            default:
                _problems.Warning(
                    "include-overrides", added.Key.Position, ConfigPath.Key(path, added.Name),
                    $"'{added.Name}' stands in the main file too ({present.Key.Position}); the included file wins, as in LiteLLM.");
                return added;
        }
    }
}
