using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Ids of deployments that the file gives none. They depend on the parameters alone and not on their order in the file,
/// so that counters and cooldowns survive a reload that moves things around. Secrets are hashed in, never shown.
/// </summary>
internal sealed class DeploymentIdentity
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>The id of a deployment: <paramref name="written"/> when the file has one, else the hash. Ids that repeat get a distinct form.</summary>
    public string Next(string? written, string group, ConfigMap parameters, out bool repeated)
    {
        var id = written ?? Hash(group, parameters, 0);
        repeated = !_given.Add(id);
        for (var ordinal = 1; repeated; ordinal++)
        {
            var next = written is null
                ? Hash(group, parameters, ordinal)
                : string.Create(CultureInfo.InvariantCulture, $"{written}-{ordinal + 1}");
            if (_given.Add(next))
            {
                return next;
            }
        }

        return id;
    }

    private static string Hash(string group, ConfigMap parameters, int ordinal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(group));
        hash.AppendData([0]);
        hash.AppendData(NodeJson.WriteSorted(parameters));
        if (ordinal > 0)
        {
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(ordinal.ToString(CultureInfo.InvariantCulture)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
