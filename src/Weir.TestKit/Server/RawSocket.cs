using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Wire;

namespace Weir.TestKit.Server;

/// <summary>
/// Writes an answer on the connection's socket, past Kestrel, which would never send what is wrong on purpose. The
/// connection ends with it.
/// </summary>
internal sealed class RawSocket
{
    private readonly HttpContext _context;
    private readonly Socket _socket;

    public RawSocket(HttpContext context)
    {
        _context = context;
        _socket = context.Features.Get<IConnectionSocketFeature>()?.Socket
            ?? throw new InvalidOperationException("The connection has no socket.");
    }

    public Task SendHeadAsync(Answer answer, string framing, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {(answer.Status == 200 ? "OK" : "Status")}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {answer.ContentType}\r\n");
        foreach (var (name, value) in answer.Headers())
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(framing).Append("\r\n\r\n");
        return SendAsync(Encoding.ASCII.GetBytes(head.ToString()), cancellationToken);
    }

    public async Task SendChunkAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        var framed = new byte[chunk.Length + 16];
        var size = Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n", framed);
        chunk.Span.CopyTo(framed.AsSpan(size));
        "\r\n"u8.CopyTo(framed.AsSpan(size + chunk.Length));
        await SendAsync(framed.AsMemory(0, size + chunk.Length + 2), cancellationToken);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            try
            {
                bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
            }
            catch (ObjectDisposedException e)
            {
                throw new IOException("The client left, and the server has closed its socket.", e);
            }
        }
    }

    /// <summary>Ends the connection: in order (FIN), or by reset.</summary>
    public void End(bool reset)
    {
        if (reset)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Close();
        }
        else
        {
            _socket.Shutdown(SocketShutdown.Send);
        }

        _context.Abort();
    }
}
