using Weir.Gateway.Errors;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>
/// Takes a caller's path below a route and puts it below an account's root. The bytes stay as they were sent; a path that some reader could
/// take out of the root is refused, and never mended.
/// </summary>
internal static class PassThroughPath
{
    private const int Longest = 4096;
    private const int MostDecodings = 4;

    /// <summary>The path below <paramref name="prefix"/> in a request's target (as sent, with its query): empty, or with its leading slash.</summary>
    /// <exception cref="GatewayException">The path could mean another place.</exception>
    internal static string Below(string target, string prefix)
    {
        var path = PathOf(target);
        if (path.Length > Longest || !path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || (path.Length > prefix.Length && path[prefix.Length] != '/'))
        {
            throw PassThroughCall.Refuse($"A path that is passed through is written plainly up to '{prefix}', and is at most {Longest} characters long.");
        }
        var below = path[prefix.Length..];
        if (!IsSafe(below))
        {
            throw PassThroughCall.Refuse("The path holds '.' or '..', a backslash, a control character or a broken escape: such a path is not passed through.");
        }
        return below;
    }

    /// <summary>Joins <paramref name="below"/> to <paramref name="root"/>. A version in both counts once, and the caller's is the one.</summary>
    internal static Uri Join(Uri root, string below, string query)
    {
        var stem = root.AbsolutePath.TrimEnd('/');
        var last = stem[(stem.LastIndexOf('/') + 1)..];
        if (IsVersion(last) && below.Length > 1 && IsVersion(below[1..].Split('/')[0]))
        {
            stem = stem[..^(last.Length + 1)];
        }
        var authority = root.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        // Left as it was written: an escape that could be spelled out is the caller's own choice.
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var address = new Uri(authority + stem + below + (query.Length > 0 ? "?" + query : ""), asWritten);
        // The last word: whatever was overlooked above, it stays below its root.
        return address.Authority == root.Authority && address.Scheme == root.Scheme && address.AbsolutePath.StartsWith(stem, StringComparison.Ordinal)
            ? address : throw PassThroughCall.Refuse("The path leads out of the address that it is passed to.");
    }

    /// <summary>The path of a request's target, which may be absolute.</summary>
    private static string PathOf(string target)
    {
        var end = target.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? target : target[..end];
        if (path.StartsWith('/'))
        {
            return path;
        }
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme < 0 ? -1 : path.IndexOf('/', scheme + 3);
        return slash < 0 ? "/" : path[slash..];
    }

    /// <summary>Judges what any number of decodings could make of it.</summary>
    private static bool IsSafe(string path)
    {
        if (HasBrokenEscape(path) || path.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }
        for (var i = 0; i < MostDecodings; i++)
        {
            if (path.AsSpan().ContainsAnyInRange('\0', '\u001F') || path.AsSpan().ContainsAny('\\', '\u007F') || path.Split('/').Any(LeadsUp))
            {
                return false;
            }
            var decoded = Uri.UnescapeDataString(path);
            if (decoded == path)
            {
                return true;
            }
            path = decoded;
        }
        // Escapes of escapes of escapes: nobody's name.
        return false;
    }

    /// <summary>Some servers cut a segment at its semicolon before they read it.</summary>
    private static bool LeadsUp(string segment) => segment.Split(';')[0] is "." or "..";

    private static bool HasBrokenEscape(string path)
    {
        for (var i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsVersion(string segment) => segment.Length >= 2 && segment[0] is 'v' && char.IsAsciiDigit(segment[1]) && segment.All(char.IsAsciiLetterOrDigit);
}
