using System.Security.Cryptography;
using System.Text;

namespace Weir.Gateway.Config.Reload;

/// <summary>
/// Tells whether a set of files changed, by what they hold. Links are followed, so the swap of a ConfigMap's <c>..data</c> link is
/// a change like any other, and a time stamp that moves without the content is none.
/// </summary>
internal static class FileFingerprint
{
    /// <summary>One text for all the files; a file that can't be read counts as such.</summary>
    public static string Of(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData([0]);
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                hash.AppendData(SHA256.HashData(stream));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In the middle of a swap a file can be away; the next look decides.
                hash.AppendData("unreadable"u8);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
