namespace Weir.House.Arrows;

/// <summary>Judges arrows between rooms: the folders directly under a root namespace.</summary>
internal sealed class RoomPlan(string root)
{
    /// <summary>The room of a namespace; null for the root itself, where everything is put together.</summary>
    public string? Room(string ns) => ns.Length > root.Length && ns.StartsWith(root + ".", StringComparison.Ordinal) ? ns[(root.Length + 1)..].Split('.')[0] : null;

    public bool Holds(string ns) => ns == root || Room(ns) is not null;

    /// <summary>The arrows that point up or sideways, each with what is wrong.</summary>
    public IEnumerable<string> Broken(IEnumerable<Arrow> arrows)
    {
        foreach (var arrow in arrows)
        {
            var (from, to) = (Room(arrow.FromNamespace), Room(arrow.ToNamespace));
            if (from is null || from == to)
            {
                continue;
            }

            if (to is null)
            {
                yield return $"{arrow} (a room may not know the root, which puts the rooms together)";
            }
            else if (!Rules.Rooms.TryGetValue(from, out var low) || !Rules.Rooms.TryGetValue(to, out var high))
            {
                yield return $"{arrow} (a folder without a floor: add it to Rules.Rooms)";
            }
            else if (high > low)
            {
                yield return $"{arrow} (up: {from} is on floor {low}, {to} on {high})";
            }
            else if (high == low && !Rules.SidewaysAllowed.Contains((from, to)))
            {
                yield return $"{arrow} (sideways: both are on floor {low})";
            }
        }
    }
}
