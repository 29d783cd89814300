using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>
/// Explains a key that its section does not know. Nothing here is an error: LiteLLM starts with such a key and ignores it,
/// so Weir starts too, and says so.
/// </summary>
internal sealed class UnknownKeys(ConfigProblems problems)
{
    private readonly HashSet<string> _saidOwn = new(StringComparer.Ordinal);

    /// <summary>Reports the key.</summary>
    public void Report(ConfigEntry entry, ConfigSection section, string path)
    {
        if (problems.IsFull)
        {
            problems.Warning("unknown-key", entry.Key.Position, path, "");
            return;
        }

        if (section == RouterSettingsKeys.RetryPolicy || section == RouterSettingsKeys.AllowedFailsPolicy)
        {
            return; // ValueRules explains these with the whole list of names.
        }

        if (section.Open)
        {
            ReportInOpen(entry, section, path);
        }
        else if (!ReportHelm(entry, section, path) && !ReportKnownMeaning(entry, section, path) && !ReportMisplaced(entry, section, path)
            && !ReportNear(entry, section, path) && !ReportVariable(entry, path) && !ReportInvented(entry, path))
        {
            ReportPlain(entry, section, path);
        }
    }

    /// <summary>litellm_params, model_info, a guardrail: an unknown name is a parameter of the provider or a note.</summary>
    private void ReportInOpen(ConfigEntry entry, ConfigSection section, string path)
    {
        if (ReportKnownMeaning(entry, section, path))
        {
            return;
        }

        var other = section == ModelListKeys.LiteLlmParams ? ModelListKeys.ModelInfo : section == ModelListKeys.ModelInfo ? ModelListKeys.LiteLlmParams : null;
        if (other?.Find(entry.Name) is not null)
        {
            problems.Warning(
                "misplaced-key", entry.Key.Position, path,
                $"'{entry.Name}' belongs to {other.Name}. Here it is {WhatBecomesOf(entry.Name, section)}.",
                suggestion: $"{other.Name}.{entry.Name}");
        }
        else if (section == ModelListKeys.LiteLlmParams && ParameterNames.IsOwn(entry.Name) && !ParameterNames.IsPrice(entry.Name))
        {
            if (_saidOwn.Add(entry.Name))
            {
                problems.Warning("not-served", entry.Key.Position, path, $"'{entry.Name}' is a setting of LiteLLM's own that has no effect in this build; it is not sent to the model.");
            }
        }
        else if (NearestName.Find(entry.Name, section.Keys.Select(static key => key.Name), beginnings: false) is { } near)
        {
            problems.Info("unknown-key", entry.Key.Position, path, $"'{entry.Name}' is not a key of {section.Name}; it is passed on as it is.", suggestion: $"'{near}'");
        }
    }

    private static string WhatBecomesOf(string name, ConfigSection section) =>
        section != ModelListKeys.LiteLlmParams ? "a note without effect"
        : ParameterNames.IsOwn(name) || ParameterNames.WhyNotSent(name) is not null ? "without effect, and not sent to the model"
        : "sent to the model as a parameter";

    private bool ReportHelm(ConfigEntry entry, ConfigSection section, string path)
    {
        if (section != ConfigSchema.TopLevel || !KnownMistakes.IsHelmValue(entry.Name))
        {
            return false;
        }

        problems.Info("helm-value", entry.Key.Position, path, $"'{entry.Name}' belongs to the Helm chart, not to the proxy; it is left out.");
        return true;
    }

    private bool ReportKnownMeaning(ConfigEntry entry, ConfigSection section, string path)
    {
        if (KnownMistakes.FindMeaning(section.Name, entry.Name) is not { } meaning)
        {
            return false;
        }

        problems.Warning("unknown-key", entry.Key.Position, path, $"There is no '{entry.Name}' in {section.Name}; it has no effect.", suggestion: $"'{meaning}'");
        return true;
    }

    private bool ReportMisplaced(ConfigEntry entry, ConfigSection section, string path)
    {
        if (section == McpServerKeys.Section)
        {
            return false; // Its short names (headers, timeout) mean something else in other sections.
        }

        if (PlaceOf(entry.Name, section) is not var (place, key))
        {
            return false;
        }

        var mapped = place == "the top level" && entry.Value is ConfigMap;
        var message = mapped
            ? $"The section '{entry.Name}' is indented too deep: it belongs to the top level. Here nothing in it has an effect."
            : $"'{entry.Name}' belongs to {place}. Here it has no effect, in LiteLLM neither; move it there if you want it.";
        problems.Warning(
            "misplaced-key", entry.Key.Position, path,
            key.Mark == KeyMark.Restricts ? message + " Until then it limits nothing." : message,
            suggestion: place == "the top level" ? $"'{entry.Name}' at the top level" : $"{place}.{entry.Name}");
        return true;
    }

    /// <summary>The likeliest place where the key means something; one where it only has no effect counts when there is no other.</summary>
    private static (string Place, ConfigKey Key)? PlaceOf(string name, ConfigSection section)
    {
        (string, ConfigKey)? idle = null;
        foreach (var (place, other) in ConfigSchema.Places)
        {
            if (other == section || other.Find(name) is not { } key
                || (section == ModelListKeys.Entry && other != ModelListKeys.LiteLlmParams && other != ModelListKeys.ModelInfo))
            {
                continue;
            }

            if (key.Mark != KeyMark.Ignored)
            {
                return (place, key);
            }

            idle ??= (place, key);
        }

        return idle;
    }

    private bool ReportNear(ConfigEntry entry, ConfigSection section, string path)
    {
        var near = NearestName.Find(entry.Name, section.Keys.Select(static key => key.Name));
        var place = section.Name;
        if (near is null && section != McpServerKeys.Section)
        {
            foreach (var (otherPlace, other) in ConfigSchema.Places)
            {
                if (other != section && !other.Open && NearestName.Find(entry.Name, other.Keys.Select(static key => key.Name), beginnings: false) is { } elsewhere)
                {
                    (near, place) = (elsewhere, otherPlace);
                    break;
                }
            }
        }

        if (near is null)
        {
            return false;
        }

        problems.Warning(
            "unknown-key", entry.Key.Position, path, $"There is no '{entry.Name}' in {section.Name}; it has no effect.",
            suggestion: place == section.Name ? $"'{near}'" : $"'{near}' in {place}");
        return true;
    }

    private bool ReportVariable(ConfigEntry entry, string path)
    {
        if (!KnownMistakes.IsVariable(entry.Name))
        {
            return false;
        }

        problems.Warning(
            "variable-as-setting", entry.Key.Position, path,
            $"'{entry.Name}' is an environment variable or a start option, not a setting; here it has no effect.",
            suggestion: KnownMistakes.VariableOf(entry.Name));
        return true;
    }

    private bool ReportInvented(ConfigEntry entry, string path)
    {
        if (!KnownMistakes.SoundsLikeProtection(entry.Name))
        {
            return false;
        }

        problems.Warning(
            "invented-security-key", entry.Key.Position, path,
            KnownMistakes.SoundsLikeNoProtection(entry.Name)
                ? $"LiteLLM documents no '{entry.Name}': it switches nothing off, here or there."
                : $"LiteLLM documents no '{entry.Name}': it promises a protection that is not there, and Weir gives none for it. Remove it, and see which key of the schema does what you want.");
        return true;
    }

    private void ReportPlain(ConfigEntry entry, ConfigSection section, string path) =>
        problems.Warning("unknown-key", entry.Key.Position, path, $"There is no '{entry.Name}' in {section.Name}, here or in LiteLLM's documentation; it has no effect.");
}
