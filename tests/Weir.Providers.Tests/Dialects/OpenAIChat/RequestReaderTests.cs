using System.Text;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

public sealed class RequestReaderTests
{
    [Fact]
    public void Members_are_found_with_their_raw_values()
    {
        const string Body = """ { "model" : "gpt-4o" , "messages":[{"role":"user"}],"stream":true,"n":2,"user":"a\u0062c","temperature":0.50 } """;
        var view = Patched.View(Body);
        var bytes = Encoding.UTF8.GetBytes(Body);
        Assert.True(view.Stream);
        Assert.Equal("gpt-4o", view.Text(bytes, RequestMember.Model));
        Assert.Equal("abc", view.Text(bytes, RequestMember.User));
        Assert.Equal(2, view.Number(bytes, RequestMember.N));
        Assert.Equal(6, view.MemberCount);
        Assert.False(view.Has(RequestMember.Prompt));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("\"x\"", "object")]
    [InlineData("{\"model\":\"a\"", "JSON")]
    [InlineData("{\"model\":\"a\"}x", "JSON")]
    [InlineData("{\"model\":\"a\"}{}", "JSON")]
    [InlineData("{\"model\":\"a\",}", "JSON")]
    [InlineData("{/**/\"model\":\"a\"}", "JSON")]
    [InlineData("{\"model\":\"a\",\"x\":01}", "JSON")]
    [InlineData("{\"model\":\"a\",\"x\":NaN}", "JSON")]
    [InlineData("{'model':'a'}", "JSON")]
    [InlineData("\uFEFF{\"model\":\"a\"}", "JSON")]
    [InlineData("{\"model\":\"a\tb\"}", "JSON")]
    [InlineData("{\"model\":\"\\ud800\"}", "escape")]
    [InlineData("{\"model\":\"a\",\"user\":\"\\udc00\"}", "escape")]
    [InlineData("{\"\\ud800\":1}", "escape")]
    [InlineData("{\"metadata\":{\"tags\":[\"\\ud800\"]}}", "escape")]
    [InlineData("{\"fallbacks\":[\"\\ud800\"]}", "escape")]
    [InlineData("{\"fallbacks\":[{\"\\ud800\":[]}]}", "escape")]
    [InlineData("{\"mock_response\":\"\\ud800\"}", "escape")]
    [InlineData("{\"api_base\":\"\\ud800\"}", "escape")]
    [InlineData("{\"litellm_metadata\":\"\\ud800\"}", "escape")]
    public void What_is_no_plain_JSON_object_is_refused(string body, string told)
    {
        var refusal = Patched.Refusal(body);
        Assert.Equal(BodyRefusalReason.NotJson, refusal?.Reason);
        Assert.Contains(told, refusal?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xFF })]
    public void Bytes_that_are_no_UTF8_are_refused_wherever_they_stand(byte[] wrong)
    {
        byte[] body = [.. "{\"model\":\"a\",\"messages\":[{\"content\":\""u8, .. wrong, .. "\"}]}"u8];
        Assert.Equal(BodyRefusalReason.NotJson, RequestReader.Read(body, new RequestView())?.Reason);
    }

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"model":"a","\u006dodel":"b"}""", "model")]
    [InlineData("""{"stream":true,"stream":true}""", "stream")]
    [InlineData("""{"n":1,"x":0,"n":2}""", "n")]
    [InlineData("""{"messages":[],"\u006d\u0065ssages":[]}""", "messages")]
    [InlineData("""{"stream_options":{"include_usage":true,"include_usage":false}}""", "include_usage")]
    [InlineData("""{"stream_options":{"include_usage":null,"include\u005fusage":true}}""", "include_usage")]
    [InlineData("""{"metadata":{"tags":["a"],"tags":["b"]}}""", "tags")]
    [InlineData("""{"litellm_metadata":{"tags":["a"],"t\u0061gs":["b"]}}""", "tags")]
    public void A_member_that_is_read_may_not_occur_twice(string body, string member)
    {
        var refusal = Patched.Refusal(body);
        Assert.Equal(BodyRefusalReason.DuplicateMember, refusal?.Reason);
        Assert.Equal(member, refusal?.Member);
    }

    [Theory]
    [InlineData("""{"Model":"a"}""")]
    [InlineData("""{"model":"a","STREAM":true}""")]
    [InlineData("""{"model":"a","\u0053tream":true}""")]
    [InlineData("""{"model":"a","ſtream":true}""")]
    [InlineData("""{"model":"a","\u017ftream":true}""")]
    [InlineData("""{"model":"a","max_toKens":1}""")]
    [InlineData("""{"model":"a","max_to\u212aens":1}""")]
    [InlineData("""{"model":"a","API_KEY":"x"}""")]
    [InlineData("""{"stream_options":{"Include_Usage":true}}""")]
    [InlineData("""{"stream_options":{"include_u\u017fage":true}}""")]
    public void A_name_that_only_some_upstreams_would_read_is_refused(string body) =>
        Assert.Equal(BodyRefusalReason.MiscasedMember, Patched.Refusal(body)?.Reason);

    [Theory]
    [InlineData("""{"model":null}""", "model")]
    [InlineData("""{"model":["a"]}""", "model")]
    [InlineData("""{"user":5}""", "user")]
    [InlineData("""{"stream":"true"}""", "stream")]
    [InlineData("""{"stream":1}""", "stream")]
    [InlineData("""{"n":"2"}""", "n")]
    [InlineData("""{"max_tokens":[1]}""", "max_tokens")]
    [InlineData("""{"max_completion_tokens":"many"}""", "max_completion_tokens")]
    [InlineData("""{"stream_options":[]}""", "stream_options")]
    [InlineData("""{"stream_options":{"include_usage":1}}""", "stream_options.include_usage")]
    public void A_member_of_the_wrong_type_is_refused(string body, string member)
    {
        var refusal = Patched.Refusal(body);
        Assert.Equal(BodyRefusalReason.WrongType, refusal?.Reason);
        Assert.Equal(member, refusal?.Member);
    }

    [Theory]
    [InlineData("""{"temperature":1,"temperature":2}""")]
    [InlineData("""{"model":"a","models":"b","Temperature":1}""")]
    [InlineData("""{"model":"a","messages":[{"content":"\ud800","content":1}]}""")]
    [InlineData("""{"user":null,"stream":null,"stream_options":null}""")]
    [InlineData("""{"metadata":{"Tags":1},"modèl":1}""")]
    [InlineData("{}")]
    public void What_nobody_reads_is_nobodys_business(string body) => Assert.Null(Patched.Refusal(body));

    [Fact]
    public void Depth_and_count_are_bounded()
    {
        Assert.Null(Patched.Refusal("{\"x\":" + new string('[', 126) + new string(']', 126) + "}"));
        Assert.Equal(BodyRefusalReason.TooComplex, Patched.Refusal("{\"x\":" + new string('[', 200) + new string(']', 200) + "}")?.Reason);
        Assert.Null(Patched.Refusal(Many(RequestReader.MaxMembers)));
        Assert.Equal(BodyRefusalReason.TooComplex, Patched.Refusal(Many(RequestReader.MaxMembers + 1))?.Reason);
    }

    [Fact]
    public void A_long_name_with_half_a_surrogate_pair_is_refused_too() =>
        Assert.Equal(BodyRefusalReason.NotJson, Patched.Refusal("{\"model\":\"a\",\"" + new string('x', 500) + "\\ud800\":1}")?.Reason);

    [Theory]
    [InlineData("aws_access_key_id", RequestMember.OtherCredential)]
    [InlineData("vertex_project", RequestMember.OtherCredential)]
    [InlineData("sagemaker_endpoint", RequestMember.OtherCredential)]
    [InlineData("AWS_region", RequestMember.OtherCredential)]
    [InlineData("azure_ad_token", RequestMember.OtherCredential)]
    [InlineData("mock_testing_anything", RequestMember.MockTesting)]
    [InlineData("base_url", RequestMember.BaseUrl)]
    [InlineData("litellm_trace_id", RequestMember.LiteLlmOwn)]
    [InlineData("temperature", RequestMember.Unknown)]
    [InlineData("", RequestMember.Unknown)]
    public void Names_are_known_by_list_and_by_pattern(string name, RequestMember member) =>
        Assert.Equal(member, RequestMembers.Find(Encoding.UTF8.GetBytes(name), out _));

    [Fact]
    public void A_view_is_reused_without_a_trace_of_the_last_body()
    {
        var view = new RequestView();
        Assert.Null(RequestReader.Read("""{"model":"a","stream":true,"stream_options":{"include_usage":true},"user":"x"}"""u8, view));
        Assert.Null(RequestReader.Read("""{"model":"b"}"""u8, view));
        Assert.False(view.Stream);
        Assert.Null(view.IncludeUsage);
        Assert.False(view.Has(RequestMember.User));
        Assert.Equal(1, view.MemberCount);
    }

    private static string Many(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"x{i}\":0")) + "}";
}
