using System.Collections.Immutable;
using Weir.Gateway.Config.Binding;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Config;

/// <summary>
/// The one way from a file to a configuration, for <c>weir serve</c> and <c>weir check</c> alike:
/// read, include, substitute, check, bind. Every problem is reported; nothing is thrown for a bad file.
/// </summary>
public static class ConfigLoader
{
    /// <summary>Loads a file.</summary>
    public static ConfigLoadResult Load(string path, ConfigLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var problems = new ConfigProblems();
        var node = YamlReader.Read(path, problems);
        return Finish(node, path, [path], options, problems);
    }

    /// <summary>Loads the text of a file, as for a test or standard input; <paramref name="name"/> stands for it in messages.</summary>
    internal static ConfigLoadResult LoadText(ReadOnlySpan<byte> text, string name, ConfigLoadOptions options)
    {
        var problems = new ConfigProblems();
        return Finish(YamlReader.Read(text, name, problems), name, [], options, problems);
    }

    /// <summary>A configuration without a file: <c>weir --model X --api_base Y</c>. Every request goes to that model, as in LiteLLM.</summary>
    /// <param name="model">LiteLLM's model text, such as <c>ollama/llama3</c>.</param>
    /// <param name="alias">Its public name; null for the model text itself.</param>
    /// <param name="apiBase">Its address; null for the provider's own.</param>
    /// <param name="apiVersion">Azure's api-version, or null.</param>
    /// <param name="options">How to load.</param>
    public static ConfigLoadResult FromCommandLine(string model, string? alias, string? apiBase, string? apiVersion, ConfigLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(options);
        var at = new ConfigPosition("command line", 1, 1);
        var parameters = MapOf(at, ("model", TextOf(at, model)), ("api_base", TextOf(at, apiBase)), ("api_version", TextOf(at, apiVersion)));
        var entry = MapOf(at, ("model_name", TextOf(at, alias ?? model)), ("litellm_params", parameters));
        var root = MapOf(
            at,
            ("model_list", new ConfigList(at, [entry])),
            ("general_settings", MapOf(at, ("completion_model", TextOf(at, alias ?? model)))));
        return Finish(root, "(none)", [], options, new ConfigProblems());
    }

    private static ConfigLoadResult Finish(ConfigNode? node, string path, ImmutableArray<string> files, ConfigLoadOptions options, ConfigProblems problems)
    {
        GatewayConfig? config = null;
        if (node is ConfigMap root)
        {
            config = new ConfigBinder(Sources(options)).Bind(root, path, problems);
        }

        return new ConfigLoadResult(problems.HasErrors ? null : config, [.. problems.Items], files);
    }

    private static BindingSources Sources(ConfigLoadOptions options) => new()
    {
        FindProvider = ProviderCatalog.Find,
        ProviderNames = ProviderCatalog.Names,
        Variable = options.Variable,
        ProviderOfModel = static model => PriceBook.Embedded.TryFindProvider(model, out var provider) ? provider : null,
        AbilitiesOf = static (provider, model) => PriceBook.Embedded.Find(provider, model, null)?.Facts is { } facts
            ? new ModelAbilities(facts.MaxInputTokens, Flag(facts, "supports_function_calling"), Flag(facts, "supports_response_schema"))
            : null,
    };

    private static bool? Flag(ModelFacts facts, string name) => facts.Supports.TryGetValue(name, out var flag) ? flag : null;

    private static ConfigMap MapOf(ConfigPosition at, params ReadOnlySpan<(string Name, ConfigNode Value)> entries)
    {
        var found = ImmutableArray.CreateBuilder<ConfigEntry>(entries.Length);
        foreach (var (name, value) in entries)
        {
            found.Add(new ConfigEntry(TextOf(at, name), value));
        }

        return new ConfigMap(at, found.MoveToImmutable(), []);
    }

    /// <summary>Text as if it stood in the file in quotes; null stands for an absent setting.</summary>
    private static ConfigScalar TextOf(ConfigPosition at, string? text) =>
        new(at, text ?? "", text is null ? ScalarStyle.Plain : ScalarStyle.Quoted);
}
