using Microsoft.Extensions.Time.Testing;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Upstream;

public sealed class RetryAfterTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(null, "2", 2000.0)]
    [InlineData(null, "1.5", 1500.0)]
    [InlineData(null, "86400", 86_400_000.0)]
    [InlineData("250", "86400", 250.0)]
    [InlineData("nonsense", "3", 3000.0)]
    [InlineData("0", null, 0.0)]
    [InlineData(null, "-5", 0.0)]
    [InlineData(null, "Thu, 01 Jan 2026 12:00:30 GMT", 30_000.0)]
    [InlineData(null, "Thu, 01 Jan 2026 11:00:00 GMT", 0.0)]
    [InlineData(null, "soon", null)]
    [InlineData(null, "", null)]
    [InlineData(null, null, null)]
    [InlineData(null, "NaN", null)]
    [InlineData(null, "99999999999999999999", 315_360_000_000.0)]
    public void The_wait_is_read_from_milliseconds_then_seconds_then_a_date(string? ms, string? after, double? expected)
    {
        using var response = new HttpResponseMessage();
        if (ms is not null)
        {
            response.Headers.TryAddWithoutValidation("retry-after-ms", ms);
        }

        if (after is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", after);
        }

        Assert.Equal(expected, RetryAfter.Read(response.Headers, _time)?.TotalMilliseconds);
    }
}
