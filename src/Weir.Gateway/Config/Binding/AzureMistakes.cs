using System.Globalization;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>Azure settings that load and then fail on every call, with an answer that does not say why.</summary>
internal static class AzureMistakes
{
    /// <summary>Versions of models that the portal shows beside the deployment, and that people copy into <c>api_version</c>.</summary>
    private static readonly HashSet<string> s_modelVersions = new(StringComparer.Ordinal)
    {
        "2024-04-09", "2024-05-13", "2024-07-18", "2024-08-06", "2024-11-20", "2024-12-17", "2025-01-31", "2025-04-14", "2025-04-16", "2025-08-07",
    };

    /// <summary>Warns about them.</summary>
    public static void Report(SectionReader parameters, Uri? address, string? version)
    {
        if (address is not null && address.Host.Contains(".privatelink.", StringComparison.OrdinalIgnoreCase) && parameters.Map.Find("api_base") is { } written)
        {
            var host = address.Host.Replace(".privatelink.", ".", StringComparison.OrdinalIgnoreCase);
            parameters.Warn(
                BindingCodes.BadAddress, written, "api_base",
                "The certificate of the resource does not name its privatelink host, so TLS fails. The usual host resolves to the private address inside the network.",
                suggestion: $"'https://{host}'");
        }

        if (version is null || parameters.Map.Find("api_version") is not { } node)
        {
            return;
        }

        if (s_modelVersions.Contains(version))
        {
            parameters.Warn(
                BindingCodes.BadVersion, node, "api_version", $"'{version}' is the version of a model, not of the API; Azure answers 404 to it.", node.Describe(),
                "an api-version such as 2024-10-21, or v1");
        }
        else if (!IsApiVersion(version))
        {
            parameters.Warn(
                BindingCodes.BadVersion, node, "api_version", "This is no api-version; Azure answers 404 to it.", node.Describe(),
                "a date such as 2024-10-21 or 2025-04-01-preview, or v1, latest, preview");
        }
    }

    private static bool IsApiVersion(string version) =>
        version is "v1" or "latest" or "preview"
        || (version.Length >= 10
            && DateOnly.TryParseExact(version.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && (version.Length == 10 || string.Equals(version[10..], "-preview", StringComparison.Ordinal)));
}
