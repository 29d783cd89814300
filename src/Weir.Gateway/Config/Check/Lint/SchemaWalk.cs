using System.Globalization;
using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Walks the file along the schema: unknown keys, repeated keys, types, and what each known key means to this build.</summary>
internal sealed class SchemaWalk(CheckOptions options, ConfigProblems problems)
{
    private readonly UnknownKeys _unknown = new(problems);
    private readonly ScalarHints _hints = new(problems);
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>Walks a map whose keys are known.</summary>
    public void Walk(ConfigMap map, ConfigSection section, string path)
    {
        ReportDuplicates(map, path);
        foreach (var entry in map.Entries)
        {
            var at = ConfigPath.Key(path, entry.Name);
            _hints.ReportKey(entry.Key, at);
            if (section.Find(entry.Name) is { } key)
            {
                Check(entry, key, section, at);
            }
            else
            {
                _unknown.Report(entry, section, at);
                WalkFree(entry.Value, at);
            }
        }
    }

    /// <summary>Walks what has no schema: repeated keys and the traps of scalars only.</summary>
    private void WalkFree(ConfigNode node, string path)
    {
        switch (node)
        {
            case ConfigScalar scalar:
                _hints.Report(scalar, ValueTypes.Any, path);
                break;
            case ConfigList list:
                for (var i = 0; i < list.Items.Length; i++)
                {
                    WalkFree(list.Items[i], ConfigPath.Item(path, i));
                }

                break;
            case ConfigMap map:
                ReportDuplicates(map, path);
                foreach (var entry in map.Entries)
                {
                    WalkFree(entry.Value, ConfigPath.Key(path, entry.Name));
                }

                break;
        }
    }

    private void ReportDuplicates(ConfigMap map, string path)
    {
        foreach (var duplicate in map.Duplicates)
        {
            var at = ConfigPath.Key(path, duplicate.Name);
            var guards = ConfigSchema.SecuritySections.Any(section =>
                path.Equals(section, StringComparison.Ordinal)
                || path.StartsWith(section + ".", StringComparison.Ordinal) || path.StartsWith(section + "[", StringComparison.Ordinal))
                || (path.Length == 0 && duplicate.Name is "guardrails" or "policies");
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"'{duplicate.Name}' is written twice; the one in line {duplicate.Ignored.Line} is lost and this one counts{(guards ? ". In a section that guards that is refused: keep one" : "")}.");
            problems.Add(new ConfigProblem("duplicate-key", guards ? ProblemSeverity.Error : ProblemSeverity.Warning, duplicate.InForce, message) { Path = at });
        }
    }

    private void Check(ConfigEntry entry, ConfigKey key, ConfigSection section, string path)
    {
        if (entry.Value.IsNull)
        {
            return;
        }

        ReportMark(entry, key, section, path);
        if (!ValueTypeCheck.Fits(entry.Value, key.Types))
        {
            ReportType(entry, key, path);
            WalkFree(entry.Value, path);
            return;
        }

        switch (entry.Value)
        {
            case ConfigScalar scalar:
                _hints.Report(scalar, key.Types, path, key.Secret);
                ReportChoice(scalar, key, path);
                break;
            case ConfigMap map when key.Map is { } inner:
                Walk(map, inner, path);
                break;
            case ConfigMap map when key.Values is { } values:
                WalkValues(map, values, path);
                break;
            case ConfigList list when key.Items is { } items:
                WalkItems(list, items, path);
                break;
            default:
                WalkFree(entry.Value, path);
                break;
        }
    }

    private void WalkValues(ConfigMap map, ConfigSection section, string path)
    {
        ReportDuplicates(map, path);
        foreach (var entry in map.Entries)
        {
            var at = ConfigPath.Key(path, entry.Name);
            if (entry.Value is ConfigMap inner)
            {
                Walk(inner, section, at);
            }
            else if (!entry.Value.IsNull)
            {
                problems.Warning("wrong-type", entry.Value.Position, at, $"'{entry.Name}' must be a map.", entry.Value.Describe(), "a map");
            }
        }
    }

    private void WalkItems(ConfigList list, ConfigSection section, string path)
    {
        for (var i = 0; i < list.Items.Length; i++)
        {
            var at = ConfigPath.Item(path, i);
            if (list.Items[i] is ConfigMap inner)
            {
                Walk(inner, section, at);
            }
            else
            {
                problems.Warning("wrong-type", list.Items[i].Position, at, $"An item of '{path}' must be a map; this one is left out.", list.Items[i].Describe(), "a map");
            }
        }
    }

    private void ReportMark(ConfigEntry entry, ConfigKey key, ConfigSection section, string path)
    {
        if (key.Mark == KeyMark.Restricts && ValueTypeCheck.Restricts(entry.Value, key))
        {
            var message = $"'{entry.Name}' restricts ({key.Description}{ValueTypeCheck.NameGuardrails(entry.Value)}), and this build does not enforce it. {key.Instead}".TrimEnd();
            problems.Add(new ConfigProblem(
                "not-enforced",
                options.AllowUnenforced ? ProblemSeverity.Warning : ProblemSeverity.Error,
                entry.Key.Position,
                options.AllowUnenforced ? message + " It is ignored because of --allow-unenforced." : message + " Remove it, or start with --allow-unenforced to run without this protection.")
            {
                Path = path,
            });
        }
        else if (key is { Mark: KeyMark.Ignored, Quiet: false } or { Mark: KeyMark.Restricts, When: RestrictsWhen.Named, Instead: not null } && ValueTypeCheck.IsWritten(entry.Value) && _warned.Add($"{section.Name}.{key.Name}"))
        {
            problems.Warning("not-served", entry.Key.Position, path, $"'{entry.Name}' ({key.Description}) has no effect in this build. {key.Instead}".TrimEnd());
        }
    }

    private void ReportType(ConfigEntry entry, ConfigKey key, string path)
    {
        if (entry.Value is ConfigScalar { MissingVariable: not null })
        {
            return;
        }

        _hints.ReportTrap(entry.Value as ConfigScalar, key.Types, path, key.Secret);
        var tolerated = key.Mark != KeyMark.Served || key.Types.HasFlag(ValueTypes.Bool) || path.StartsWith("model_list[", StringComparison.Ordinal);
        var found = key.Secret ? "something else" : entry.Value.Describe();
        var expected = ValueTypeCheck.Describe(key.Types);
        var (message, suggestion) = ExplainType(entry, key);
        if (tolerated)
        {
            problems.Warning("wrong-type", entry.Value.Position, path, message, found, expected, suggestion);
        }
        else
        {
            problems.Error("wrong-type", entry.Value.Position, path, message, found, expected, suggestion);
        }
    }

    private static (string Message, string? Suggestion) ExplainType(ConfigEntry entry, ConfigKey key) => (key.Name, entry.Value) switch
    {
        ("drop_params", ConfigList) => ("'drop_params' is a switch. A list of parameters goes into additional_drop_params of the model.", "'additional_drop_params'"),
        ("cache", ConfigScalar { Kind: ScalarKind.String }) => ("'cache' is a switch. The kind of cache goes into cache_params.type.", "'cache: true'"),
        (_, ConfigScalar scalar) when key.Types is ValueTypes.TextList =>
            ($"'{key.Name}' takes a list, also for one value.", scalar.Variable is null ? $"[{scalar.Text}]" : null),
        ("model_list" or "credential_list", ConfigMap) => ($"'{key.Name}' takes a list: each entry begins with '- '.", null),
        (_, ConfigMap map) when key.Types is ValueTypes.List && map.Entries.Length > 0 =>
            ($"'{key.Name}' takes a list of maps: each entry begins with '- '.", $"'- {map.Entries[0].Name}: ...'"),
        _ => ($"The value of '{key.Name}' has the wrong type; it is not used.", null),
    };

    private void ReportChoice(ConfigScalar scalar, ConfigKey key, string path)
    {
        if (key.Choices.IsEmpty || scalar.MissingVariable is not null || key.Choices.Contains(scalar.Text))
        {
            return;
        }

        var meant = Meant(key.Name, scalar.Text) ?? NearestName.Find(scalar.Text, key.Choices)
            ?? key.Choices.FirstOrDefault(choice => scalar.Text.Length >= 4 && choice.StartsWith(scalar.Text, StringComparison.OrdinalIgnoreCase));
        var severity = key.Name == "routing_strategy" ? ProblemSeverity.Error : ProblemSeverity.Warning;
        problems.Add(new ConfigProblem("wrong-value", severity, scalar.Position, $"'{key.Name}' does not know this value.")
        {
            Path = path,
            Found = scalar.Describe(),
            Expected = "one of " + string.Join(", ", key.Choices),
            Suggestion = meant is null ? null : $"'{meant}'",
        });
    }

    private static string? Meant(string key, string value) => (key, value) switch
    {
        ("mode", "tts") => "audio_speech",
        ("mode", "audio" or "stt" or "transcription") => "audio_transcription",
        ("mode", "image") => "image_generation",
        ("transport", "streamable-http" or "streamable_http" or "streamablehttp") => "http",
        ("routing_strategy", "weighted" or "random" or "round-robin" or "shuffle") => "simple-shuffle",
        ("routing_strategy", "lowest-latency" or "latency") => "latency-based-routing",
        ("routing_strategy", "lowest-cost" or "cost") => "cost-based-routing",
        _ => null,
    };
}
