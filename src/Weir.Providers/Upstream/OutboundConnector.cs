using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace Weir.Providers.Upstream;

/// <summary>
/// The only place that opens sockets. It resolves names itself, judges every address right before it connects to that very address
/// (so a second answer of the DNS changes nothing), and keeps one pool per way of judging certificates. No cookies, no redirects,
/// no decompression, no trace headers: what is sent is what the caller wrote.
/// </summary>
public sealed class OutboundConnector : IDisposable
{
    private static readonly TimeSpan IdentityTimeout = TimeSpan.FromSeconds(5);

    private readonly OutboundOptions _options;
    private readonly OutboundProxy _proxy;
    private readonly ConcurrentDictionary<(TlsTrust Trust, bool Identity), Lazy<HttpMessageInvoker>> _invokers = new();
    private readonly FrozenSet<string> _proxies;
    private FrozenSet<string> _named = FrozenSet<string>.Empty;
    private readonly Lock _signIn = new();
    private FrozenSet<string> _authorities = FrozenSet<string>.Empty;
    private FrozenSet<string> _identityHosts = FrozenSet<string>.Empty;
    private int _open;

    /// <summary>Opens nothing yet.</summary>
    public OutboundConnector(OutboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _proxies = new[] { options.HttpProxy, options.HttpsProxy }.OfType<Uri>().Select(Key).ToFrozenSet(StringComparer.Ordinal);
        _proxy = new(options, IsNamed);
    }

    /// <summary>Connections that are open now, busy or idle.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>
    /// Replaces the set of hosts that the configuration names (each <c>api_base</c>): they, at that port, may be on this machine or in a
    /// private network. Metadata services and link-local addresses stay refused.
    /// </summary>
    public void NameHosts(IEnumerable<Uri> hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        Volatile.Write(ref _named, hosts.Select(Key).ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>
    /// The shared, thread-safe way to send under <paramref name="trust"/>; never dispose it. Requests choose their HTTP version:
    /// 1.1 unless <see cref="HttpRequestMessage.Version"/> says 2.0 and the scheme is https.
    /// </summary>
    /// <exception cref="InvalidDataException">The CA file can't be read.</exception>
    public HttpMessageInvoker Invoker(TlsTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        return Pool(trust, identity: false);
    }

    /// <summary>
    /// The way for sign-in traffic alone: <paramref name="authorities"/> count as named by the configuration, and
    /// <paramref name="endpoints"/> are the machine's own identity endpoints (<c>http://169.254.169.254</c>), which nothing else may reach.
    /// </summary>
    internal HttpMessageInvoker IdentityInvoker(IEnumerable<Uri> authorities, IEnumerable<Uri> endpoints)
    {
        lock (_signIn)
        {
            Volatile.Write(ref _authorities, _authorities.Concat(authorities.Select(Key)).ToFrozenSet(StringComparer.Ordinal));
            Volatile.Write(ref _identityHosts, _identityHosts.Concat(endpoints.Select(Key)).ToFrozenSet(StringComparer.Ordinal));
        }

        return Pool(TlsTrust.Default, identity: true);
    }

    /// <summary>Closes every pool.</summary>
    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
        {
            if (invoker.IsValueCreated)
            {
                invoker.Value.Dispose();
            }
        }
    }

    private HttpMessageInvoker Pool(TlsTrust trust, bool identity) =>
        _invokers.GetOrAdd((trust, identity), static (key, self) => new(() => new(self.Handler(key.Trust, key.Identity))), this).Value;

    private SocketsHttpHandler Handler(TlsTrust trust, bool identity)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = _options.ConnectionLifetime,
            PooledConnectionIdleTimeout = _options.IdleLifetime,

            // Where there is no identity endpoint nothing answers at its address, and every caller would wait for that.
            ConnectTimeout = identity && _options.ConnectTimeout > IdentityTimeout ? IdentityTimeout : _options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = 64,

            // What is left of an abandoned answer is not worth waiting for; a few last bytes keep the connection usable.
            MaxResponseDrainSize = 4096,
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
            UseProxy = _proxy.IsUsed,
            Proxy = _proxy,
            ConnectCallback = (context, token) => ConnectAsync(context.DnsEndPoint, identity, token),
        };

        if (!trust.Verify)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if ((trust.CaFile ?? _options.CaFile) is { } file)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = TrustedRoots.Load(file).Validate;
        }

        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool identity, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host.Trim('[', ']'), out var literal)
            ? [literal]
            : await _options.Resolve(target.Host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        // One bad address spoils the name: a name that mixes public and inside addresses is an attack or a mistake.
        var named = IsNamed(target.Host, target.Port);
        if (!identity || !Volatile.Read(ref _identityHosts).Contains(Key(target.Host, target.Port)))
        {
            foreach (var address in addresses)
            {
                var verdict = AddressGuard.Check(address);
                if (!AddressGuard.Allows(verdict, named))
                {
                    throw new AddressRefusedException(target.Host, target.Port, address, verdict, named);
                }
            }
        }

        for (var i = 0; ; i++)
        {
            try
            {
                return await OpenAsync(new(addresses[i], target.Port), addresses.Length - i, cancellationToken);
            }
            catch (Exception e) when (i + 1 < addresses.Length && e is SocketException or TimeoutException)
            {
                // The name has further addresses; the last one's error is the one to report.
                continue;
            }
        }
    }

    /// <summary>Connects within a fair share of the limit, so that a silent first address leaves time for the others.</summary>
    private async Task<Stream> OpenAsync(IPEndPoint address, int shares, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_options.ConnectTimeout / shares);
            try
            {
                await socket.ConnectAsync(address, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"No answer from {address} within {(_options.ConnectTimeout / shares).TotalSeconds:0.#} s.");
            }

            Interlocked.Increment(ref _open);
            return new CountedStream(socket, () => Interlocked.Decrement(ref _open));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsNamed(string host, int port)
    {
        var key = Key(host, port);
        return Volatile.Read(ref _named).Contains(key) || Volatile.Read(ref _authorities).Contains(key) || _proxies.Contains(key);
    }

    private static string Key(Uri host) => Key(host.IdnHost, host.Port);

    private static string Key(string host, int port) => $"{host.Trim('[', ']').ToLowerInvariant()}:{port}";
}
