using System.Collections.Immutable;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Config.Reload;

/// <summary>How the last load went; for the log, a metric and <c>/health/readiness</c>.</summary>
/// <param name="At">When.</param>
/// <param name="Trigger">Why: <c>start</c>, <c>file changed</c>, <c>SIGHUP</c>.</param>
/// <param name="Succeeded">False when the configuration before it is still in force.</param>
/// <param name="Problems">What the load found.</param>
/// <param name="Weakened">Sentences for every protection that the new configuration lowers.</param>
/// <param name="Applied">Configurations put in force so far, the first included.</param>
/// <param name="Failed">Reloads that failed so far.</param>
public sealed record ReloadStatus(
    DateTimeOffset At,
    string Trigger,
    bool Succeeded,
    ImmutableArray<ConfigProblem> Problems,
    ImmutableArray<string> Weakened,
    long Applied,
    long Failed)
{
    /// <summary>One line about it, without secrets.</summary>
    public string Summary => Succeeded
        ? Weakened.IsEmpty ? "configuration in force" : "configuration in force; it weakens policy: " + string.Join(" ", Weakened)
        : "reload failed, the earlier configuration stays in force: "
            + (Problems.FirstOrDefault(static item => item.Severity == ProblemSeverity.Error)?.ToString() ?? "see the log");
}
