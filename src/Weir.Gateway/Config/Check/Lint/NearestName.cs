namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    private const int Longest = 64;

    /// <summary>The candidate that differs only in case, hyphens, a few letters or a missing end; null when none is near.</summary>
    /// <param name="name">The name as written.</param>
    /// <param name="candidates">The names that exist.</param>
    /// <param name="beginnings">One name that begins with the other counts as near; not where parameters of providers stand, which share beginnings.</param>
    public static string? Find(string name, IEnumerable<string> candidates, bool beginnings = true)
    {
        if (name.Length is 0 or > Longest)
        {
            return null;
        }

        var plain = Flatten(name);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var other = Flatten(candidate);
            var distance = Distance(plain, other);
            if (beginnings && plain.Length >= 5 && (other.StartsWith(plain, StringComparison.Ordinal) || plain.StartsWith(other, StringComparison.Ordinal)) && other.Length >= 5)
            {
                distance = Math.Min(distance, 2);
            }

            if (distance < bestDistance && distance <= Math.Min(2, plain.Length / 3))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) between two names.</summary>
    internal static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        Span<int> older = stackalloc int[Longest + 4];
        Span<int> previous = stackalloc int[Longest + 4];
        Span<int> current = stackalloc int[Longest + 4];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1] + 1, previous[j] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], older[j - 2] + 1);
                }
            }

            previous.CopyTo(older);
            current.CopyTo(previous);
        }

        return previous[b.Length];
    }

    private static string Flatten(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
