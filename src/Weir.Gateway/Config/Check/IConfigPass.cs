using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>One look at a loaded configuration. The list is <see cref="ConfigCheck.Passes"/>.</summary>
internal interface IConfigPass
{
    /// <summary>Reports what is wrong with the configuration.</summary>
    /// <param name="root">The configuration, with its variables replaced.</param>
    /// <param name="options">How strictly it is judged.</param>
    /// <param name="problems">Where everything that is wrong goes.</param>
    void Run(ConfigMap root, CheckOptions options, ConfigProblems problems);
}
