using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weir.Gateway.Errors;

namespace Weir.Gateway.Access;

/// <summary>Finds the one credential for Weir in a request's headers, in LiteLLM's order.</summary>
internal static class PresentedKey
{
    /// <summary>Where Google's clients put a key; those that put it into the query (<c>?key=</c>) are heard on Google's routes alone.</summary>
    internal const string GoogleHeader = "x-goog-api-key";

    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    /// <summary>
    /// The key as presented, or null when there is none. Two different keys for Weir are refused: an attacker must not choose which one
    /// counts. <c>Authorization</c> beside <c>x-litellm-api-key</c> (or beside the configured header) is meant for an upstream and not looked at.
    /// </summary>
    internal static string? Find(IHeaderDictionary headers, string? ownHeader, out GatewayError? error)
    {
        error = null;
        string? key = null;
        var named = false;
        if (ownHeader is not null && Single(headers, ownHeader, ref key, ref error))
        {
            named = true;
        }
        named |= Single(headers, "x-litellm-api-key", ref key, ref error);
        if (!named)
        {
            Single(headers, "Authorization", ref key, ref error);
        }
        Single(headers, "api-key", ref key, ref error);
        Single(headers, "x-api-key", ref key, ref error);
        Single(headers, GoogleHeader, ref key, ref error);
        Single(headers, "Ocp-Apim-Subscription-Key", ref key, ref error);
        return error is null ? key : null;
    }

    private static bool Single(IHeaderDictionary headers, string name, ref string? key, ref GatewayError? error)
    {
        if (!headers.TryGetValue(name, out var values) || StringValues.IsNullOrEmpty(values))
        {
            return false;
        }
        for (var i = 0; i < values.Count; i++)
        {
            var found = Strip(values[i] ?? "");
            if (found.Length == 0)
            {
                continue;
            }
            if (key is not null && !string.Equals(key, found, StringComparison.Ordinal))
            {
                error = new GatewayError(ErrorKind.ConflictingKeys,
                    $"Authentication Error, two different keys in one request (the second in '{name}'). Send one key, in one header.");
            }
            key ??= found;
        }
        return true;
    }

    /// <summary>The key in a header's value: what follows its scheme.</summary>
    internal static string In(string value) => Strip(value);

    private static string Strip(string value)
    {
        if (value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return value.AsSpan(Bearer.Length).Trim().ToString();
        }
        if (value.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return FromBasic(value.AsSpan(Basic.Length).Trim());
        }
        return value.Trim();
    }

    /// <summary>Langfuse clients send <c>public:secret</c> in Basic form; the key is the secret, else the user name.</summary>
    private static string FromBasic(ReadOnlySpan<char> encoded)
    {
        Span<byte> decoded = encoded.Length <= 1024 ? stackalloc byte[1024] : new byte[encoded.Length];
        if (!Base64.IsValid(encoded) || !Convert.TryFromBase64Chars(encoded, decoded, out var length))
        {
            return "";
        }
        var text = Encoding.UTF8.GetString(decoded[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : colon + 1 < text.Length ? text[(colon + 1)..] : text[..colon];
    }
}
