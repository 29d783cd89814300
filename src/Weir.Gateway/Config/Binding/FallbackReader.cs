using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads the fallback lists: a list of one-key maps from a group to its targets. Other shapes are explained.</summary>
internal static class FallbackReader
{
    /// <summary>Reads one list.</summary>
    public static ImmutableDictionary<string, ImmutableArray<string>> Read(SectionReader section, string name)
    {
        var found = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        switch (section.Map.Find(name))
        {
            case null:
                break;
            case ConfigList list:
                ReadItems(section, name, list, found);
                break;
            case ConfigMap map:
                section.Warn(
                    BindingCodes.FallbackShape, map, name, $"'{name}' is read as if each group stood in a list item of its own; LiteLLM wants the list.",
                    map.Describe(), "a list such as [{\"group\": [\"target\"]}]");
                ReadGroups(section, name, map, found);
                break;
            case var other:
                section.Wrong(other, name, "a list such as [{\"group\": [\"target\"]}]");
                break;
        }

        return found.ToImmutable();
    }

    private static void ReadItems(SectionReader section, string name, ConfigList list, ImmutableDictionary<string, ImmutableArray<string>>.Builder found)
    {
        for (var i = 0; i < list.Items.Length; i++)
        {
            var place = $"{name}[{i}]";
            switch (list.Items[i])
            {
                case ConfigMap map when map.FindEntry("model") is not null && map.Entries.Length > 1:
                    section.Warn(
                        BindingCodes.FallbackShape, map, place, "This item describes a model; it says nothing about where to go, so it is left out.",
                        map.Describe(), "{\"group\": [\"target\"]}");
                    break;
                case ConfigMap map:
                    ReadGroups(section, place, map, found);
                    break;
                case ConfigScalar { IsNull: false } text:
                    section.Warn(
                        BindingCodes.FallbackShape, text, place, $"'{text.Text}' has no group that it stands in for, so it is left out.", text.Describe(),
                        "{\"group\": [\"target\"]}", name == "fallbacks" ? "default_fallbacks (a plain list for every group)" : null);
                    break;
                case { IsNull: true }:
                    break;
                case var other:
                    section.Wrong(other, place, "{\"group\": [\"target\"]}");
                    break;
            }
        }
    }

    private static void ReadGroups(SectionReader section, string place, ConfigMap map, ImmutableDictionary<string, ImmutableArray<string>>.Builder found)
    {
        foreach (var entry in map.Entries)
        {
            var targets = Targets(section, $"{place}.{entry.Name}", entry.Value);
            if (targets.Length > 0)
            {
                // LiteLLM takes the first item that names the group.
                found.TryAdd(entry.Name, targets);
            }
        }
    }

    private static ImmutableArray<string> Targets(SectionReader section, string place, ConfigNode node)
    {
        switch (node)
        {
            case ConfigScalar { IsNull: false } text:
                section.Warn(
                    BindingCodes.FallbackShape, text, place, "The targets are a list; this text is read as a list of one.", text.Describe(), $"[\"{text.Text}\"]");
                return [text.Text];
            case ConfigList list:
                var targets = ImmutableArray.CreateBuilder<string>(list.Items.Length);
                for (var i = 0; i < list.Items.Length; i++)
                {
                    if (Target(section, $"{place}[{i}]", list.Items[i]) is { } target)
                    {
                        targets.Add(target);
                    }
                }

                return targets.ToImmutable();
            case { IsNull: true }:
                return [];
            default:
                section.Wrong(node, place, "a list of groups");
                return [];
        }
    }

    private static string? Target(SectionReader section, string place, ConfigNode node)
    {
        switch (node)
        {
            case ConfigScalar { IsNull: false } text:
                return text.Text;
            case ConfigMap map when map.FindScalar("model") is { } model:
                if (map.Entries.Length > 1)
                {
                    section.Warn(
                        BindingCodes.FallbackShape, map, place, $"Only the model of this target counts ('{model.Text}'); its other settings belong to that model's entry.",
                        map.Describe(), "the name of a group");
                }

                return model.Text;
            case { IsNull: true }:
                return null;
            default:
                section.Wrong(node, place, "the name of a group");
                return null;
        }
    }
}
