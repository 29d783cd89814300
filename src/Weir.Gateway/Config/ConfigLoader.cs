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
        return YamlReader.ReadFile(path, problems) is { } bytes
            ? Load(bytes, path, options, problems)
            : new ConfigLoadResult(null, CheckReport.Of(path, problems, options.Check), [path]);
    }

    /// <summary>Loads bytes as if they were the file at <paramref name="path"/>, which includes are relative to.</summary>
    public static ConfigLoadResult Load(ReadOnlySpan<byte> bytes, string path, ConfigLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Load(bytes, path, options, new ConfigProblems());
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
        return Bind(root, "(none)", [], options, new ConfigProblems());
    }

    private static ConfigLoadResult Load(ReadOnlySpan<byte> bytes, string path, ConfigLoadOptions options, ConfigProblems problems)
    {
        if (ConfigTree.Load(bytes, path, options.Environment, problems) is not { } root)
        {
            return new ConfigLoadResult(null, CheckReport.Of(path, problems, options.Check), [path]);
        }

        foreach (var pass in ConfigCheck.Passes)
        {
            var found = new ConfigProblems();
            pass.Run(root, options.Check, found);
            problems.AddFrom(found);
        }

        return Bind(root, path, Files(root, path), options, problems);
    }

    private static ConfigLoadResult Bind(ConfigMap root, string path, ImmutableArray<string> files, ConfigLoadOptions options, ConfigProblems problems)
    {
        var found = new ConfigProblems();
        var config = new ConfigBinder(Sources(options)).Bind(root, path, found);
        problems.AddFrom(found);
        var report = CheckReport.Of(path, problems, options.Check);
        return new ConfigLoadResult(report.Failed ? null : config, report, files);
    }

    /// <summary>The main file and every file that a part of the configuration came from.</summary>
    private static ImmutableArray<string> Files(ConfigMap root, string path)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        Collect(root, 0);
        files.Remove(path);
        return [path, .. files];

        // Includes merge whole sections and list items, so that four levels see every file without walking through every value.
        void Collect(ConfigNode node, int level)
        {
            files.Add(node.Position.File);
            if (level == 4)
            {
                return;
            }

            IEnumerable<ConfigNode> below = node switch
            {
                ConfigMap map => map.Entries.Select(static entry => entry.Value),
                ConfigList list => list.Items,
                _ => [],
            };
            foreach (var item in below)
            {
                Collect(item, level + 1);
            }
        }
    }

    private static BindingSources Sources(ConfigLoadOptions options) => new()
    {
        FindProvider = ProviderCatalog.Find,
        ProviderNames = ProviderCatalog.Names,
        Variable = name => options.Environment.TryGetValue(name, out var value) ? value : null,
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
