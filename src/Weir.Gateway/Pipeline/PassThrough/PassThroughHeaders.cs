using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Access;

namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>
/// Which of a caller's headers travel on: for a vendor's API a list of those that belong to it, for an endpoint that says
/// <c>forward_headers</c> all but those of the connection. What could carry a key of Weir's never does.
/// </summary>
internal static class PassThroughHeaders
{
    /// <summary>LiteLLM's way to send any one header on, whatever the route: <c>x-pass-anthropic-beta</c>.</summary>
    private const string Pass = "x-pass-";
    private const int LongestValue = 8192;

    private static readonly FrozenSet<string> OfVendors = FrozenSet.ToFrozenSet(
        [
            "accept", "accept-language", "range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "idempotency-key", "x-client-request-id",
            "anthropic-version", "anthropic-beta", "openai-beta", "x-goog-api-client", "x-goog-request-params", "x-ms-client-request-id", "extra-parameters",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] OfVendorsBegin = ["x-goog-upload-", "x-amzn-bedrock-", "x-amzn-trace-"];

    /// <summary>Where keys travel.</summary>
    private static readonly FrozenSet<string> Keys = FrozenSet.ToFrozenSet(
        ["authorization", "api-key", "x-api-key", PresentedKey.GoogleHeader, "ocp-apim-subscription-key"], StringComparer.OrdinalIgnoreCase);

    /// <summary>What belongs to one connection, to the body's length and form, or to the way that led here.</summary>
    private static readonly FrozenSet<string> OfConnection = FrozenSet.ToFrozenSet(
        [
            "host", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
            "content-length", "content-type", "content-encoding", "accept-encoding", "cookie", "user-agent", "forwarded", "via", "x-real-ip", "traceparent", "tracestate", "baggage",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Harmless = SearchValues.Create(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The caller's headers that go on.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Of(GatewayCall call, PassThroughRoute route)
    {
        var given = call.Http.Request.Headers;
        var forwardAll = route.Endpoint is { ForwardHeaders: true };
        var named = NamedByConnection(given);
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in given)
        {
            var to = name.StartsWith(Pass, StringComparison.OrdinalIgnoreCase) ? name[Pass.Length..] : name;
            var passed = !ReferenceEquals(to, name);
            if (to.Length == 0 || IsOfConnection(to) || named.Contains(to) || IsWeirs(call, to))
            {
                continue;
            }
            var goes = Keys.Contains(to) ? !passed && forwardAll && IsForUpstream(call, route, to)
                : passed ? !to.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                : forwardAll || OfVendors.Contains(to) || OfVendorsBegin.Any(begin => to.StartsWith(begin, StringComparison.OrdinalIgnoreCase));
            var value = values.ToString();
            if (goes && value.Length is > 0 and <= LongestValue && !value.AsSpan().ContainsAnyExcept(Harmless) && !IsKnownKey(call, value))
            {
                headers.Add(new(to, value));
            }
        }
        return headers;
    }

    /// <summary>Names of headers that belong to one connection because <c>Connection</c> says so (RFC 9110, section 7.6.1).</summary>
    private static HashSet<string> NamedByConnection(IHeaderDictionary headers) =>
        headers.Connection.Count == 0 ? [] : headers.Connection.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static bool IsOfConnection(string name) => OfConnection.Contains(name) || name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':');

    /// <summary>What is said to the gateway.</summary>
    private static bool IsWeirs(GatewayCall call, string name) =>
        name.StartsWith("x-litellm-", StringComparison.OrdinalIgnoreCase) || name.Equals(call.Snapshot.Config.Access.KeyHeaderName, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A header for keys is meant for the upstream when nobody is asked for a key here, or when the key for Weir came in the header that is Weir's.
    /// </summary>
    private static bool IsForUpstream(GatewayCall call, PassThroughRoute route, string name)
    {
        var headers = call.Http.Request.Headers;
        var own = headers.ContainsKey("x-litellm-api-key") || (call.Snapshot.Config.Access.KeyHeaderName is { } header && headers.ContainsKey(header));
        return !route.NeedsKey || (own && name.Equals("authorization", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a value is, or ends in, a key that Weir knows: then it stays here, wherever it stands.</summary>
    private static bool IsKnownKey(GatewayCall call, string value) => call.Snapshot.Authenticator.Knows(value);
}
