using System.Globalization;
using Weir.TestKit.Faults;
using Weir.TestKit.Wire;

namespace Weir.TestKit.Server;

/// <summary>The faults that break HTTP itself.</summary>
internal sealed class RawFaults(RawSocket socket, ScriptedModelOptions options)
{
    private const string Chunked = "Transfer-Encoding: chunked";

    public async Task PlayAsync(Fault fault, Answer answer, Action ending, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Reset:
                ending();
                socket.End(reset: true);
                return;
            case FaultKind.Cut:
                await CutAsync(fault, answer, cancellationToken);
                break;
            case FaultKind.Garbage:
                await GarbageAsync(answer, cancellationToken);
                break;
            case FaultKind.LengthTooLong or FaultKind.LengthTooShort:
                await WrongLengthAsync(answer, fault.Kind == FaultKind.LengthTooLong ? 100 : -10, cancellationToken);
                break;
            case FaultKind.Drip:
                await DripAsync(fault, answer, cancellationToken);
                break;
            case FaultKind.EndlessLine:
                await RepeatAsync(fault, answer, answer.Shape.EndlessStart, Filled("aaaaaaaa"u8), cancellationToken);
                break;
            case FaultKind.EventFlood:
                await RepeatAsync(fault, answer, ReadOnlyMemory<byte>.Empty, Filled(answer.Shape.FloodEvent.Span), cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"{fault.Kind} needs no raw socket.");
        }

        ending();
        socket.End(fault.ByReset);
    }

    private async Task CutAsync(Fault fault, Answer answer, CancellationToken cancellationToken)
    {
        if (!answer.Streams)
        {
            var body = FaultPlayer.Body(answer);
            await socket.SendHeadAsync(answer, Length(body.Length), cancellationToken);
            await socket.SendAsync(body[..(body.Length / 2)], cancellationToken);
            return;
        }

        await socket.SendHeadAsync(answer, Chunked, cancellationToken);
        var sent = 0;
        foreach (var chunk in answer.Events())
        {
            if (sent++ == fault.Chunks)
            {
                return;
            }

            await socket.SendChunkAsync(chunk, cancellationToken);
        }
    }

    private async Task GarbageAsync(Answer answer, CancellationToken cancellationToken)
    {
        await socket.SendHeadAsync(answer, Chunked, cancellationToken);
        await socket.SendChunkAsync(
            answer.Streams ? answer.Shape.BrokenEvent : "<html><body>oops</body></html>"u8.ToArray(), cancellationToken);
        await socket.SendAsync("0\r\n\r\n"u8.ToArray(), cancellationToken);
    }

    private async Task WrongLengthAsync(Answer answer, int difference, CancellationToken cancellationToken)
    {
        var body = Whole(answer);
        await socket.SendHeadAsync(answer, Length(body.Length + difference), cancellationToken);
        await socket.SendAsync(body, cancellationToken);
    }

    private async Task DripAsync(Fault fault, Answer answer, CancellationToken cancellationToken)
    {
        var body = Whole(answer);
        await socket.SendHeadAsync(answer, Length(body.Length), cancellationToken);
        for (var at = 0; at < body.Length; at++)
        {
            await Task.Delay(fault.Tick, options.Clock, cancellationToken);
            await socket.SendAsync(body.Slice(at, 1), cancellationToken);
        }
    }

    private async Task RepeatAsync(Fault fault, Answer answer, ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await socket.SendHeadAsync(answer, Chunked, cancellationToken);
        if (!start.IsEmpty)
        {
            await socket.SendChunkAsync(start, cancellationToken);
        }

        for (long sent = 0; sent < fault.Bytes; sent += piece.Length)
        {
            await socket.SendChunkAsync(piece, cancellationToken);
        }
    }

    private static ReadOnlyMemory<byte> Whole(Answer answer)
    {
        if (!answer.Streams)
        {
            return FaultPlayer.Body(answer);
        }

        using var whole = new MemoryStream();
        foreach (var chunk in answer.Events())
        {
            whole.Write(chunk.Span);
        }

        return whole.ToArray();
    }

    /// <summary>About 4 KB of repetitions.</summary>
    private static byte[] Filled(ReadOnlySpan<byte> pattern)
    {
        var filled = new byte[pattern.Length * Math.Max(1, 4_096 / pattern.Length)];
        for (var at = 0; at < filled.Length; at += pattern.Length)
        {
            pattern.CopyTo(filled.AsSpan(at));
        }

        return filled;
    }

    private static string Length(int bytes) => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}");
}
