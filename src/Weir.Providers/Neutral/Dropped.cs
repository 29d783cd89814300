namespace Weir.Providers.Neutral;

/// <summary>
/// Names of what a crossing could not carry: in the words of the dialect that it came from (<c>top_k</c>, <c>seed</c>, <c>tools[web_search]</c>).
/// Told to the caller in a response header, and counted. Holds names only, never values.
/// </summary>
public sealed class Dropped
{
    /// <summary>Bodies can hold any number of unknown members: no more than this is kept.</summary>
    public const int MostKept = 32;

    private readonly List<string> _names = [];

    /// <summary>The names, each once, in the order in which they were met.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Notes that <paramref name="name"/> could not be carried.</summary>
    public void Add(string name)
    {
        if (_names.Count < MostKept && !_names.Contains(name, StringComparer.Ordinal))
        {
            _names.Add(name);
        }
    }
}
