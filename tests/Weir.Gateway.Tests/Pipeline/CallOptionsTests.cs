using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Tests.Pipeline;

public sealed class CallOptionsTests
{
    [Fact]
    public void A_plain_request_decides_nothing() => Assert.Same(CallOptions.None, Read("""{"model":"a","messages":[]}"""));

    [Fact]
    public void Members_of_the_body_are_read()
    {
        var options = Read("""
            {"num_retries":2,"timeout":1.5,"stream_timeout":3,"tags":["a"],"metadata":{"tags":["b","a"],"x":{"tags":["no"]}},"fallbacks":["f",{"model":"g"},{"m":["h","i"]}],
             "context_window_fallbacks":["c"],"content_policy_fallbacks":[],"disable_fallbacks":true,"mock_response":"hi","drop_params":true,"additional_drop_params":["seed"]}
            """);
        Assert.Equal(2, options.Retries);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), options.StreamTimeout);
        Assert.Equal(["a", "b"], options.Tags);
        Assert.Equal(["f", "g", "h", "i"], options.Fallbacks ?? []);
        Assert.Equal(["c"], options.ContextWindowFallbacks ?? []);
        Assert.Equal(0, options.ContentPolicyFallbacks?.Length);
        Assert.True(options.DisableFallbacks);
        Assert.Equal("hi", options.MockResponse);
        Assert.True(options.DropParams);
        Assert.Equal(["seed"], options.AdditionalDropParams);
    }

    [Fact]
    public void A_header_wins_over_the_body()
    {
        var options = Read("""{"num_retries":2,"timeout":9,"tags":["b"]}""", ("x-litellm-num-retries", "0"), ("x-litellm-timeout", "0.25"), ("x-litellm-tags", " a , ,c "));
        Assert.Equal(0, options.Retries);
        Assert.Equal(TimeSpan.FromSeconds(0.25), options.Timeout);
        Assert.Equal(["a", "c", "b"], options.Tags);
    }

    [Fact]
    public void Nulls_decide_nothing()
    {
        var options = Read("""{"num_retries":null,"timeout":null,"tags":null,"metadata":null,"fallbacks":null,"mock_response":null,"drop_params":null}""");
        Assert.Null(options.Retries);
        Assert.Null(options.Timeout);
        Assert.Null(options.Fallbacks);
        Assert.Null(options.DropParams);
        Assert.Empty(options.Tags);
    }

    [Theory]
    [InlineData("""{"num_retries":-1}""", "num_retries")]
    [InlineData("""{"num_retries":101}""", "num_retries")]
    [InlineData("""{"num_retries":1.5}""", "num_retries")]
    [InlineData("""{"num_retries":1e999}""", "num_retries")]
    [InlineData("""{"timeout":0}""", "timeout")]
    [InlineData("""{"timeout":1e999}""", "timeout")]
    [InlineData("""{"stream_timeout":-3}""", "stream_timeout")]
    [InlineData("""{"tags":"a"}""", "tags")]
    [InlineData("""{"tags":[1]}""", "tags")]
    [InlineData("""{"metadata":{"tags":[["a"]]}}""", "metadata.tags")]
    [InlineData("""{"fallbacks":"b"}""", "fallbacks")]
    [InlineData("""{"fallbacks":[5]}""", "fallbacks")]
    [InlineData("""{"fallbacks":[{"g":["a",5,"b"]}]}""", "fallbacks")]
    [InlineData("""{"fallbacks":[{"g":[["a"]]}]}""", "fallbacks")]
    [InlineData("""{"fallbacks":[{"model":"a","api_key":"x"}]}""", "fallbacks")]
    [InlineData("""{"additional_drop_params":{}}""", "additional_drop_params")]
    public void A_value_of_the_wrong_kind_is_refused_by_name(string body, string member)
    {
        var refused = Assert.Throws<GatewayException>(() => Read(body));
        Assert.Equal((ErrorKind.InvalidMember, member), (refused.Error.Kind, refused.Error.Param));
    }

    [Theory]
    [InlineData("x-litellm-num-retries", "many")]
    [InlineData("x-litellm-num-retries", "1.5")]
    [InlineData("x-litellm-timeout", "NaN")]
    [InlineData("x-litellm-timeout", "")]
    [InlineData("x-litellm-stream-timeout", "-1")]
    [InlineData("x-litellm-timeout", "1e9")]
    public void A_header_of_the_wrong_kind_is_refused(string name, string value) =>
        Assert.Equal(ErrorKind.InvalidMember, Assert.Throws<GatewayException>(() => Read("{}", (name, value))).Error.Kind);

    private static CallOptions Read(string body, params (string Name, string Value)[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var view = new RequestView();
        Assert.Null(RequestReader.Read(bytes, view));
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            sent[name] = value;
        }
        return CallOptions.Read(bytes, view, sent);
    }
}
