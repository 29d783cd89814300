using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Access;

/// <summary>Whose address a request comes from. What proxies write down counts only when the proxy is one that is trusted.</summary>
internal static class ClientAddress
{
    private const string Forwarded = "X-Forwarded-For";

    /// <summary>The address; null when it can't be known.</summary>
    internal static IPAddress? Of(HttpContext http, IReadOnlyList<IPNetwork> trustedProxies)
    {
        var address = Plain(http.Connection.RemoteIpAddress);
        if (trustedProxies.Count == 0 || address is null || !Contains(trustedProxies, address))
        {
            return address;
        }

        // From the nearest proxy outwards: the first that is not trusted is the client, whatever it claims about others.
        var hops = http.Request.Headers[Forwarded].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (!IPAddress.TryParse(WithoutPort(hops[i]), out var hop))
            {
                return null;
            }
            address = Plain(hop);
            if (address is null || !Contains(trustedProxies, address))
            {
                return address;
            }
        }
        return address;
    }

    /// <summary>Whether one of the networks holds the address.</summary>
    internal static bool Contains(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static string WithoutPort(string hop) =>
        hop.StartsWith('[') && hop.IndexOf(']', StringComparison.Ordinal) is > 0 and { } end ? hop[1..end]
        : hop.Count(static c => c == ':') == 1 ? hop[..hop.IndexOf(':', StringComparison.Ordinal)]
        : hop;
}
