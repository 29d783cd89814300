using System.Text;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Pricing;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

public sealed class AnswerTests
{
    [Fact]
    public void Usage_and_tier_are_found_in_a_whole_answer()
    {
        var body = """ {"id":"x","choices":[{"message":{"usage":{"a":1}}}],"usage" : {"total_tokens":3},"service_tier":"priority"} """u8;
        var answer = Answer.Read(body);
        Assert.True(answer.IsJsonObject);
        Assert.False(answer.HasError);
        Assert.Equal("""{"total_tokens":3}""", Encoding.UTF8.GetString(body[answer.Usage.Start..answer.Usage.End]));
        Assert.Equal(ServiceTier.Priority, answer.Tier);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[{}]")]
    [InlineData("<html></html>")]
    [InlineData("""{"choices":[]""")]
    [InlineData("""{"choices":[]}}""")]
    [InlineData("""{"choices":[]}{}""")]
    [InlineData("""{"choices":[],}""")]
    public void What_is_no_single_JSON_object_is_said_so(string body) => Assert.False(Answer.Read(Encoding.UTF8.GetBytes(body)).IsJsonObject);

    [Theory]
    [InlineData("""{"error":{"message":"no"}}""", true)]
    [InlineData("""{"error":null,"choices":[]}""", false)]
    [InlineData("""{"choices":[{"error":{}}]}""", false)]
    public void An_error_object_in_a_success_is_seen(string body, bool error)
    {
        var answer = Answer.Read(Encoding.UTF8.GetBytes(body));
        Assert.True(answer.IsJsonObject);
        Assert.Equal(error, answer.HasError);
    }

    [Theory]
    [InlineData("""{"usage":null}""")]
    [InlineData("""{"usage":[1]}""")]
    [InlineData("{}")]
    public void A_usage_that_is_no_object_is_none(string body) => Assert.Equal(0, Answer.Read(Encoding.UTF8.GetBytes(body)).Usage.Length);
}
