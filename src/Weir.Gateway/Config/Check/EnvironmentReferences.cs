using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>
/// Replaces <c>os.environ/NAME</c>, where it is a whole value, by the variable: before anything is typed, because ports, budgets,
/// booleans and the model itself are written that way. <c>environment_variables</c> is looked up first, as LiteLLM does.
/// </summary>
internal sealed class EnvironmentReferences
{
    private const string Prefix = "os.environ/";
    private readonly Dictionary<string, string> _section = new(StringComparer.Ordinal);
    private readonly Dictionary<(ConfigNode Node, bool InDeployment), ConfigNode> _done = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly ConfigProblems _problems;
    private bool _leaveOut;

    private EnvironmentReferences(IReadOnlyDictionary<string, string> environment, ConfigProblems problems)
    {
        _environment = environment;
        _problems = problems;
    }

    /// <summary>The configuration with every reference replaced. Unset variables are errors, or mark a deployment that is left out.</summary>
    public static ConfigMap Replace(ConfigMap root, IReadOnlyDictionary<string, string> environment, ConfigProblems problems)
    {
        var references = new EnvironmentReferences(environment, problems);
        return references.ReplaceRoot(root);
    }

    /// <summary>The first value below a node whose variable is not set; null when all are.</summary>
    public static ConfigScalar? FindMissing(ConfigNode node) => node switch
    {
        ConfigScalar { MissingVariable: not null } scalar => scalar,
        ConfigMap map => map.Entries.Select(static entry => FindMissing(entry.Value)).FirstOrDefault(static missing => missing is not null),
        ConfigList list => list.Items.Select(FindMissing).FirstOrDefault(static missing => missing is not null),
        _ => null,
    };

    private ConfigMap ReplaceRoot(ConfigMap root)
    {
        foreach (var entry in root.FindMap("environment_variables")?.Entries ?? [])
        {
            if (Replace(entry.Value, "environment_variables." + entry.Name, false) is ConfigScalar { Kind: not ScalarKind.Null } value)
            {
                _section[entry.Name] = value.Text;
            }
        }

        var choice = root.FindMap("router_settings")?.FindScalar("ignore_invalid_deployments");
        _leaveOut = choice is not null
            && Replace(choice, "router_settings.ignore_invalid_deployments", false) is ConfigScalar read && read.TryGetBool(out var written) && written;
        _done.Clear();
        return (ConfigMap)Replace(root, "", false);
    }

    private ConfigNode Replace(ConfigNode node, string path, bool inDeployment)
    {
        if (_done.TryGetValue((node, inDeployment), out var done))
        {
            return done;
        }

        ConfigNode result = node switch
        {
            ConfigScalar scalar => ReplaceScalar(scalar, path, inDeployment),
            ConfigList list => ReplaceList(list, path, inDeployment),
            ConfigMap map => ReplaceMap(map, path, inDeployment),
            _ => node,
        };
        return _done[(node, inDeployment)] = result;
    }

    private ConfigList ReplaceList(ConfigList list, string path, bool inDeployment)
    {
        var deployments = path == "model_list";
        var items = ImmutableArray.CreateBuilder<ConfigNode>(list.Items.Length);
        var changed = false;
        for (var i = 0; i < list.Items.Length; i++)
        {
            var item = Replace(list.Items[i], ConfigPath.Item(path, i), inDeployment || deployments);
            changed |= !ReferenceEquals(item, list.Items[i]);
            items.Add(item);
        }

        return changed ? new ConfigList(list.Position, items.MoveToImmutable()) : list;
    }

    private ConfigMap ReplaceMap(ConfigMap map, string path, bool inDeployment)
    {
        var entries = ImmutableArray.CreateBuilder<ConfigEntry>(map.Entries.Length);
        var changed = false;
        foreach (var entry in map.Entries)
        {
            var value = Replace(entry.Value, ConfigPath.Key(path, entry.Name), inDeployment);
            changed |= !ReferenceEquals(value, entry.Value);
            entries.Add(entry with { Value = value });
        }

        return changed ? new ConfigMap(map.Position, entries.MoveToImmutable(), map.Duplicates) : map;
    }

    private ConfigScalar ReplaceScalar(ConfigScalar scalar, string path, bool inDeployment)
    {
        if (!scalar.Text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return scalar;
        }

        var name = scalar.Text[Prefix.Length..].Trim();
        if (_section.TryGetValue(name, out var text) || _environment.TryGetValue(name, out text))
        {
            return new ConfigScalar(scalar.Position, text, ScalarStyle.Quoted) { Variable = name };
        }

        if (inDeployment && _leaveOut)
        {
            _problems.Warning(
                "unset-variable", scalar.Position, path,
                $"The environment variable {name} is not set; this deployment is left out (router_settings.ignore_invalid_deployments).");
        }
        else
        {
            _problems.Error(
                "unset-variable", scalar.Position, path,
                $"The environment variable {name} is not set. Set it before the start, or write it under environment_variables.");
        }

        return new ConfigScalar(scalar.Position, scalar.Text, ScalarStyle.Quoted) { MissingVariable = name };
    }
}
