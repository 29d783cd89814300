using System.Collections.Immutable;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Body members that the config sets when the request does not: every provider parameter, and <c>extra_body</c> opened up.</summary>
internal static class DefaultParameters
{
    /// <summary>Reads them from the merged <c>litellm_params</c>.</summary>
    public static ImmutableDictionary<string, ReadOnlyMemory<byte>> Read(SectionReader parameters)
    {
        var found = ImmutableDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var entry in parameters.Map.Entries)
        {
            if (ParameterNames.WhyNotSent(entry.Name) is { } why)
            {
                parameters.Warn(
                    BindingCodes.ParameterIgnored, entry.Key, entry.Name, $"'{entry.Name}' has no effect under litellm_params and is not sent. {why}",
                    suggestion: ParameterNames.Meant(entry.Name));
            }
            else if (!ParameterNames.IsOwn(entry.Name))
            {
                found[entry.Name] = NodeJson.Write(entry.Value);
            }
        }

        if (parameters.Section("extra_body") is { } extra)
        {
            foreach (var entry in extra.Map.Entries)
            {
                found[entry.Name] = NodeJson.Write(entry.Value);
            }
        }

        return found.ToImmutable();
    }
}
