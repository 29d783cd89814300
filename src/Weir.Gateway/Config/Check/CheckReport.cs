using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>What <see cref="ConfigCheck"/> found.</summary>
public sealed class CheckReport
{
    private CheckReport(ImmutableArray<ConfigProblem> problems, int leftOut, bool failed)
    {
        Problems = problems;
        LeftOut = leftOut;
        Failed = failed;
    }

    /// <summary>Every problem, by file (the main one first), line and column.</summary>
    public ImmutableArray<ConfigProblem> Problems { get; }

    /// <summary>How many more there are, when they are too many to list.</summary>
    public int LeftOut { get; }

    /// <summary>True when the start, or the reload, is refused.</summary>
    public bool Failed { get; }

    /// <summary>0 when the configuration can be used, with or without warnings; 1 when not.</summary>
    public int ExitCode => Failed ? 1 : 0;

    /// <summary>Sorts and counts problems.</summary>
    internal static CheckReport Of(string mainFile, ConfigProblems problems, CheckOptions options)
    {
        var items = problems.Items.Select(problem => options.Strict && problem.Severity == ProblemSeverity.Warning
            ? problem with { Severity = ProblemSeverity.Error }
            : problem);
        var sorted = items
            .OrderBy(problem => string.Equals(problem.Position.File, mainFile, StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(static problem => problem.Position.File, StringComparer.Ordinal)
            .ThenBy(static problem => problem.Position.Line)
            .ThenBy(static problem => problem.Position.Column)
            .ThenByDescending(static problem => problem.Severity)
            .ThenBy(static problem => problem.Code, StringComparer.Ordinal)
            .ToImmutableArray();
        var failed = problems.HasErrors || sorted.Any(static problem => problem.Severity == ProblemSeverity.Error);
        return new CheckReport(sorted, problems.LeftOut, failed);
    }

    /// <summary>Writes one line for each problem and a last line with the sum.</summary>
    public void WriteText(TextWriter writer)
    {
        foreach (var problem in Problems)
        {
            writer.WriteLine(problem.ToString());
        }

        if (LeftOut > 0)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {LeftOut} more."));
        }

        var errors = Count(ProblemSeverity.Error);
        var warnings = Count(ProblemSeverity.Warning);
        writer.WriteLine(errors + warnings == 0 && !Failed
            ? "The configuration is clean."
            : string.Create(CultureInfo.InvariantCulture, $"{errors} {(errors == 1 ? "error" : "errors")}, {warnings} {(warnings == 1 ? "warning" : "warnings")}."));
    }

    /// <summary>Writes the report as JSON for machines.</summary>
    public void WriteJson(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteBoolean("ok", !Failed);
        json.WriteNumber("errors", Count(ProblemSeverity.Error));
        json.WriteNumber("warnings", Count(ProblemSeverity.Warning));
        json.WriteNumber("left_out", LeftOut);
        json.WriteStartArray("problems");
        foreach (var problem in Problems)
        {
            json.WriteStartObject();
            json.WriteString("code", problem.Code);
            json.WriteString("severity", problem.SeverityName);
            json.WriteString("file", problem.Position.File);
            json.WriteNumber("line", problem.Position.Line);
            json.WriteNumber("column", problem.Position.Column);
            json.WriteString("path", problem.Path);
            json.WriteString("message", problem.Message);
            WriteIfAny(json, "found", problem.Found);
            WriteIfAny(json, "expected", problem.Expected);
            WriteIfAny(json, "suggestion", problem.Suggestion);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private int Count(ProblemSeverity severity) => Problems.Count(problem => problem.Severity == severity);
}
