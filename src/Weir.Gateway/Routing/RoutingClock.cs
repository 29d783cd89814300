namespace Weir.Gateway.Routing;

/// <summary>
/// One monotonic clock for all routing state, so that a step of the wall clock neither ends nor prolongs a cooldown.
/// </summary>
internal sealed class RoutingClock(TimeProvider time)
{
    // Starts one hour in, so that zero can mean "never".
    private static readonly long Offset = TimeSpan.TicksPerHour;
    private readonly long _start = time.GetTimestamp();

    /// <summary>Ticks of 100 ns since an arbitrary moment; always positive.</summary>
    public long Now => Offset + time.GetElapsedTime(_start).Ticks;

    /// <summary>The wall clock, for display only.</summary>
    public DateTimeOffset WallClock => time.GetUtcNow();

    /// <summary>The minute that a moment belongs to; rates per minute count in it.</summary>
    public static long MinuteOf(long ticks) => ticks / TimeSpan.TicksPerMinute;

    /// <summary>Time until the next minute begins.</summary>
    public static TimeSpan UntilNextMinute(long ticks) => TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (ticks % TimeSpan.TicksPerMinute));
}
