using System.Collections.Frozen;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>The models that one key, team, user or organisation may use: names, wildcards, and names of access groups.</summary>
internal sealed class ModelSet
{
    /// <summary>A list with this in it allows everything.</summary>
    internal const string AllProxyModels = "all-proxy-models";

    /// <summary>A key with this in its list has the rights of its team.</summary>
    internal const string AllTeamModels = "all-team-models";

    /// <summary>A user with this in its list has models through teams alone.</summary>
    internal const string NoDefaultModels = "no-default-models";

    private readonly string _whose;
    private readonly IReadOnlyList<string> _told;
    private readonly FrozenSet<string> _names;
    private readonly string[] _prefixes;

    /// <summary>Compiles a list; null when it allows everything.</summary>
    /// <param name="whose">key, team, user or org: what the refusal speaks of.</param>
    /// <param name="models">The list as it was given.</param>
    /// <param name="byGroups">Models that access groups of the directory add.</param>
    internal static ModelSet? Of(string whose, IReadOnlyList<string> models, IReadOnlyList<string> byGroups)
    {
        // As in LiteLLM an empty list allows everything, and access groups can only add to a list that is there.
        var open = models.Count == 0 || models.Contains("*", StringComparer.Ordinal) || models.Contains(AllProxyModels, StringComparer.Ordinal);
        return open ? null : new ModelSet(whose, models, byGroups);
    }

    private ModelSet(string whose, IReadOnlyList<string> models, IReadOnlyList<string> byGroups)
    {
        _whose = whose;
        _told = models;
        IEnumerable<string> all = [.. models, .. byGroups];
        _names = all.ToFrozenSet(StringComparer.Ordinal);

        // LiteLLM knows wildcards at the end alone ("openai/*").
        _prefixes = [.. all.Where(static name => name.Length > 1 && name.EndsWith('*')).Select(static name => name[..^1])];
    }

    /// <summary>Whether a name, or one of the access groups of what it leads to, is in the set.</summary>
    internal bool Allows(string name, IReadOnlyList<string> accessGroups)
    {
        if (_names.Contains(name))
        {
            return true;
        }
        foreach (var prefix in _prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }
        foreach (var group in accessGroups)
        {
            if (_names.Contains(group))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The refusal, in LiteLLM's words.</summary>
    internal GatewayError Refusal(string model) => _whose == "user" && _names.Contains(NoDefaultModels)
        ? new GatewayError(ErrorKind.ModelDenied,
            $"User not allowed to access model. No default model access, only team models allowed. Tried to access {model}") { Param = "model" }
        : new GatewayError(ErrorKind.ModelDenied,
            $"{_whose} not allowed to access model. This {_whose} can only access models={PythonText.List(_told)}. Tried to access {model}")
        {
            Param = "model", Type = _whose + "_model_access_denied",
        };
}
