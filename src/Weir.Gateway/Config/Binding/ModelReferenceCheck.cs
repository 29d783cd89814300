using System.Collections.Immutable;
using System.Globalization;
using Weir.Gateway.Config.Check.Lint;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Looks at every place that names a model group: does it exist, and can a fallback do what its group does?</summary>
internal sealed class ModelReferenceCheck(
    GatewayConfig config, Func<string, string, ModelAbilities?> factsOf, SectionReader router, SectionReader liteLlm, SectionReader general, ConfigProblems problems)
{
    private const string ContextWindow = "context_window_fallbacks";

    private readonly ImmutableArray<string> _groups = [.. config.Deployments.Select(static item => item.ModelGroup).Distinct(StringComparer.Ordinal)];

    /// <summary>Checks them all.</summary>
    public void Run()
    {
        foreach (var name in new[] { "fallbacks", ContextWindow, "content_policy_fallbacks" })
        {
            CheckFallbacks(name);
        }

        var section = router.Has("default_fallbacks") ? router : liteLlm;
        CheckTargets(section.Map.FindList("default_fallbacks"), null, section.PathOf("default_fallbacks"), longer: false);
        CheckAliases();
        foreach (var name in new[] { "completion_model", "embedding_model", "image_generation_model", "moderation_model" })
        {
            if (general.Map.FindScalar(name) is { } forced)
            {
                CheckExists(forced, general.PathOf(name), "Every such call goes to the forced model, and");
            }
        }
    }

    private void CheckFallbacks(string name)
    {
        var section = router.Has(name) ? router : liteLlm;
        if (section.Map.FindList(name) is not { } list)
        {
            return;
        }

        for (var i = 0; i < list.Items.Length; i++)
        {
            if (list.Items[i] is not ConfigMap map || (map.Entries.Length > 1 && map.FindEntry("model") is not null))
            {
                continue;
            }

            foreach (var entry in map.Entries)
            {
                var path = $"{section.PathOf(name)}[{i}].{entry.Name}";
                if (entry.Name != "*")
                {
                    CheckExists(entry.Key, path, "The group");
                }

                CheckTargets(entry.Value as ConfigList, entry.Name, path, longer: name == ContextWindow);
            }
        }
    }

    private void CheckTargets(ConfigList? targets, string? group, string path, bool longer)
    {
        for (var i = 0; i < (targets?.Items.Length ?? 0); i++)
        {
            var target = targets?.Items[i] as ConfigScalar ?? (targets?.Items[i] as ConfigMap)?.FindScalar("model");
            var at = $"{path}[{i}]";
            if (target is { IsNull: false } && CheckExists(target, at, "The fallback") && group is not null)
            {
                Compare(group, target, at, longer);
            }
        }
    }

    private void CheckAliases()
    {
        foreach (var (section, name) in new[] { (router, "model_group_alias"), (liteLlm, "model_alias_map") })
        {
            foreach (var entry in section.Map.FindMap(name)?.Entries ?? [])
            {
                if ((entry.Value as ConfigScalar ?? (entry.Value as ConfigMap)?.FindScalar("model")) is { IsNull: false } target)
                {
                    CheckExists(target, $"{section.PathOf(name)}.{entry.Name}", $"The target of the alias '{entry.Name}',");
                }
            }
        }
    }

    /// <summary>True when the model can be routed to; else a warning says why not.</summary>
    private bool CheckExists(ConfigScalar name, string path, string what)
    {
        var text = name.Text;
        if (_groups.Any(group => Matches(group, text))
            || config.Router.Aliases.ContainsKey(text)
            || config.Deployments.Any(item => string.Equals(item.Id, text, StringComparison.Ordinal)))
        {
            return true;
        }

        var leftOut = config.Rejected.Any(item => string.Equals(item.ModelGroup, text, StringComparison.Ordinal));
        problems.Warning(
            BindingCodes.UnknownGroup, name.Position, path,
            leftOut
                ? $"{what} '{text}' has no usable deployment: its entries were left out."
                : $"{what} '{text}' is not defined: no entry of model_list has that model_name.",
            suggestion: leftOut ? null : NearestName.Find(text, _groups.Concat(config.Router.Aliases.Keys)) is { } near ? $"'{near}'" : null);
        return false;
    }

    private void Compare(string group, ConfigScalar target, string path, bool longer)
    {
        var needs = Facts(group);
        var has = Facts(target.Text);
        if (needs is null || has is null || string.Equals(group, target.Text, StringComparison.Ordinal))
        {
            return;
        }

        if (needs.FunctionCalling == true && has.FunctionCalling == false)
        {
            Say(target, path + ".tools", ProblemSeverity.Warning, $"'{target.Text}' takes no tools, and '{group}' does: a request with tools fails there too.");
        }

        if (needs.ResponseSchema == true && has.ResponseSchema == false)
        {
            Say(target, path + ".schema", ProblemSeverity.Warning, $"'{target.Text}' takes no JSON schema for its answer, and '{group}' does: a request with one fails there too.");
        }

        if (needs.MaxInputTokens is { } wide && has.MaxInputTokens is { } narrow && (longer ? narrow <= wide : narrow < wide))
        {
            // A shorter context is often a deliberate choice for the hard times; as a context-window fallback it can't help.
            Say(
                target, path + ".context", longer ? ProblemSeverity.Warning : ProblemSeverity.Info,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{target.Text}' reads {narrow} tokens and '{group}' {wide}: a prompt that is too long for '{(longer ? group : target.Text)}' fails there{(longer ? " too" : "")}."));
        }
    }

    private void Say(ConfigScalar target, string path, ProblemSeverity severity, string message) =>
        problems.Add(new ConfigProblem(BindingCodes.WeakFallback, severity, target.Position, message) { Path = path });

    /// <summary>The best that any deployment of the group is known to offer; a flag is false only when all are known to lack it.</summary>
    private ModelAbilities? Facts(string name)
    {
        var group = config.Router.Aliases.TryGetValue(name, out var alias) ? alias.Group : name;
        var facts = config.Deployments
            .Where(item => string.Equals(item.ModelGroup, group, StringComparison.Ordinal) || string.Equals(item.Id, group, StringComparison.Ordinal))
            .Select(Facts)
            .ToList();
        return facts.Count == 0
            ? null
            : new ModelAbilities(
                facts.TrueForAll(static item => item.MaxInputTokens is not null) ? facts.Max(static item => item.MaxInputTokens) : null,
                Any(facts, static item => item.FunctionCalling),
                Any(facts, static item => item.ResponseSchema));
    }

    private ModelAbilities Facts(DeploymentConfig deployment)
    {
        var book = factsOf(deployment.Provider, deployment.Info.BaseModel ?? deployment.UpstreamModel);
        return new ModelAbilities(
            deployment.Info.MaxInputTokens ?? book?.MaxInputTokens,
            deployment.Info.Supports.TryGetValue("supports_function_calling", out var tools) ? tools : book?.FunctionCalling,
            deployment.Info.Supports.TryGetValue("supports_response_schema", out var schema) ? schema : book?.ResponseSchema);
    }

    private static bool? Any(List<ModelAbilities> facts, Func<ModelAbilities, bool?> flag) =>
        facts.Exists(item => flag(item) == true) ? true : facts.TrueForAll(item => flag(item) == false) ? false : null;

    /// <summary>A group, or a pattern in which each star stands for any text.</summary>
    private static bool Matches(string group, string name)
    {
        if (!group.Contains('*', StringComparison.Ordinal))
        {
            return string.Equals(group, name, StringComparison.Ordinal);
        }

        var parts = group.Split('*');
        if (!name.StartsWith(parts[0], StringComparison.Ordinal) || name.Length < parts[0].Length + parts[^1].Length)
        {
            return false;
        }

        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = name.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return name.Length - parts[^1].Length >= at && name.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
