using System.Buffers;
using System.Text;

namespace Weir.Providers.Upstream;

/// <summary>Takes credentials out of text that came from outside: our own values, and whatever has the shape of a key or token.</summary>
internal static class Redaction
{
    private const string Mask = "***";

    /// <summary>Shorter values are placeholders such as <c>EMPTY</c>; masking them would only garble messages.</summary>
    private const int ShortestSecret = 8;

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=*");

    private static readonly string[] KeyPrefixes =
    [
        "sk-", "sk_", "gsk_", "xai-", "pplx-", "nvapi-", "csk-", "tgp_", "fw_", "hf_", "r8_", "dapi", "AIza", "AKIA", "ASIA",
        "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-", "xoxp-",
    ];

    private static readonly string[] Introductions = ["Bearer ", "Basic ", "api-key: ", "api-key:", "x-api-key: ", "x-api-key:", "client_secret=", "client_assertion=", "access_token="];

    /// <summary><paramref name="text"/> without credentials; <paramref name="own"/> are the values that this call used.</summary>
    public static string Clean(string text, IReadOnlyCollection<Secret> own)
    {
        foreach (var secret in own)
        {
            var value = secret.Reveal();
            if (value.Length >= ShortestSecret)
            {
                text = text.Replace(value, Mask, StringComparison.Ordinal);
            }
        }

        StringBuilder? clean = null;
        var copied = 0;
        for (var i = 0; i < text.Length;)
        {
            var rest = text.AsSpan(i);
            var length = rest.IndexOfAnyExcept(TokenChars);
            length = length < 0 ? rest.Length : length;
            if (length == 0)
            {
                i++;
                continue;
            }

            var shown = Introduced(text, i) ? 0 : SecretAt(rest[..length]);
            if (shown >= 0)
            {
                clean ??= new(text.Length);
                clean.Append(text, copied, i + shown - copied).Append(Mask);
                copied = i + length;
            }

            i += length;
        }

        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>True when the token at <paramref name="at"/> follows words that announce a credential, and is long enough to be one.</summary>
    private static bool Introduced(string text, int at)
    {
        var rest = text.AsSpan(at);
        var length = rest.IndexOfAnyExcept(TokenChars);
        if ((length < 0 ? rest.Length : length) < ShortestSecret)
        {
            return false;
        }

        var before = text.AsSpan(0, at);
        foreach (var introduction in Introductions)
        {
            if (before.EndsWith(introduction, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many characters of <paramref name="token"/> come before a credential in it; -1 when it holds none.</summary>
    private static int SecretAt(ReadOnlySpan<char> token)
    {
        var first = -1;
        foreach (var prefix in KeyPrefixes)
        {
            var at = token.IndexOf(prefix, StringComparison.Ordinal);

            // A prefix counts at the start of a word only: "task-force" is no key.
            if (at >= 0 && token.Length - at >= ShortestSecret && (at == 0 || !char.IsAsciiLetterOrDigit(token[at - 1])) && (first < 0 || at < first)
                && HasDigitOrMask(token[at..]))
            {
                first = at;
            }
        }

        foreach (var introduction in Introductions)
        {
            var at = introduction.EndsWith('=') ? token.IndexOf(introduction, StringComparison.OrdinalIgnoreCase) : -1;
            if (at >= 0 && (first < 0 || at + introduction.Length < first))
            {
                first = at + introduction.Length;
            }
        }

        var jwt = token.IndexOf("eyJ", StringComparison.Ordinal);
        return jwt >= 0 && token.Length - jwt >= 16 && (first < 0 || jwt < first) && (jwt == 0 || !char.IsAsciiLetterOrDigit(token[jwt - 1])) ? jwt : first;
    }

    private static bool HasDigitOrMask(ReadOnlySpan<char> token) => token.Length >= 20 || token.IndexOfAny(Digits) >= 0;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789*");
}
