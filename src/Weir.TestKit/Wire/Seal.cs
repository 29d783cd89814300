using System.Security.Cryptography;
using System.Text;

namespace Weir.TestKit.Wire;

/// <summary>
/// The signatures that vendors put on a model's thoughts and want back unchanged. The server's own say what they belong to,
/// so that one that was lost, cut, re-encoded or moved to another thought is noticed.
/// </summary>
internal static class Seal
{
    /// <summary>Base64 of a name and a hash, the form of the vendors' own.</summary>
    public static string Of(string kind, string content) =>
        Convert.ToBase64String([.. Encoding.ASCII.GetBytes($"weir:{kind}:"), .. SHA256.HashData(Encoding.UTF8.GetBytes(content))]);

    public static bool Fits(string? seal, string kind, string content) => seal == Of(kind, content);

    /// <summary>Was <paramref name="seal"/> made by this server, for whatever content?</summary>
    public static bool IsOurs(string? seal, string kind)
    {
        var bytes = new byte[seal?.Length ?? 0];
        var name = Encoding.ASCII.GetBytes($"weir:{kind}:");
        return Convert.TryFromBase64String(seal ?? "", bytes, out var written)
            && written == name.Length + SHA256.HashSizeInBytes && bytes.AsSpan(0, name.Length).SequenceEqual(name);
    }
}
