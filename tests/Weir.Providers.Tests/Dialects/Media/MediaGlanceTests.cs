using System.Text;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.Media;

namespace Weir.Providers.Tests.Dialects.Media;

public sealed class MediaGlanceTests
{
    [Fact]
    public void An_image_answer_tells_how_many_how_large_and_how_good()
    {
        var facts = MediaGlance.Instance.ReadFacts("""{"data":[{"url":"a"},{"url":"b"}],"size":"1024x1536","quality":"high","usage":{"output_tokens":7,"input_tokens":5,"output_tokens_details":{"image_tokens":6}}}"""u8);

        Assert.Equal((true, false, 2L, "1024x1536", "high"), (facts.IsJsonObject, facts.HasError, facts.Media.Images, facts.Media.Size, facts.Media.Quality));
        Assert.Equal((5, 7, 6), (facts.Usage.Prompt, facts.Usage.Completion, facts.Usage.ImageCompletion));
    }

    [Theory]
    [InlineData("""{"text":"x","duration":8.5}""", 8.5)]
    [InlineData("""{"text":"x","duration":"8.5"}""", 8.5)]
    [InlineData("""{"text":"x","duration":8.5,"usage":{"type":"duration","seconds":9}}""", 9.0)]
    [InlineData("""{"text":"x","duration":{"a":1},"usage":null}""", null)]
    [InlineData("""{"text":"x","duration":-1}""", null)]
    public void A_transcript_tells_its_seconds_in_one_of_two_places(string answer, double? seconds) =>
        Assert.Equal((decimal?)seconds, MediaGlance.Instance.ReadFacts(Encoding.UTF8.GetBytes(answer)).Media.Seconds);

    [Theory]
    [InlineData("""{"error":{"message":"x"}}""", true, true)]
    [InlineData("""{"error":null}""", true, false)]
    [InlineData("""{"text":"x" """, false, false)]
    [InlineData("""{"text":"x"}x""", false, false)]
    [InlineData("""[1]""", false, false)]
    [InlineData("", false, false)]
    public void An_error_is_told_from_an_answer_and_a_cut_from_a_whole(string answer, bool isObject, bool isError)
    {
        var facts = MediaGlance.Instance.ReadFacts(Encoding.UTF8.GetBytes(answer));
        Assert.Equal((isObject, isError), (facts.IsJsonObject, facts.HasError));
    }

    [Fact]
    public void Events_end_with_done_or_completed_and_their_images_add_up()
    {
        var facts = default(StreamFacts);
        Assert.Equal(EventTraits.Content, Look("""{"type":"image_generation.partial_image"}""", ref facts));
        Look("""{"type":"image_generation.completed","usage":{"input_tokens":1,"output_tokens":2}}""", ref facts);
        var last = Look("""{"type":"image_generation.completed","usage":{"input_tokens":1,"output_tokens":2}}""", ref facts);

        Assert.True(last.HasFlag(EventTraits.MayBeLast | EventTraits.Finish | EventTraits.Usage));
        Assert.Equal((2, 4, 2L), (facts.Usage.Prompt, facts.Usage.Completion, facts.Media.Images));
        Assert.Equal(EventTraits.Terminal, Look("[DONE]", ref facts));
        Assert.Equal(EventTraits.Error, Look("""{"error":{"message":"x"}}""", ref facts));
        Assert.Equal(EventTraits.Garbage, Look("nonsense", ref facts));
    }

    private static EventTraits Look(string data, ref StreamFacts facts) => MediaGlance.Instance.Look(default, Encoding.UTF8.GetBytes(data), true, ref facts);
}
