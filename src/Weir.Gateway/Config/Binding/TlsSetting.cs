using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary><c>ssl_verify</c>: a boolean, or the path of a CA file (which means verify, against that file).</summary>
/// <param name="Verify">Check certificates; null when nothing is said.</param>
/// <param name="CaFile">The CA file; null = the machine's.</param>
internal sealed record TlsSetting(bool? Verify, string? CaFile)
{
    /// <summary>Reads <c>ssl_verify</c> of a section.</summary>
    public static TlsSetting Read(SectionReader section)
    {
        switch (section.Map.Find("ssl_verify"))
        {
            case null:
                return new TlsSetting(null, null);
            case ConfigScalar scalar when scalar.TryGetBool(out var verify):
                return new TlsSetting(verify, null);
            case ConfigScalar { Kind: ScalarKind.String, Text.Length: > 0 } path:
                return new TlsSetting(true, path.Text);
            case var other:
                section.Wrong(other, "ssl_verify", "true, false or the path of a CA file");
                return new TlsSetting(null, null);
        }
    }
}
