namespace Weir.Providers.Neutral;

/// <summary><c>data:</c> addresses (RFC 2397), the form in which OpenAI's dialects carry bytes.</summary>
public static class DataUrl
{
    /// <summary>Splits <c>data:image/png;base64,...</c>; false for every other address.</summary>
    public static bool TrySplit(string url, out string mediaType, out string base64)
    {
        ArgumentNullException.ThrowIfNull(url);
        (mediaType, base64) = ("", "");
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var head = url.AsSpan(5, comma - 5 - ";base64".Length);
        var parameters = head.IndexOf(';');
        mediaType = (parameters < 0 ? head : head[..parameters]).ToString().ToLowerInvariant();
        base64 = url[(comma + 1)..];
        return true;
    }

    /// <summary>Joins them.</summary>
    public static string Of(string mediaType, string base64) => $"data:{mediaType};base64,{base64}";
}
