using System.Text;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

/// <summary>Azure's clients name the model in the path; an upstream that reads the body has to find it there.</summary>
public sealed class MissingModelTests
{
    [Theory]
    [InlineData("""{"messages":[]}""", false, false, """{"model":"up","messages":[]}""")]
    [InlineData("""{ "input":"x" }""", false, true, """{"temperature":1,"model":"up", "input":"x" }""")]
    [InlineData("""{"messages":[],"stream":true}""", true, true, """{"stream_options":{"include_usage":true},"temperature":1,"model":"up","messages":[],"stream":true}""")]
    [InlineData("""{"num_retries":1,"messages":[]}""", false, false, """{"model":"up","messages":[]}""")]
    [InlineData("""{"num_retries":1}""", false, false, """{"model":"up"}""")]
    [InlineData("""{"num_retries":1}""", false, true, """{"temperature":1,"model":"up"}""")]
    [InlineData("{}", false, true, """{"temperature":1,"model":"up"}""")]
    public void A_body_without_a_model_gets_the_upstreams(string body, bool usage, bool defaults, string expected)
    {
        var view = new RequestView();
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Null(RequestReader.Read(bytes, view));
        var patch = new RequestPatch
        {
            Model = "\"up\""u8.ToArray(),
            Defaults = defaults ? new Dictionary<string, ReadOnlyMemory<byte>> { ["temperature"] = "1"u8.ToArray() } : new Dictionary<string, ReadOnlyMemory<byte>>(),
        };
        var patched = new PatchedBody();

        RequestPatcher.Apply(bytes, view, patch, usage, [], patched);

        Assert.Equal(expected, Encoding.UTF8.GetString(patched.ToArray()));
    }
}
