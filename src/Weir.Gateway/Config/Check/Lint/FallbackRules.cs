using System.Collections.Frozen;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>The shape of fallback lists, and whether their groups exist.</summary>
internal sealed class FallbackRules
{
    private static readonly string[] Lists = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];
    private readonly ConfigMap _root;
    private readonly ConfigProblems _problems;
    private readonly FrozenSet<string> _groups;

    /// <summary>Looks at a configuration.</summary>
    public FallbackRules(ConfigMap root, ConfigProblems problems)
    {
        _root = root;
        _problems = problems;
        var entries = (root.FindList("model_list")?.Items ?? []).OfType<ConfigMap>().ToList();
        var names = entries.Select(static entry => entry.FindScalar("model_name")?.Text)
            .Concat(entries.Select(static entry => entry.FindMap("model_info")?.FindScalar("id")?.Text))
            .Concat(root.FindMap("router_settings")?.FindMap("model_group_alias")?.Entries.Select(static alias => alias.Name) ?? [])
            .Concat(root.FindMap("litellm_settings")?.FindMap("model_alias_map")?.Entries.Select(static alias => alias.Name) ?? []);
        _groups = names.OfType<string>().ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Reports what is wrong.</summary>
    public void Run()
    {
        foreach (var section in new[] { "litellm_settings", "router_settings" })
        {
            if (_root.FindMap(section) is not { } map)
            {
                continue;
            }

            foreach (var list in Lists)
            {
                if (map.FindList(list) is { } items)
                {
                    CheckList(items, list, $"{section}.{list}");
                }
            }

            foreach (var (target, at) in Items(map.FindList("default_fallbacks"), $"{section}.default_fallbacks"))
            {
                CheckTarget(target, at);
            }
        }
    }

    private static IEnumerable<(ConfigNode Item, string Path)> Items(ConfigList? list, string path) =>
        list is null ? [] : list.Items.Select((item, i) => (item, ConfigPath.Item(path, i)));

    private void CheckList(ConfigList list, string name, string path)
    {
        foreach (var (item, at) in Items(list, path))
        {
            switch (item)
            {
                case ConfigScalar scalar:
                    _problems.Error(
                        "fallback-shape", scalar.Position, at,
                        $"'{name}' says for each model group what is tried next; a flat list does not say for which. For every group there is default_fallbacks.",
                        scalar.Describe(), "- group: [other-group]", "default_fallbacks");
                    break;
                case ConfigMap map when map.FindEntry("model") is { } model && map.Entries.Length > 1:
                    _problems.Error(
                        "fallback-shape", map.Position, at,
                        $"An item of '{name}' is one model group and the groups that are tried next; sizes of context windows go into model_info.max_input_tokens.",
                        $"keys {string.Join(", ", map.Entries.Select(static entry => entry.Name))}", "- group: [other-group]",
                        model.Value is ConfigScalar group ? $"- {group.Shown}: [group-with-a-longer-context]" : null);
                    break;
                case ConfigMap map when map.Entries.Length != 1:
                    _problems.Error(
                        "fallback-shape", map.Position, at, $"An item of '{name}' is a map with one key; write '- ' before each.",
                        $"{map.Entries.Length} keys", "one key");
                    break;
                case ConfigMap map:
                    CheckEntry(map.Entries[0], at);
                    break;
                default:
                    _problems.Error("fallback-shape", item.Position, at, $"An item of '{name}' is one model group and its list.", item.Describe(), "- group: [other-group]");
                    break;
            }
        }
    }

    private void CheckEntry(ConfigEntry entry, string path)
    {
        var at = ConfigPath.Key(path, entry.Name);
        if (entry.Value is ConfigScalar { IsNull: false } single)
        {
            _problems.Warning("fallback-shape", single.Position, at, "The groups that are tried next are a list, also when it is only one.", single.Describe(), "a list", $"[{single.Shown}]");
        }

        if (!Exists(entry.Name))
        {
            _problems.Warning(
                "unknown-group", entry.Key.Position, at, $"No entry of model_list has the model_name '{entry.Name}': these fallbacks are never used.",
                suggestion: Near(entry.Name));
        }

        foreach (var (target, targetAt) in Items(entry.Value as ConfigList, at))
        {
            CheckTarget(target, targetAt);
        }
    }

    private void CheckTarget(ConfigNode target, string path)
    {
        if (target is ConfigScalar { MissingVariable: null } scalar && !Exists(scalar.Text))
        {
            _problems.Warning(
                "unknown-group", scalar.Position, path, $"No entry of model_list has the model_name '{scalar.Shown}': this fallback always fails.",
                suggestion: Near(scalar.Text));
        }
    }

    private string? Near(string name) => NearestName.Find(name, _groups) is { } near ? $"'{near}'" : null;

    private bool Exists(string group) =>
        group == "*" || _groups.Count == 0 || _groups.Contains(group)
        || _groups.Any(name => name.EndsWith('*') && group.StartsWith(name[..^1], StringComparison.Ordinal));
}
