using System.Text;
using Weir.Gateway.Config.Yaml;
using Weir.Providers.Credentials;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads who signs in at Google for a deployment: <c>vertex_credentials</c> is a file, the JSON itself, or the same written as YAML.</summary>
internal static class GoogleReader
{
    /// <summary>The identity; null when nobody can sign in, and why.</summary>
    public static GoogleIdentity? Read(SectionReader parameters, Func<string, string?> variable, out string? problem)
    {
        var written = parameters.Map.Find("vertex_credentials") is ConfigMap map ? Encoding.UTF8.GetString(NodeJson.Write(map)) : parameters.Text("vertex_credentials");
        return GoogleIdentity.From(written, variable, out problem);
    }
}
