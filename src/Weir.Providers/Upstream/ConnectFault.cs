using System.Net.Sockets;
using System.Security.Authentication;

namespace Weir.Providers.Upstream;

/// <summary>Turns what <see cref="OutboundConnector"/>'s invokers throw before an answer into a value that says what to look at.</summary>
internal static class ConnectFault
{
    /// <summary>The fault for <paramref name="error"/>, thrown while calling <paramref name="target"/>.</summary>
    public static UpstreamFault From(HttpRequestException error, Uri target)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(target);
        var place = $"{target.IdnHost}:{target.Port}";
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AddressRefusedException refused:
                    return new(FaultKind.AddressRefused, 0, refused.Message);
                case AuthenticationException tls:
                    return new(FaultKind.ConnectFailed, 0,
                        $"Connection error: the TLS handshake with {place} failed: {tls.Message} For an own certificate authority set SSL_CERT_FILE or `ssl_verify: /path/to/ca.pem`.");
                case TimeoutException:
                    return new(FaultKind.ConnectFailed, 0, $"Connection error: no connection to {place} within the connect timeout.");
                case SocketException socket:
                    return new(FaultKind.ConnectFailed, 0, $"Connection error: {Explain(socket, place)}");
            }
        }

        return error.HttpRequestError == HttpRequestError.ResponseEnded
            ? new(FaultKind.ConnectFailed, 0, $"Connection error: {place} closed the connection before it answered.")
            : new(FaultKind.ConnectFailed, 0, $"Connection error: {place}: {error.Message}");
    }

    private static string Explain(SocketException error, string place) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{place} refused the connection; is the server running and the port right?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the name in {place} can't be resolved.",
        SocketError.ConnectionReset => $"{place} reset the connection.",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => $"no route to {place}.",
        SocketError.TimedOut => $"no answer from {place}.",
        _ => $"{place}: {error.Message}",
    };
}
