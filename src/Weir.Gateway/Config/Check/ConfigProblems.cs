using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>Collects every problem of one load, so that all are reported at once.</summary>
internal sealed class ConfigProblems
{
    private const int Most = 2000;
    private readonly List<ConfigProblem> _items = [];
    private readonly HashSet<(string Code, ConfigPosition Position, string Path)> _seen = [];

    /// <summary>Everything so far, in the order found.</summary>
    public IReadOnlyList<ConfigProblem> Items => _items;

    /// <summary>True when at least one is an error, also among those left out.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>How many were left out because there are too many to read.</summary>
    public int LeftOut { get; private set; }

    /// <summary>True when further problems are only counted.</summary>
    public bool IsFull => _items.Count >= Most;

    /// <summary>Adds a problem; the same code at the same place and path counts once (a shared alias is walked more than once).</summary>
    public void Add(ConfigProblem problem)
    {
        HasErrors |= problem.Severity == ProblemSeverity.Error;
        if (IsFull)
        {
            LeftOut++;
        }
        else if (_seen.Add((problem.Code, problem.Position, problem.Path)))
        {
            _items.Add(problem);
        }
    }

    /// <summary>Adds what a later pass found, less what was already said at the same place at least as loudly.</summary>
    public void AddFrom(ConfigProblems later)
    {
        var said = _items.GroupBy(static item => (item.Position, item.Path)).ToDictionary(static group => group.Key, static group => group.Max(static item => item.Severity));
        foreach (var problem in later._items)
        {
            if (!said.TryGetValue((problem.Position, problem.Path), out var severity) || severity < problem.Severity)
            {
                Add(problem);
            }
        }

        LeftOut += later.LeftOut;
        HasErrors |= later.HasErrors;
    }

    /// <summary>Adds an error.</summary>
    public void Error(
        string code, ConfigPosition position, string path, string message, string? found = null, string? expected = null, string? suggestion = null) =>
        Add(new ConfigProblem(code, ProblemSeverity.Error, position, message) { Path = path, Found = found, Expected = expected, Suggestion = suggestion });

    /// <summary>Adds a warning.</summary>
    public void Warning(
        string code, ConfigPosition position, string path, string message, string? found = null, string? expected = null, string? suggestion = null) =>
        Add(new ConfigProblem(code, ProblemSeverity.Warning, position, message) { Path = path, Found = found, Expected = expected, Suggestion = suggestion });

    /// <summary>Adds a remark.</summary>
    public void Info(
        string code, ConfigPosition position, string path, string message, string? found = null, string? expected = null, string? suggestion = null) =>
        Add(new ConfigProblem(code, ProblemSeverity.Info, position, message) { Path = path, Found = found, Expected = expected, Suggestion = suggestion });
}
