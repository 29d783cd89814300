using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads <c>configurable_clientside_auth_params</c>: names, or maps of a name to an expression that its value has to match.</summary>
internal static class ClientsideReader
{
    private const string Key = "configurable_clientside_auth_params";

    /// <summary>The names that are open for every value, and those that are open for some.</summary>
    public static (ImmutableArray<string> Names, ImmutableArray<ClientsidePattern> Patterns) Read(SectionReader parameters)
    {
        if (parameters.Map.Find(Key) is not ConfigList list)
        {
            return (parameters.Texts(Key), []);
        }

        var names = ImmutableArray.CreateBuilder<string>();
        var patterns = ImmutableArray.CreateBuilder<ClientsidePattern>();
        foreach (var item in list.Items)
        {
            if (item is ConfigScalar { IsNull: false } scalar)
            {
                names.Add(scalar.Text);
            }
            else if (item is ConfigMap map)
            {
                foreach (var entry in map.Entries)
                {
                    if (ReadPattern(parameters, entry) is { } pattern)
                    {
                        patterns.Add(pattern);
                    }
                }
            }
        }

        return (names.ToImmutable(), patterns.ToImmutable());
    }

    private static ClientsidePattern? ReadPattern(SectionReader parameters, ConfigEntry entry)
    {
        if (entry.Value is not ConfigScalar { IsNull: false } scalar)
        {
            parameters.Wrong(entry.Value, $"{Key}.{entry.Name}", "a regular expression");
            return null;
        }

        var pattern = ClientsidePattern.Create(entry.Name, scalar.Text, out var problem);
        if (pattern is null)
        {
            parameters.Error(
                BindingCodes.BadPattern, scalar, $"{Key}.{entry.Name}", $"The expression can't be used, so no client may set {entry.Name}. {problem}", scalar.Describe(),
                "a regular expression without look-around, back-references and atomic groups");
        }

        return pattern;
    }
}
