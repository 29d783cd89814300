using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>What an entry of <c>model_list</c> must have. A bad entry fails alone, so these are warnings.</summary>
internal static class ModelRules
{
    /// <summary>Reports what is missing.</summary>
    public static void Run(ConfigMap root, ConfigProblems problems)
    {
        var list = root.FindList("model_list");
        for (var i = 0; i < (list?.Items.Length ?? 0); i++)
        {
            if (list?.Items[i] is not ConfigMap entry)
            {
                continue;
            }

            var path = ConfigPath.Item("model_list", i);
            if (entry.Find("model_name") is null)
            {
                problems.Warning("missing-key", entry.Position, path, "The entry has no 'model_name', so no request can name it; it is left out.");
            }

            if (entry.Find("litellm_params") is not ConfigMap parameters)
            {
                problems.Warning("missing-key", entry.Position, path, "The entry has no 'litellm_params' with a 'model' in it; it is left out.");
            }
            else if (parameters.Find("model") is null)
            {
                problems.Warning("missing-key", parameters.Position, path + ".litellm_params", "'litellm_params' has no 'model' (provider/model); the entry is left out.");
            }
        }
    }
}
