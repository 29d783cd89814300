using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Providers;

namespace Weir.Gateway.Pipeline;

/// <summary>
/// The few headers of a caller that travel on: those that belong to the wire format itself, and only where the upstream speaks the caller's.
/// Everything else stays here.
/// </summary>
internal static class ForwardedHeaders
{
    private const int LongestValue = 1024;
    private const string Beta = "anthropic-beta";
    private static readonly string[] Anthropics = ["anthropic-version", Beta];
    private static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,: ");

    /// <summary>The target's headers with those of the caller; a header of the deployment's own configuration wins.</summary>
    internal static KeyValuePair<string, string>[] With(GatewayCall call, UpstreamTarget target)
    {
        if (target.Format != WireFormat.AnthropicMessages || call.Format != target.Format)
        {
            return target.Headers;
        }
        var given = call.Http.Request.Headers;
        List<KeyValuePair<string, string>>? headers = null;
        foreach (var name in Anthropics)
        {
            if (target.BetaInBody || Value(given, name) is not { } value || target.OwnHeaders.Contains(name))
            {
                continue;
            }
            headers ??= [.. target.Headers];
            headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            headers.Add(new(name, value));
        }
        return headers is null ? target.Headers : [.. headers];
    }

    /// <summary>The caller's betas as a JSON list, for a vendor that reads them in the body; empty when it names none, or the configuration does.</summary>
    internal static ReadOnlyMemory<byte> Betas(GatewayCall call, UpstreamTarget target)
    {
        if (!target.BetaInBody || call.Format != target.Format || target.OwnHeaders.Contains(Beta) || Value(call.Http.Request.Headers, Beta) is not { } value)
        {
            return default;
        }
        // No character that is let through has to be escaped.
        return Encoding.ASCII.GetBytes("[\"" + string.Join("\",\"", value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) + "\"]");
    }

    private static string? Value(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 and <= LongestValue } text && !text.AsSpan().ContainsAnyExcept(Harmless) ? text : null;
}
