namespace Weir.Providers.Tests.Dialects.OpenAIChat;

public sealed class RequestPatcherTests
{
    [Theory]
    [InlineData("""{"model":"a","messages":[]}""", """{"model":"gpt-real","messages":[]}""")]
    [InlineData("""{ "x" : 1.50 , "\u006dodel" : "a\n" }""", """{ "x" : 1.50 , "\u006dodel" : "gpt-real" }""")]
    public void The_model_becomes_the_upstreams_and_the_rest_stays_byte_for_byte(string body, string sent) => Assert.Equal(sent, Patched.Body(body));

    [Theory]
    [InlineData("""{"messages":[]}""", """{"model":"gpt-real","messages":[]}""")]
    [InlineData("{}", """{"model":"gpt-real"}""")]
    [InlineData("""{"tags":[]}""", """{"model":"gpt-real"}""")]
    public void A_model_that_only_the_path_names_is_added(string body, string sent) => Assert.Equal(sent, Patched.Body(body));

    [Theory]
    [InlineData("""{"metadata":{},"model":"a","messages":[]}""", """{"model":"gpt-real","messages":[]}""")]
    [InlineData("""{"model":"a", "tags":[1] , "messages":[] , "num_retries":3 }""", """{"model":"gpt-real", "messages":[] }""")]
    [InlineData("""{"model":"a","fallbacks":["b"],"mock_response":"x","cache":{}}""", """{"model":"gpt-real"}""")]
    [InlineData("""{"api_key":"sk","model":"a","api_base":"http://x","aws_secret":"s"}""", """{"model":"gpt-real"}""")]
    [InlineData("""{"litellm_trace_id":1,"proxy_server_request":2,"model":"a","no-log":true,"x":1}""", """{"model":"gpt-real","x":1}""")]
    public void What_is_the_gateways_own_never_leaves(string body, string sent) => Assert.Equal(sent, Patched.Body(body));

    [Theory]
    [InlineData("""{"model":"a","stream":true}""", """{"stream_options":{"include_usage":true},"model":"gpt-real","stream":true}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":null}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{}}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{  }}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{ "x":1}}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true, "x":1}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{"include_usage":false}}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{"include_usage":null,"x":1}}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true,"x":1}}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{"include_usage":true}}""", """{"model":"gpt-real","stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"a","stream":false}""", """{"model":"gpt-real","stream":false}""")]
    [InlineData("""{"model":"a"}""", """{"model":"gpt-real"}""")]
    public void A_stream_is_asked_for_its_usage_whatever_the_caller_said(string body, string sent) => Assert.Equal(sent, Patched.Body(body, wantUsage: true));

    [Fact]
    public void Usage_is_not_asked_for_where_the_options_are_dropped()
    {
        const string Body = """{"model":"a","stream":true,"stream_options":{"include_usage":false,"x":1}}""";
        Assert.Equal("""{"model":"gpt-real","stream":true}""", Patched.Body(Body, Patched.Drop("stream_options"), wantUsage: true));
        Assert.Equal("""{"model":"gpt-real","stream":true,"stream_options":{"x":1}}""", Patched.Body(Body, Patched.Drop("stream_options.include_usage"), wantUsage: true));
        Assert.Equal("""{"model":"gpt-real","stream":true}""", Patched.Body(Body, Patched.Plain, true, "stream_options"));
    }

    [Theory]
    [InlineData("""{"model":"a","seed":1,"user":"u","x":2}""", """{"model":"gpt-real","x":2}""")]
    [InlineData("""{"seed":1,"user":"u","model":"a"}""", """{"model":"gpt-real"}""")]
    [InlineData("""{"model":"a","s\u0065ed":1}""", """{"model":"gpt-real"}""")]
    [InlineData("""{"model":"a","Seed":1}""", """{"model":"gpt-real","Seed":1}""")]
    public void Dropped_members_go_commas_included(string body, string sent) => Assert.Equal(sent, Patched.Body(body, Patched.Drop("seed", "user")));

    [Fact]
    public void The_model_and_the_stream_can_not_be_dropped() =>
        Assert.Equal("""{"model":"gpt-real","stream":true}""", Patched.Body("""{"model":"a","stream":true}""", Patched.Drop("model"), false, "stream"));

    [Theory]
    [InlineData("""{"model":"a","o":{"b":1,"c":2}}""", "o.b", """{"model":"gpt-real","o":{"c":2}}""")]
    [InlineData("""{"model":"a","o":{"b":1,"c":2}}""", "o.c", """{"model":"gpt-real","o":{"b":1}}""")]
    [InlineData("""{"model":"a","o":{"b":1,"c":2}}""", "o.b o.c", """{"model":"gpt-real","o":{}}""")]
    [InlineData("""{"model":"a","o":{"b":1,"c":2,"d":3}}""", "o.c o.b", """{"model":"gpt-real","o":{"d":3}}""")]
    [InlineData("""{"model":"a","o":{"b":1,"c":2,"d":3}}""", "o.d o.b", """{"model":"gpt-real","o":{"c":2}}""")]
    [InlineData("""{"model":"a","o":{"b":{"c":1,"d":2}}}""", "o.b o.b.c", """{"model":"gpt-real","o":{}}""")]
    [InlineData("""{"model":"a","o":{"b":{"c":1,"d":2}}}""", "o.b.c o.b.c", """{"model":"gpt-real","o":{"b":{"d":2}}}""")]
    [InlineData("""{"model":"a","o":{"b":1}}""", "o o.b", """{"model":"gpt-real"}""")]
    [InlineData("""{"model":"a","tools":[{"f":{"strict":true,"x":1}},{"f":{"x":2,"strict":1}},5]}""", "tools.f.strict", """{"model":"gpt-real","tools":[{"f":{"x":1}},{"f":{"x":2}},5]}""")]
    [InlineData("""{"model":"a","tools":[{"f":{"strict":true}}]}""", "tools[*].f.strict", """{"model":"gpt-real","tools":[{"f":{}}]}""")]
    [InlineData("""{"model":"a","tools":[{"\ud800":1,"s\u0074rict":2}]}""", "tools.strict", """{"model":"gpt-real","tools":[{"\ud800":1}]}""")]
    [InlineData("""{"model":"a","o":{"b":1,"b":2}}""", "o.b", """{"model":"gpt-real","o":{}}""")]
    [InlineData("""{"model":"a","o":5}""", "o.b", """{"model":"gpt-real","o":5}""")]
    [InlineData("""{"model":"a","metadata":{"b":1}}""", "metadata.b", """{"model":"gpt-real"}""")]
    public void Nested_members_are_dropped_by_their_path(string body, string paths, string sent)
    {
        Assert.Equal(sent, Patched.Body(body, Patched.Drop(paths.Split(' '))));
        Assert.Equal(sent, Patched.Body(body, Patched.Plain, false, paths.Split(' ')));
    }

    [Theory]
    [InlineData("""{"model":"a"}""", """{"temperature":0.2,"model":"gpt-real"}""")]
    [InlineData("""{"model":"a","temperature":null}""", """{"model":"gpt-real","temperature":null}""")]
    [InlineData("""{"model":"a","t\u0065mperature":1}""", """{"model":"gpt-real","t\u0065mperature":1}""")]
    public void A_default_is_added_once_and_only_when_the_request_is_silent(string body, string sent) =>
        Assert.Equal(sent, Patched.Body(body, Patched.Defaults(("temperature", "0.2"))));

    [Theory]
    [InlineData("max_tokens", "max_completion_tokens")]
    [InlineData("max_completion_tokens", "max_tokens")]
    public void A_default_limit_yields_to_the_other_name_of_the_same_limit(string name, string other) =>
        Assert.Equal($$"""{"model":"gpt-real","{{other}}":5}""", Patched.Body($$"""{"model":"a","{{other}}":5}""", Patched.Defaults((name, "9"))));

    [Fact]
    public void No_default_changes_what_was_decided_or_doubles_a_member()
    {
        var patch = Patched.Defaults(("stream", "true"), ("model", "\"other\""), ("stream_options", "{}"));
        Assert.Equal("""{"stream_options":{},"model":"gpt-real"}""", Patched.Body("""{"model":"a"}""", patch, wantUsage: true));
        Assert.Equal("""{"stream_options":{"include_usage":true},"model":"gpt-real","stream":true}""", Patched.Body("""{"model":"a","stream":true}""", patch, wantUsage: true));
    }

    [Fact]
    public void A_dropped_member_is_not_added_by_default() =>
        Assert.Equal("""{"model":"gpt-real"}""", Patched.Body("""{"model":"a","seed":1}""", Patched.Defaults(("seed", "2")) with { Drop = ["seed"] }));

    [Fact]
    public void Everything_at_once_is_still_one_valid_body() =>
        Assert.Equal(
            """{"stream_options":{"include_usage":true},"seed":7,"a\"b":[1],"model":"gpt-real","stream":true ,"messages":[ ]}""",
            Patched.Body("""{"tags":["x"],"stream":true ,"logit_bias":{},"messages":[ ],"user":"u"}""",
                Patched.Defaults(("seed", "7"), ("a\"b", "[1]")) with { Drop = ["logit_bias"] }, true, "user").Replace("a\\u0022b", "a\\\"b"));
}
