using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>Collects every problem of one load, so that all are reported at once.</summary>
internal sealed class ConfigProblems
{
    private readonly List<ConfigProblem> _items = [];
    private readonly HashSet<(string Code, ConfigPosition Position, string Path)> _seen = [];

    /// <summary>Everything so far, in the order found.</summary>
    public IReadOnlyList<ConfigProblem> Items => _items;

    /// <summary>True when at least one is an error.</summary>
    public bool HasErrors => _items.Exists(static item => item.Severity == ProblemSeverity.Error);

    /// <summary>Adds a problem; the same code at the same place and path counts once (a shared alias is walked more than once).</summary>
    public void Add(ConfigProblem problem)
    {
        if (_seen.Add((problem.Code, problem.Position, problem.Path)))
        {
            _items.Add(problem);
        }
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
