using System.Collections.Frozen;
using Weir.Providers.Neutral;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Pricing;

public sealed class MediaMeterTests
{
    [Theory]
    [InlineData("output_cost_per_image", 0.04, 3, null, 120_000_000L)]
    [InlineData("input_cost_per_image", 0.04, 3, null, 120_000_000L)]
    [InlineData("input_cost_per_pixel", 0.00000001, 1, "100x10", 10_000L)]
    [InlineData("input_cost_per_pixel", 0.00000001, 1, null, 10_485_760L)]
    public void Images_are_sold_by_the_piece_or_by_the_pixel(string field, double rate, long images, string? size, long nanos) =>
        Assert.Equal(new Charge(new Money(nanos), ChargeFlags.None), MediaMeter.Images(Price(field, rate), default, new MediaUse { Images = images, Size = size }));

    [Fact]
    public void A_size_that_is_none_has_no_price_by_the_pixel() =>
        Assert.False(MediaMeter.Images(Price("input_cost_per_pixel", 1e-8), default, new MediaUse { Images = 1, Size = "large" }).Known);

    [Fact]
    public void Without_a_price_nothing_is_free()
    {
        Assert.False(MediaMeter.Images(null, default, default).Known);
        Assert.False(MediaMeter.Speech(null, default, 5).Known);
        Assert.False(MediaMeter.Transcription(null, default, default).Known);
        Assert.False(MediaMeter.Rerank(null, default, default).Known);
    }

    [Theory]
    [InlineData(9.5, 950_000L, true)]
    [InlineData(null, 0L, false)]
    public void A_recording_is_charged_by_the_second_when_its_length_is_known(double? seconds, long nanos, bool known)
    {
        var charge = MediaMeter.Transcription(Price("input_cost_per_second", 0.0001), default, new MediaUse { Seconds = (decimal?)seconds });
        Assert.Equal((nanos, known), (charge.Cost.Nanos, charge.Known));
    }

    [Theory]
    [InlineData(null, 2_000_000L)]
    [InlineData(3L, 6_000_000L)]
    public void A_rerank_is_one_search_unless_it_says_more(long? searches, long nanos) =>
        Assert.Equal(nanos, MediaMeter.Rerank(Price("input_cost_per_query", 0.002), default, new MediaUse { Searches = searches }).Cost.Nanos);

    [Fact]
    public void Absurd_counts_are_cut_and_not_overflown() =>
        Assert.Equal(long.MaxValue, MediaMeter.Images(Price("output_cost_per_image", 1_000_000), default, new MediaUse { Images = long.MaxValue }).Cost.Nanos);

    private static ModelPrice Price(string field, double rate) =>
        new(new ModelFacts { Key = "m" }, new Dictionary<string, decimal> { [field] = (decimal)rate }.ToFrozenDictionary());
}
