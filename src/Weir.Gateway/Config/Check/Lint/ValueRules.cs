using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Settings whose value, not whose type, says that something else was meant.</summary>
internal static class ValueRules
{
    private static readonly string[] Served = ["sqlite:", "postgresql:", "postgres:"];

    /// <summary>Reports what is wrong.</summary>
    public static void Run(ConfigMap root, ConfigProblems problems)
    {
        CheckDatabase(root.FindMap("general_settings")?.FindScalar("database_url"), problems);
        var router = root.FindMap("router_settings");
        CheckPolicies(router, problems);
        foreach (var alias in router?.FindMap("model_group_alias")?.Entries ?? [])
        {
            if (alias.Value is ConfigList list)
            {
                problems.Warning(
                    "wrong-type", list.Position, $"router_settings.model_group_alias.{alias.Name}",
                    "An alias names one model group. To share the load between groups give their entries the same model_name; to try one after the other use fallbacks.",
                    list.Describe(), "a model group, or {model, hidden}", list.Items is [ConfigScalar first, ..] ? $"'{first.Shown}'" : null);
            }
        }
    }

    private static void CheckDatabase(ConfigScalar? url, ConfigProblems problems)
    {
        if (url is { MissingVariable: null } && url.Text.Length > 0 && !Served.Any(scheme => url.Text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
        {
            var scheme = url.Text.IndexOf("://", StringComparison.Ordinal);
            problems.Warning(
                "database-not-read", url.Position, "general_settings.database_url",
                "Weir keeps its data in PostgreSQL or in an embedded SQLite file and knows no other database: with this address it does not start.",
                scheme is > 0 and < 20 ? $"a {url.Text[..scheme]} address" : "another kind of address", "postgresql://user:password@host:5432/database, or sqlite:///path/to/file.db");
        }
    }

    private static void CheckPolicies(ConfigMap? router, ConfigProblems problems)
    {
        ExplainPolicy(router?.FindMap("retry_policy"), "router_settings.retry_policy", RouterSettingsKeys.RetryPolicy, "Retries", problems);
        ExplainPolicy(router?.FindMap("allowed_fails_policy"), "router_settings.allowed_fails_policy", RouterSettingsKeys.AllowedFailsPolicy, "AllowedFails", problems);
        foreach (var group in router?.FindMap("model_group_retry_policy")?.Entries ?? [])
        {
            ExplainPolicy(group.Value as ConfigMap, $"router_settings.model_group_retry_policy.{group.Name}", RouterSettingsKeys.RetryPolicy, "Retries", problems);
        }
    }

    /// <summary>Five of seven real policies hold keys that do not exist, so the words are spelled out.</summary>
    private static void ExplainPolicy(ConfigMap? policy, string path, ConfigSection section, string ending, ConfigProblems problems)
    {
        foreach (var entry in policy?.Entries ?? [])
        {
            if (section.Find(entry.Name) is not null)
            {
                continue;
            }

            var stem = entry.Name.Replace("Error", "", StringComparison.Ordinal).Replace(ending, "", StringComparison.Ordinal);
            var meant = stem.Length == 0 ? null : section.Find(stem + "Error" + ending)?.Name;
            problems.Warning(
                "wrong-policy-key", entry.Key.Position, $"{path}.{entry.Name}",
                $"'{section.Name}' has one number for each kind of error; '{entry.Name}' has no effect.",
                expected: string.Join(", ", section.Keys.Select(static key => key.Name)),
                suggestion: meant is not null ? $"'{meant}'" : entry.Name is "max_retries" or "retry_count" or "num_retries" ? "'num_retries' in router_settings" : null);
        }
    }
}
