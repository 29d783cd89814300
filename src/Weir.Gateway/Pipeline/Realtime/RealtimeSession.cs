using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects.Realtime;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>
/// Two sockets and what passes between them, piece by piece: nothing is read from one side before the other has taken what was read last.
/// Pieces of a client's event are held until the event is judged, up to <see cref="ClientEvents.MostHeld"/>; of a longer one the last piece is held, for an
/// event that does not end is none.
/// </summary>
/// <param name="client">The caller's side.</param>
/// <param name="cutOff">Breaks the caller's connection: its socket alone does not give up a read that is under way.</param>
/// <param name="upstream">The model's side.</param>
/// <param name="events">Judges what the client sends.</param>
/// <param name="meter">Counts what the upstream answers.</param>
/// <param name="longest">Longest message, in bytes.</param>
/// <param name="idle">Longest silence.</param>
/// <param name="time">The clock.</param>
internal sealed class RealtimeSession(WebSocket client, Action cutOff, WebSocket upstream, ClientEvents events, SessionMeter meter, long longest, TimeSpan idle, TimeProvider time) : IDisposable
{
    private const int PieceBytes = 64 << 10;

    /// <summary>How long the upstream may take to say goodbye.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>How long the client may.</summary>
    private static readonly TimeSpan ClientsGoodbye = TimeSpan.FromSeconds(3);

    /// <summary>How long a response that has begun may go on when the gateway stops.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _toClient = new(1, 1);
    private readonly TaskCompletionSource<SessionEnd?> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _silence;
    private WebSocketMessageType _clientType;
    private bool _inMessage;
    private long _heard;
    private volatile bool _stopping;
    private Task<SessionEnd?> _fromClient = Task.FromResult<SessionEnd?>(null);

    /// <summary>Told once, when the first piece of an answer leaves for the client.</summary>
    internal Action? Answered { get; set; }

    /// <summary>Passes everything on until one side, or the gateway, ends it. Then nothing comes from the upstream any more, and the client's socket is still open.</summary>
    internal async Task<SessionEnd> RunAsync(CancellationToken stopping)
    {
        _heard = time.GetTimestamp();
        using var silence = time.CreateTimer(_ => LookAtSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var lastWords = time.CreateTimer(_ => _asked.TrySetResult(SessionEnd.Stopped), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _silence = silence;
        silence.Change(idle, Timeout.InfiniteTimeSpan);
        await using var stop = stopping.UnsafeRegister(_ =>
        {
            _stopping = true;
            if (meter.Open == 0)
            {
                _asked.TrySetResult(SessionEnd.Stopped);
            }
            lastWords.Change(LastWords, Timeout.InfiniteTimeSpan);
        }, null);

        _fromClient = FromClientAsync();
        var fromUpstream = FromUpstreamAsync();
        var first = await Task.WhenAny(_fromClient, fromUpstream, _asked.Task);
        // Whoever could not send does not know why: the other direction does.
        var end = await first ?? await OtherAsync(first == _fromClient ? fromUpstream : _fromClient)
            ?? (first == _fromClient ? SessionEnd.UpstreamGone : SessionEnd.ClientGone);
        await LeaveUpstreamAsync(end, fromUpstream);
        return end;
    }

    /// <summary>Says goodbye to the client: an error when there is one, then the closing frame.</summary>
    internal async Task CloseAsync(SessionEnd end, GatewayError? error)
    {
        if (end.Cause == EndCause.ClientGone)
        {
            AbortClient();
        }
        using var limit = new CancellationTokenSource(ClientsGoodbye, time);
        try
        {
            if (client.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                if (error is not null && client.State == WebSocketState.Open)
                {
                    await TellAsync(error, null, limit.Token);
                }
                await client.CloseOutputAsync(end.Code, end.Reason, limit.Token);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // Who does not take a goodbye goes without.
            AbortClient();
        }
        if (!await EndsAsync(_fromClient, ClientsGoodbye))
        {
            AbortClient();
        }
        await _fromClient;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        upstream.Dispose();
        _toClient.Dispose();
    }

    private void LookAtSilence()
    {
        var rest = idle - time.GetElapsedTime(Volatile.Read(ref _heard));
        if (rest <= TimeSpan.Zero)
        {
            _asked.TrySetResult(SessionEnd.Silent(idle));
            return;
        }
        _silence?.Change(rest, Timeout.InfiniteTimeSpan);
    }

    private async Task<SessionEnd?> FromClientAsync()
    {
        var held = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var scanner = new EventScanner();
        try
        {
            var (filled, length, passedOn, refused) = (0, 0L, false, false);
            while (true)
            {
                if (filled == held.Length && filled >= ClientEvents.MostHeld)
                {
                    // What is left of the event decides whether it counts.
                    await upstream.SendAsync(held.AsMemory(0, filled), _clientType, false, CancellationToken.None);
                    (filled, passedOn) = (0, true);
                }
                else if (filled == held.Length)
                {
                    held = Grown(held);
                }
                var part = await ReceiveAsync(client, held.AsMemory(filled, held.Length - filled));
                if (part is not { } piece)
                {
                    return SessionEnd.ClientGone;
                }
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    return SessionEnd.Closed(EndCause.ClientClosed, client);
                }
                _clientType = piece.MessageType;
                length += piece.Count;
                if (length > longest)
                {
                    return SessionEnd.TooLong(EndCause.ClientRefused, longest);
                }
                if (!refused)
                {
                    scanner.Scan(held.AsSpan(filled, piece.Count));
                    filled += piece.Count;
                    var (refusal, patched) = events.Judge(scanner, held.AsSpan(0, filled), piece, passedOn);
                    if (refusal is not null && passedOn)
                    {
                        return SessionEnd.Refused(refusal);
                    }
                    if (refusal is not null)
                    {
                        refused = true;
                        await TellAsync(refusal, scanner.Text(EventMember.EventId), CancellationToken.None);
                    }
                    else if (piece.EndOfMessage)
                    {
                        await upstream.SendAsync(patched ?? held.AsMemory(0, filled), piece.MessageType, true, CancellationToken.None);
                    }
                }
                if (refused || piece.EndOfMessage)
                {
                    filled = 0;
                }
                if (piece.EndOfMessage)
                {
                    (length, passedOn, refused) = (0, false, false);
                    scanner.Reset();
                }
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(held);
        }
    }

    private async Task TellAsync(GatewayError error, string? eventId, CancellationToken cancellationToken)
    {
        await _toClient.WaitAsync(cancellationToken);
        try
        {
            // A message of the upstream that broke off never ends: behind its beginning only a closing frame may stand.
            if (!_inMessage)
            {
                await client.SendAsync(RealtimeError.Event(error, eventId), WebSocketMessageType.Text, true, cancellationToken);
            }
        }
        finally
        {
            _toClient.Release();
        }
    }

    private async Task<SessionEnd?> FromUpstreamAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var scanner = new EventScanner();
        var length = 0L;
        try
        {
            while (true)
            {
                var part = await ReceiveAsync(upstream, buffer);
                if (part is not { } piece)
                {
                    return SessionEnd.UpstreamGone;
                }
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    return SessionEnd.UpstreamClosed(upstream);
                }
                length += piece.Count;
                if (length > longest)
                {
                    return SessionEnd.TooLong(EndCause.UpstreamBroke, longest);
                }
                // Counted before it leaves: who has seen an answer has been charged for it.
                scanner.Scan(buffer.AsSpan(0, piece.Count));
                var content = piece.EndOfMessage && piece.MessageType == WebSocketMessageType.Text && meter.Read(scanner);
                if (!_inMessage)
                {
                    await _toClient.WaitAsync();
                    _inMessage = true;
                }
                await client.SendAsync(buffer.AsMemory(0, piece.Count), piece.MessageType, piece.EndOfMessage, CancellationToken.None);
                if (!piece.EndOfMessage)
                {
                    continue;
                }
                _inMessage = false;
                _toClient.Release();
                scanner.Reset();
                length = 0;
                if (content)
                {
                    Answered?.Invoke();
                    Answered = null;
                }
                if (_stopping && meter.Open == 0)
                {
                    return SessionEnd.Stopped;
                }
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return null;
        }
        finally
        {
            if (_inMessage)
            {
                _toClient.Release();
            }
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a piece; null when the other side is gone.</summary>
    private async ValueTask<ValueWebSocketReceiveResult?> ReceiveAsync(WebSocket socket, Memory<byte> into)
    {
        try
        {
            var piece = await socket.ReceiveAsync(into, CancellationToken.None);
            Volatile.Write(ref _heard, time.GetTimestamp());
            return piece;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return null;
        }
    }

    private async Task<SessionEnd?> OtherAsync(Task<SessionEnd?> other)
    {
        // When it still waits for a side that the first one could not reach, that side is gone.
        return await EndsAsync(other, Goodbye) ? await other : null;
    }

    private async Task LeaveUpstreamAsync(SessionEnd end, Task<SessionEnd?> fromUpstream)
    {
        if (upstream.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var limit = new CancellationTokenSource(Goodbye, time);
            try
            {
                await upstream.CloseOutputAsync(end.Code, end.Cause is EndCause.ClientClosed or EndCause.UpstreamClosed ? end.Reason : null, limit.Token);
            }
            catch (Exception gone) when (IsGone(gone))
            {
                // It goes without a goodbye.
                upstream.Abort();
            }
        }
        // What it still says until it answers the goodbye is counted.
        if (!await EndsAsync(fromUpstream, Goodbye))
        {
            upstream.Abort();
        }
        if (!await EndsAsync(fromUpstream, Goodbye))
        {
            // A client that takes nothing holds the last message.
            AbortClient();
        }
        await fromUpstream;
        upstream.Abort();
    }

    private void AbortClient()
    {
        client.Abort();
        cutOff();
    }

    private async Task<bool> EndsAsync(Task direction, TimeSpan limit)
    {
        try
        {
            await direction.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static byte[] Grown(byte[] held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(held.Length * 2);
        held.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(held);
        return larger;
    }

    /// <summary>What a socket throws whose other side is gone, that was closed here, or on which the protocol was broken.</summary>
    private static bool IsGone(Exception error) =>
        error is WebSocketException or IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
