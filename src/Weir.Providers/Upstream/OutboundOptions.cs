using System.Net;

namespace Weir.Providers.Upstream;

/// <summary>How sockets to upstreams are opened.</summary>
public sealed record OutboundOptions
{
    /// <summary>Time for name resolution, connect and TLS handshake together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection older than this takes no new request, so that DNS changes are followed.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>An unused connection is closed after this time.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>PEM file with certificate authorities that are trusted beside the system's; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>Proxy for <c>http://</c> targets; null for none. May carry user name and password.</summary>
    public Uri? HttpProxy { get; init; }

    /// <summary>Proxy for <c>https://</c> targets; null for none. May carry user name and password.</summary>
    public Uri? HttpsProxy { get; init; }

    /// <summary><c>NO_PROXY</c>: hosts, suffixes, addresses and networks that are reached directly, separated by commas; <c>*</c> for all.</summary>
    public string? NoProxy { get; init; }

    /// <summary>Name resolution; the tests' way to play a hostile DNS.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, token) => Dns.GetHostAddressesAsync(host, token);

    /// <summary>
    /// Reads <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c>, <c>NO_PROXY</c> (lower case wins, as everywhere) and
    /// <c>SSL_CERT_FILE</c> through <paramref name="variable"/>.
    /// </summary>
    /// <exception cref="FormatException">A proxy's address can't be read; the message names the variable, never its value.</exception>
    public static OutboundOptions FromEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var every = Proxy("all_proxy");
        return new()
        {
            HttpProxy = Proxy("http_proxy") ?? every,
            HttpsProxy = Proxy("https_proxy") ?? every,
            NoProxy = Value("no_proxy"),
            CaFile = NullIfBlank(variable("SSL_CERT_FILE")),
        };

        string? Value(string name) => NullIfBlank(variable(name)) ?? NullIfBlank(variable(name.ToUpperInvariant()));

        Uri? Proxy(string name)
        {
            if (Value(name) is not { } text)
            {
                return null;
            }

            var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
            return Uri.TryCreate(whole, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5" or "socks5h" or "socks4" or "socks4a"
                ? uri.Scheme == "socks5h" ? new Uri("socks5" + whole["socks5h".Length..]) : uri
                : throw new FormatException($"{name.ToUpperInvariant()} is no address of a proxy: write `http://host:port`.");
        }

        static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}

/// <summary>How an upstream's certificate is judged.</summary>
/// <param name="Verify">False accepts any certificate (LiteLLM's <c>ssl_verify: false</c>).</param>
/// <param name="CaFile">PEM file with further authorities, instead of <see cref="OutboundOptions.CaFile"/>.</param>
public sealed record TlsTrust(bool Verify = true, string? CaFile = null)
{
    /// <summary>The system's authorities and those of <see cref="OutboundOptions.CaFile"/>.</summary>
    public static TlsTrust Default { get; } = new();
}
