using Weir.Gateway.Config.Schema;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Compares a configuration with the schema, then looks at what single settings mean together.</summary>
internal sealed class ConfigLint : IConfigPass
{
    /// <inheritdoc/>
    public void Run(ConfigMap root, CheckOptions options, ConfigProblems problems)
    {
        new SchemaWalk(options, problems).Walk(root, ConfigSchema.TopLevel, "");
        new FallbackRules(root, problems).Run();
        new CallbackRules(options, problems).Run(root);
        ValueRules.Run(root, problems);
        ModelRules.Run(root, problems);
    }
}
