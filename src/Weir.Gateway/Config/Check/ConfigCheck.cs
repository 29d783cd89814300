using System.Collections.Immutable;
using Weir.Gateway.Config.Check.Lint;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check;

/// <summary>Finds everything that is wrong with a configuration, all at once: <c>weir check</c>, and the first step of <c>weir serve</c>.</summary>
public static class ConfigCheck
{
    /// <summary>Every look that is taken, in order; a later one need not repeat what an earlier one said at the same place.</summary>
    internal static ImmutableArray<IConfigPass> Passes { get; } = [new ConfigLint()];

    /// <summary>Checks a file.</summary>
    /// <param name="path">The file, as the user named it.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="options">How strictly it is judged.</param>
    public static CheckReport Run(string path, IReadOnlyDictionary<string, string> environment, CheckOptions options)
    {
        var problems = new ConfigProblems();
        Load(path, environment, options, Passes, problems);
        return CheckReport.Of(path, problems, options);
    }

    /// <summary>Checks bytes as if they were the file of that name.</summary>
    internal static CheckReport Run(
        ReadOnlySpan<byte> bytes, string path, IReadOnlyDictionary<string, string> environment, CheckOptions options)
    {
        var problems = new ConfigProblems();
        Inspect(ConfigTree.Load(bytes, path, environment, problems), options, Passes, problems);
        return CheckReport.Of(path, problems, options);
    }

    /// <summary>Loads a file and looks at it. Null when nothing can be read; the problems say why.</summary>
    internal static ConfigMap? Load(
        string path,
        IReadOnlyDictionary<string, string> environment,
        CheckOptions options,
        ImmutableArray<IConfigPass> passes,
        ConfigProblems problems)
    {
        var root = ConfigTree.Load(path, environment, problems);
        Inspect(root, options, passes, problems);
        return root;
    }

    private static void Inspect(ConfigMap? root, CheckOptions options, ImmutableArray<IConfigPass> passes, ConfigProblems problems)
    {
        if (root is null)
        {
            return;
        }

        foreach (var pass in passes)
        {
            var found = new ConfigProblems();
            pass.Run(root, options, found);
            problems.AddFrom(found);
        }
    }
}
