using System.Globalization;

namespace Weir.Gateway.Config.Check;

/// <summary>Writes the path of a setting, such as <c>model_list[2].litellm_params.model</c>.</summary>
internal static class ConfigPath
{
    /// <summary>A key below a path.</summary>
    public static string Key(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>An item of the list at a path.</summary>
    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
