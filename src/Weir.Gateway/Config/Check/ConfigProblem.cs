using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>One thing that is wrong, or worth knowing, about a configuration.</summary>
/// <param name="Code">Stable name of the kind of problem, such as <c>unknown-key</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Message">What is wrong and what to do, one sentence or two, without secrets.</param>
public sealed record ConfigProblem(string Code, ProblemSeverity Severity, ConfigPosition Position, string Message)
{
    /// <summary>The setting, such as <c>router_settings.fallbacks[0]</c>; empty for the file as a whole.</summary>
    public string Path { get; init; } = "";

    /// <summary>What was found there, in words; never a secret's value.</summary>
    public string? Found { get; init; }

    /// <summary>What would be right.</summary>
    public string? Expected { get; init; }

    /// <summary>The likely meaning, for "did you mean".</summary>
    public string? Suggestion { get; init; }

    /// <summary>The severity in the words of reports.</summary>
    public string SeverityName => Severity switch
    {
        ProblemSeverity.Error => "error",
        ProblemSeverity.Warning => "warning",
        _ => "info",
    };

    /// <summary><c>file:line:column: error: message (found X, expected Y; did you mean Z?)</c>.</summary>
    public override string ToString()
    {
        var details = string.Join(", ", new[]
        {
            Found is null ? null : $"found {Found}",
            Expected is null ? null : $"expected {Expected}",
        }.Where(static part => part is not null));
        if (Suggestion is not null)
        {
            details += (details.Length > 0 ? "; " : "") + $"did you mean {Suggestion}?";
        }

        return $"{Position}: {SeverityName}: {Message}{(details.Length > 0 ? $" ({details})" : "")} [{Code}]";
    }
}
