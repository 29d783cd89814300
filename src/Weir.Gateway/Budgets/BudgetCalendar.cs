using System.Collections.Concurrent;

namespace Weir.Gateway.Budgets;

/// <summary>One span of time in which a limit counts, in seconds since 1970 UTC.</summary>
/// <param name="Start">Its first second; 0 for a window without an end.</param>
/// <param name="End">The first second after it; <see cref="long.MaxValue"/> when it never ends.</param>
public readonly record struct WindowSpan(long Start, long End);

/// <summary>
/// When budgets start again. Windows follow the calendar of a time zone, not the moment at which a budget was made: <c>1h</c> begins at the
/// full hour, <c>1d</c> at midnight, <c>7d</c> on Monday, <c>30d</c> and <c>1mo</c> on the first of the month.
/// </summary>
/// <param name="zone">The zone whose midnight counts.</param>
public sealed class BudgetCalendar(TimeZoneInfo zone)
{
    private const long Day = 86_400;
    private readonly ConcurrentDictionary<string, WindowSpan> _last = new(StringComparer.Ordinal);

    /// <summary>The calendar of UTC.</summary>
    public static BudgetCalendar Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The zone whose midnight counts.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>The window that <paramref name="now"/> lies in.</summary>
    /// <exception cref="FormatException">The length is none.</exception>
    public WindowSpan At(string window, DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        if (_last.TryGetValue(window, out var last) && second >= last.Start && second < last.End)
        {
            return last;
        }
        if (!BudgetDuration.TryParse(window, out var length))
        {
            throw new FormatException($"'{window}' is no budget duration; write 30s, 30m, 24h, 7d, 1w or 1mo.");
        }
        var span = length.Unit == DurationUnit.Never ? new WindowSpan(0, long.MaxValue) : Find(length, second);
        // Few lengths are in use at a time; a caller can't choose them.
        return _last[window] = span;
    }

    private WindowSpan Find(BudgetDuration length, long second) => length switch
    {
        { Unit: DurationUnit.Month } => Months(length.Count, second),
        { Unit: DurationUnit.Day, Count: 30 } => Months(1, second),
        { Unit: DurationUnit.Day } => Days(length.Count, second),
        _ => Seconds(length.Seconds, second),
    };

    private WindowSpan Months(int count, long second)
    {
        var local = Local(second);
        var month = ((local.Year * 12) + local.Month - 1) / count * count;
        return new WindowSpan(Instant(FirstOf(month)), Instant(FirstOf(month + count)));
    }

    private WindowSpan Days(int count, long second)
    {
        var local = Local(second).Date;
        // Weeks begin on Monday, as 1970-01-05 did; other lengths are counted from 1970-01-01.
        var origin = count % 7 == 0 ? new DateTime(1970, 1, 5, 0, 0, 0, DateTimeKind.Unspecified) : new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var first = origin.AddDays((int)Math.Floor((local - origin).TotalDays / count) * count);
        return new WindowSpan(Instant(first), Instant(first.AddDays(count)));
    }

    /// <summary>
    /// Lengths that divide a day are counted from midnight, so that they begin at full hours; on the days on which clocks change the last one
    /// is shorter or longer. Others are counted from 1970 UTC.
    /// </summary>
    private WindowSpan Seconds(long length, long second)
    {
        if (Day % length != 0)
        {
            var from = second / length * length;
            return new WindowSpan(from, from + length);
        }
        var day = Days(1, second);
        var start = day.Start + ((second - day.Start) / length * length);
        return new WindowSpan(start, Math.Min(start + length, day.End));
    }

    private DateTime Local(long second) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(second), Zone).DateTime;

    /// <summary>A local midnight that clocks skip is the moment at which they jump; one that comes twice is the first of the two.</summary>
    private long Instant(DateTime local)
    {
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max()
            : Zone.IsInvalidTime(local) ? Zone.GetUtcOffset(local.AddHours(-3))
            : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUnixTimeSeconds();
    }

    private static DateTime FirstOf(int month) => new(month / 12, (month % 12) + 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
}
