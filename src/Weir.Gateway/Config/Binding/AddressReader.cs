using Weir.Gateway.Config.Yaml;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads a deployment's base address and api-version: the file's, else the provider's environment variables.</summary>
internal static class AddressReader
{
    /// <summary>The address; null when neither the file nor the environment has one. <paramref name="why"/> says why a written one is none.</summary>
    public static Uri? Read(SectionReader parameters, IProvider? provider, Func<string, string?> variable, out string? why)
    {
        why = null;
        var name = parameters.Has("api_base") ? "api_base" : parameters.Has("aws_bedrock_runtime_endpoint") ? "aws_bedrock_runtime_endpoint" : "base_url";
        var text = parameters.Text(name)?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            if (provider is null || FirstSet(provider.BaseVariables, variable) is not { } found)
            {
                return null;
            }

            (name, text) = found;
        }

        if (TryParse(text, out var address))
        {
            return address;
        }

        why = Explain(name, text, parameters.Map.FindScalar(name)?.Variable);
        return null;
    }

    /// <summary>The first of the variables that has a value, with its name.</summary>
    public static (string Name, string Value)? FirstSet(IEnumerable<string> names, Func<string, string?> variable)
    {
        foreach (var name in names)
        {
            if (variable(name) is { } value && !string.IsNullOrWhiteSpace(value))
            {
                return (name, value.Trim());
            }
        }

        return null;
    }

    private static bool TryParse(string text, out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && address.Scheme is "http" or "https"
        && address.Host.Length > 0;

    private static string Explain(string name, string text, string? fromVariable)
    {
        if (text.Contains("${", StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal) || text.Contains("{{", StringComparison.Ordinal)
            || text.Contains('<', StringComparison.Ordinal))
        {
            return $"'{name}' still holds a placeholder that nobody has filled in. Write the address, or 'os.environ/NAME' for the whole value.";
        }

        // A value out of the environment may be a secret in the wrong variable: it is not shown.
        var shown = fromVariable is null ? $"'{text}'" : $"the value of environment variable {fromVariable}";
        return text.Contains("://", StringComparison.Ordinal)
            ? $"'{name}' must be an http or https address, and {shown} is none."
            : $"'{name}' must begin with http:// or https://, and {shown} does not"
                + (fromVariable is null ? $": write 'http://{text}' or 'https://{text}'." : ".");
    }
}
