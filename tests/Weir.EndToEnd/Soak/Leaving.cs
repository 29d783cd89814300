namespace Weir.EndToEnd.Soak;

/// <summary>When the client of one call goes away: after some time, or after some bytes of the answer (0 = its headers).</summary>
internal sealed class Leaving
{
    private readonly long? _afterBytes;
    private readonly TimeSpan? _afterTime;
    private CancellationTokenSource? _call;

    public Leaving(bool leaves, Random random, bool sluggish)
    {
        if (!leaves)
        {
            return;
        }

        // Time alone never hits the narrow places, bytes alone never the ones without bytes; who waits for an endless answer needs the clock.
        if (sluggish || random.Next(2) == 0)
        {
            _afterTime = TimeSpan.FromMicroseconds(random.Next(sluggish ? 60_000 : 12_000));
        }

        if (_afterTime is null || random.Next(2) == 0)
        {
            _afterBytes = random.Next(4) == 0 ? 0 : random.Next(1, 4_000);
        }
    }

    public void Begin(CancellationTokenSource call)
    {
        _call = call;
        if (_afterTime is { } time)
        {
            call.CancelAfter(time);
        }
    }

    public void Arrived(long bytes)
    {
        if (bytes >= _afterBytes)
        {
            _call?.Cancel();
        }
    }

    public override string ToString() => $"left after {_afterTime?.TotalMilliseconds} ms or {_afterBytes} bytes";
}
