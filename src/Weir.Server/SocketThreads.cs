using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Weir.Server;

/// <summary>
/// Lets requests run on the threads that read sockets instead of handing each step to the thread pool: see docs/adr/0005-socket-threads.md
/// for what that brings and what keeps slow work away from these threads. <c>WEIR_INLINE_IO=0</c> turns it off.
/// </summary>
internal static class SocketThreads
{
    private const string Own = "WEIR_INLINE_IO";

    // The runtime reads it once, before its first socket.
    private const string Runtime = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static bool Inline => Environment.GetEnvironmentVariable(Own) != "0";

    /// <summary>Call before the first socket.</summary>
    internal static void Choose()
    {
        if (Inline && Environment.GetEnvironmentVariable(Runtime) is null)
        {
            Environment.SetEnvironmentVariable(Runtime, "1");
        }
    }

    /// <summary>Tells the web server's transport the same.</summary>
    internal static void Configure(SocketTransportOptions sockets)
    {
        if (Inline)
        {
            sockets.UnsafePreferInlineScheduling = true;
            sockets.IOQueueCount = 0;
        }
    }
}
