using System.Net.Sockets;

namespace Weir.Providers.Upstream;

/// <summary>A socket's stream that says when it is closed. Reads and writes are those of <see cref="NetworkStream"/>, untouched.</summary>
internal sealed class CountedStream(Socket socket, Action closed) : NetworkStream(socket, ownsSocket: true)
{
    private Action? _closed = closed;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Interlocked.Exchange(ref _closed, null)?.Invoke();
    }
}
