using System.Net;

namespace Weir.Providers.Upstream;

/// <summary>
/// Chooses the way to a target: through the proxy, or directly. A host that the configuration does not name always goes directly,
/// because only then its address can be checked here; this machine too, because a proxy can't reach it.
/// </summary>
internal sealed class OutboundProxy : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly Func<string, int, bool> _named;
    private readonly bool _bypassAll;
    private readonly List<(string Suffix, int Port)> _suffixes = [];
    private readonly List<IPNetwork> _networks = [];

    public OutboundProxy(OutboundOptions options, Func<string, int, bool> named)
    {
        _http = WithoutUser(options.HttpProxy);
        _https = WithoutUser(options.HttpsProxy);
        _named = named;
        Credentials = new ProxyCredentials(options);
        foreach (var entry in (options.NoProxy ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == "*")
            {
                _bypassAll = true;
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
            else if (IPAddress.TryParse(entry.Trim('[', ']'), out var address))
            {
                _networks.Add(new(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                var colon = entry.LastIndexOf(':');
                var port = colon > 0 && int.TryParse(entry.AsSpan(colon + 1), out var number) ? number : 0;
                _suffixes.Add(((port > 0 ? entry[..colon] : entry).TrimStart('*').TrimStart('.').ToLowerInvariant(), port));
            }
        }
    }

    /// <summary>User name and password out of the proxy's own address.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>True when any target goes through a proxy.</summary>
    public bool IsUsed => !_bypassAll && (_http ?? _https) is not null;

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : For(destination);

    public bool IsBypassed(Uri host)
    {
        if (_bypassAll || For(host) is null || host.IsLoopback || !_named(host.IdnHost, host.Port))
        {
            return true;
        }

        var name = host.IdnHost.ToLowerInvariant();
        if (IPAddress.TryParse(name.Trim('[', ']'), out var address))
        {
            foreach (var network in _networks)
            {
                if (network.Contains(address))
                {
                    return true;
                }
            }
        }

        foreach (var (suffix, port) in _suffixes)
        {
            if ((port == 0 || port == host.Port)
                && name.EndsWith(suffix, StringComparison.Ordinal)
                && (name.Length == suffix.Length || name[^(suffix.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return false;
    }

    private Uri? For(Uri target) => target.Scheme is "https" or "wss" ? _https : _http;

    private static Uri? WithoutUser(Uri? proxy) =>
        proxy is null || proxy.UserInfo.Length == 0 ? proxy : new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;

    private sealed class ProxyCredentials(OutboundOptions options) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            foreach (var proxy in (ReadOnlySpan<Uri?>)[options.HttpsProxy, options.HttpProxy])
            {
                if (proxy is { UserInfo.Length: > 0 } && proxy.Host == uri.Host && proxy.Port == uri.Port)
                {
                    var parts = proxy.UserInfo.Split(':', 2);
                    return new(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
                }
            }

            return null;
        }
    }
}
