using System.Net.WebSockets;
using System.Text;

namespace Weir.Gateway.Tests.Pipeline.Realtime;

/// <summary>One end of a WebSocket, in the words of a test.</summary>
internal sealed class Talk(WebSocket socket, Action abort) : IDisposable
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Nothing more will be said by this end.</summary>
    public Task Over => _over.Task;

    public WebSocket Socket => socket;

    public Task SayAsync(string text, bool end = true) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end, Stop);

    public Task SayAsync(byte[] bytes, bool end = true) => socket.SendAsync(bytes, WebSocketMessageType.Binary, end, Stop);

    /// <summary>The next message as text.</summary>
    public async Task<string> HearAsync() => Encoding.UTF8.GetString((await MessageAsync()).Bytes);

    /// <summary>The next message.</summary>
    public async Task<(byte[] Bytes, WebSocketMessageType Type)> MessageAsync()
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var (bytes, type, end) = await PieceAsync();
            Assert.False(type == WebSocketMessageType.Close, $"closed with {(int?)socket.CloseStatus} {socket.CloseStatusDescription}");
            whole.Write(bytes);
            if (end)
            {
                return (whole.ToArray(), type);
            }
        }
    }

    /// <summary>The next piece of a message.</summary>
    public async Task<(byte[] Bytes, WebSocketMessageType Type, bool End)> PieceAsync()
    {
        var buffer = new byte[1 << 20];
        var piece = await socket.ReceiveAsync(buffer.AsMemory(), Stop);
        return (buffer[..piece.Count], piece.MessageType, piece.EndOfMessage);
    }

    /// <summary>The closing frame, whatever comes before it.</summary>
    public async Task<(int? Code, string? Reason)> ClosedAsync()
    {
        while ((await PieceAsync()).Type != WebSocketMessageType.Close)
        {
        }

        return ((int?)socket.CloseStatus, socket.CloseStatusDescription);
    }

    /// <summary>Says goodbye.</summary>
    public Task CloseAsync(int code, string? reason = null) => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, Stop);

    /// <summary>Leaves without a goodbye.</summary>
    public void Abort()
    {
        if (!_over.Task.IsCompleted)
        {
            abort();
            _over.TrySetResult();
        }
    }

    /// <summary>The end of the connection without a closing frame.</summary>
    public Task VanishedAsync() => Assert.ThrowsAnyAsync<WebSocketException>(async () =>
    {
        while ((await PieceAsync()).Type != WebSocketMessageType.Close)
        {
        }
    });

    public void Dispose()
    {
        _over.TrySetResult();
        socket.Dispose();
    }
}
