using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Pipeline;

/// <summary>Call ids: the caller's own (<c>x-litellm-call-id</c>) when it is harmless, else a new one.</summary>
internal static class CallIds
{
    private const int Longest = 128;

    internal static string Of(HttpContext http)
    {
        if (http.Request.Headers.TryGetValue("x-litellm-call-id", out var sent) && sent.Count == 1 && sent[0] is { Length: > 0 and <= Longest } own && IsHarmless(own))
        {
            return own;
        }
        return Guid.CreateVersion7().ToString();
    }

    /// <summary>It comes back in a header and goes into logs: letters, digits and a few separators only.</summary>
    private static bool IsHarmless(string id)
    {
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':'))
            {
                return false;
            }
        }
        return true;
    }
}
