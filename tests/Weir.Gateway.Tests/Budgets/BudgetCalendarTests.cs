using System.Globalization;
using CsCheck;
using Weir.Gateway.Budgets;

namespace Weir.Gateway.Tests.Budgets;

public sealed class BudgetCalendarTests
{
    private static readonly string[] Lengths = ["45s", "30m", "1h", "6h", "5h", "1d", "2d", "7d", "30d", "1mo", "7mo"];

    [Theory]
    [InlineData("30s", "UTC", "2026-08-27T10:12:47Z", "2026-08-27T10:12:30Z", "2026-08-27T10:13:00Z")]
    [InlineData("30m", "UTC", "2026-08-27T10:30:00Z", "2026-08-27T10:30:00Z", "2026-08-27T11:00:00Z")]
    [InlineData("1h", "UTC", "2026-08-27T10:59:59Z", "2026-08-27T10:00:00Z", "2026-08-27T11:00:00Z")]
    [InlineData("24h", "UTC", "2026-08-27T23:59:59Z", "2026-08-27T00:00:00Z", "2026-08-28T00:00:00Z")]
    [InlineData("1d", "UTC", "2026-08-28T00:00:00Z", "2026-08-28T00:00:00Z", "2026-08-29T00:00:00Z")]
    [InlineData("7d", "UTC", "2026-08-30T23:59:59Z", "2026-08-24T00:00:00Z", "2026-08-31T00:00:00Z")]
    [InlineData("1w", "UTC", "2026-08-31T00:00:00Z", "2026-08-31T00:00:00Z", "2026-09-07T00:00:00Z")]
    [InlineData("30d", "UTC", "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("1mo", "UTC", "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("3mo", "UTC", "2026-08-27T00:00:00Z", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z")]
    [InlineData("1d", "Europe/Berlin", "2026-08-27T22:00:00Z", "2026-08-27T22:00:00Z", "2026-08-28T22:00:00Z")]
    [InlineData("1d", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("1mo", "Europe/Berlin", "2026-10-31T22:59:59Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z")]
    [InlineData("1h", "Asia/Kolkata", "2026-08-27T10:12:47Z", "2026-08-27T09:30:00Z", "2026-08-27T10:30:00Z")]
    [InlineData("6h", "Europe/Berlin", "2026-10-25T22:30:00Z", "2026-10-25T22:00:00Z", "2026-10-25T23:00:00Z")]
    public void Windows_follow_the_calendar(string window, string zone, string now, string start, string end)
    {
        var calendar = new BudgetCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(new WindowSpan(Seconds(start), Seconds(end)), calendar.At(window, Time(now)));
    }

    [Fact]
    public void A_budget_without_a_duration_has_one_window_without_an_end() =>
        Assert.Equal(new WindowSpan(0, long.MaxValue), BudgetCalendar.Utc.At("", Time("2026-08-27T00:00:00Z")));

    /// <summary>No second is in no window or in two, also on days on which clocks change.</summary>
    [Fact]
    public void Windows_follow_each_other_without_a_gap()
    {
        var zones = ((string[])["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo"])
            .Select(name => new BudgetCalendar(TimeZoneInfo.FindSystemTimeZoneById(name))).ToArray();
        Gen.Select(Gen.Int[0, zones.Length - 1], Gen.Int[0, Lengths.Length - 1].Select(i => Lengths[i]), Gen.Long[1_000_000_000, 2_000_000_000])
            .Sample((zone, window, second) =>
            {
                var span = zones[zone].At(window, DateTimeOffset.FromUnixTimeSeconds(second));
                Assert.InRange(second, span.Start, span.End - 1);
                Assert.Equal(span, Fresh(zone, span.Start));
                Assert.Equal(span, Fresh(zone, span.End - 1));
                Assert.Equal(span.End, Fresh(zone, span.End).Start);

                WindowSpan Fresh(int at, long when) => new BudgetCalendar(zones[at].Zone).At(window, DateTimeOffset.FromUnixTimeSeconds(when));
            });
    }

    [Theory]
    [InlineData("1x")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1.5h")]
    [InlineData("1 d")]
    [InlineData("99999999999d")]
    [InlineData("2000mo")]
    public void What_is_no_duration_is_refused(string text)
    {
        Assert.False(BudgetDuration.TryParse(text, out _));
        Assert.Throws<FormatException>(() => BudgetCalendar.Utc.At(text, DateTimeOffset.UnixEpoch));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static long Seconds(string text) => Time(text).ToUnixTimeSeconds();
}
