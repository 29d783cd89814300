using System.Collections.Immutable;

namespace Weir.Gateway.Config.Yaml;

/// <summary>
/// The first life of the configuration: the file as written, with the place of every key and value.
/// An alias is the very node that its anchor names, so the tree may share nodes; it is never cyclic.
/// </summary>
internal abstract class ConfigNode(ConfigPosition position)
{
    /// <summary>Where the value starts.</summary>
    public ConfigPosition Position { get; } = position;

    /// <summary>How many nodes this one stands for when every alias is written out.</summary>
    public abstract long ExpandedCount { get; }

    /// <summary>Levels below and including this node.</summary>
    public abstract int Height { get; }

    /// <summary>True for a null scalar: an empty section counts as absent.</summary>
    public bool IsNull => this is ConfigScalar { Kind: ScalarKind.Null };

    /// <summary>What the node is, in words for a message: "a list of 2", "the text 'x'".</summary>
    public abstract string Describe();
}

/// <summary>A mapping. Where a key was written twice only the last one is in <see cref="Entries"/>, as PyYAML loads it.</summary>
internal sealed class ConfigMap : ConfigNode
{
    private const int IndexFrom = 9;
    private Dictionary<string, ConfigEntry>? _index;

    /// <summary>Makes a map of entries whose names are already distinct.</summary>
    public ConfigMap(ConfigPosition position, ImmutableArray<ConfigEntry> entries, ImmutableArray<DuplicateKey> duplicates)
        : base(position)
    {
        Entries = entries;
        Duplicates = duplicates;
        long count = 1;
        var height = 0;
        foreach (var entry in entries)
        {
            count += 1 + entry.Value.ExpandedCount;
            height = Math.Max(height, entry.Value.Height);
        }

        ExpandedCount = count;
        Height = height + 1;
    }

    /// <summary>A map without entries, for an absent or null section.</summary>
    public static ConfigMap Empty(ConfigPosition position) => new(position, [], []);

    /// <summary>The entries, in file order.</summary>
    public ImmutableArray<ConfigEntry> Entries { get; }

    /// <summary>Keys that were written more than once, in file order.</summary>
    public ImmutableArray<DuplicateKey> Duplicates { get; }

    /// <inheritdoc/>
    public override long ExpandedCount { get; }

    /// <inheritdoc/>
    public override int Height { get; }

    /// <summary>The entry of that name, also when its value is null; null when there is none.</summary>
    public ConfigEntry? FindEntry(string name)
    {
        if (Entries.Length < IndexFrom)
        {
            foreach (var entry in Entries)
            {
                if (string.Equals(entry.Name, name, StringComparison.Ordinal))
                {
                    return entry;
                }
            }

            return null;
        }

        _index ??= Entries.ToDictionary(static entry => entry.Name, StringComparer.Ordinal);
        return _index.GetValueOrDefault(name);
    }

    /// <summary>The value of that name; null when absent or null in the file.</summary>
    public ConfigNode? Find(string name) => FindEntry(name) is { Value.IsNull: false } entry ? entry.Value : null;

    /// <summary>The value of that name when it is a map.</summary>
    public ConfigMap? FindMap(string name) => Find(name) as ConfigMap;

    /// <summary>The value of that name when it is a list.</summary>
    public ConfigList? FindList(string name) => Find(name) as ConfigList;

    /// <summary>The value of that name when it is a scalar and not null.</summary>
    public ConfigScalar? FindScalar(string name) => Find(name) as ConfigScalar;

    /// <inheritdoc/>
    public override string Describe() => Entries.Length == 0 ? "an empty map" : $"a map with '{Entries[0].Name}'";
}

/// <summary>One <c>key: value</c>.</summary>
/// <param name="Key">The key as written; its position is the key's.</param>
/// <param name="Value">The value.</param>
internal sealed record ConfigEntry(ConfigScalar Key, ConfigNode Value)
{
    /// <summary>The key's text.</summary>
    public string Name => Key.Text;
}

/// <summary>A key that one map holds twice.</summary>
/// <param name="Name">The key.</param>
/// <param name="Ignored">Where the value stands that does not count.</param>
/// <param name="InForce">Where the key stands that does.</param>
internal sealed record DuplicateKey(string Name, ConfigPosition Ignored, ConfigPosition InForce);

/// <summary>A sequence.</summary>
internal sealed class ConfigList : ConfigNode
{
    /// <summary>Makes a list.</summary>
    public ConfigList(ConfigPosition position, ImmutableArray<ConfigNode> items)
        : base(position)
    {
        Items = items;
        long count = 1;
        var height = 0;
        foreach (var item in items)
        {
            count += item.ExpandedCount;
            height = Math.Max(height, item.Height);
        }

        ExpandedCount = count;
        Height = height + 1;
    }

    /// <summary>The items, in order.</summary>
    public ImmutableArray<ConfigNode> Items { get; }

    /// <inheritdoc/>
    public override long ExpandedCount { get; }

    /// <inheritdoc/>
    public override int Height { get; }

    /// <inheritdoc/>
    public override string Describe() => Items.Length == 0 ? "an empty list" : $"a list of {Items.Length}";
}
