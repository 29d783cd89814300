using System.Collections.Immutable;

namespace Weir.Gateway.Config.Yaml;

/// <summary>Collects the entries of one map the way a Python dict does: the last of two equal keys wins, at the first one's place.</summary>
internal sealed class MapContent
{
    private readonly Dictionary<string, (ConfigEntry Entry, int Order, bool Merged)> _entries = new(StringComparer.Ordinal);
    private readonly List<DuplicateKey> _duplicates = [];

    /// <summary>Where the first key stands.</summary>
    public ConfigPosition? First { get; private set; }

    /// <summary>Adds a key of the map itself.</summary>
    public void Add(ConfigEntry entry)
    {
        First ??= entry.Key.Position;
        var order = _entries.Count;
        if (_entries.TryGetValue(entry.Name, out var earlier))
        {
            order = earlier.Order;
            if (!earlier.Merged)
            {
                _duplicates.Add(new DuplicateKey(entry.Name, earlier.Entry.Key.Position, entry.Key.Position));
            }
        }

        _entries[entry.Name] = (entry, order, false);
    }

    /// <summary>Adds a key that came through <c>&lt;&lt;</c>: it never wins over the map's own.</summary>
    public void AddMerged(ConfigEntry entry)
    {
        var known = _entries.TryGetValue(entry.Name, out var earlier);
        if (!known || earlier.Merged)
        {
            _entries[entry.Name] = (entry, known ? earlier.Order : _entries.Count, true);
        }
    }

    /// <summary>The finished map.</summary>
    public ConfigMap Build(ConfigPosition position) => new(
        position,
        [.. _entries.Values.OrderBy(static item => item.Order).Select(static item => item.Entry)],
        [.. _duplicates]);
}
