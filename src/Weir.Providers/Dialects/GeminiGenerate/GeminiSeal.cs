using System.Buffers.Text;
using System.Text;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Seals of other vendors inside <c>thoughtSignature</c>. Google's SDKs treat that member as bytes: the Python one decodes it and sends it back in the
/// other base64 alphabet, which would break a seal that its vendor compares as text. So a foreign seal is wrapped once more, behind a mark that
/// also says whether the thoughts themselves are sealed.
/// </summary>
internal static class GeminiSeal
{
    private const string Open = "weir-s";
    private const string Sealed = "weir-r";

    // The marks have six bytes so that their base64 is eight whole characters, the same in both alphabets.
    private static readonly string OpenStart = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Open));
    private static readonly string SealedStart = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Sealed));

    /// <summary>The seal as a Gemini client sees it.</summary>
    public static string Wrap(string seal, bool redacted) => Convert.ToBase64String(Encoding.UTF8.GetBytes((redacted ? Sealed : Open) + seal));

    /// <summary>The seal as its vendor wrote it. Gemini's own are returned as they are.</summary>
    public static string Unwrap(string signature, out bool redacted)
    {
        redacted = signature.StartsWith(SealedStart, StringComparison.Ordinal);
        if (!redacted && !signature.StartsWith(OpenStart, StringComparison.Ordinal))
        {
            return signature;
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(signature.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            return Encoding.UTF8.GetString(bytes.AsSpan(Open.Length));
        }
        catch (FormatException)
        {
            // It only looks like one of ours.
            redacted = false;
            return signature;
        }
    }
}
