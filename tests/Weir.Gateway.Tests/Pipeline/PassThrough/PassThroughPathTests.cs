using CsCheck;
using Weir.Gateway.Errors;
using Weir.Gateway.Pipeline.PassThrough;
using Weir.Providers;

namespace Weir.Gateway.Tests.Pipeline.PassThrough;

public sealed class PassThroughPathTests
{
    private static readonly string[] Pieces =
        ["/", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", "%25", "%252e", "a", "v1", ";", ":", "@evil.example", "//", "%00", "%", "%c0%ae", "x y", "é", "?", "#"];

    [Fact]
    public void Whatever_a_path_holds_it_is_refused_or_stays_below_its_root() => Gen.Int[0, Pieces.Length - 1].Select(static at => Pieces[at]).Array[0, 12].Sample(pieces =>
    {
        var root = new Uri("https://vendor.example/base/v1");
        try
        {
            var below = PassThroughPath.Below("/p/" + string.Concat(pieces), "/p");
            var address = PassThroughPath.Join(root, below, "");
            // As the strictest and the laxest reader see it.
            foreach (var seen in new[] { address.OriginalString, Uri.UnescapeDataString(address.OriginalString), Uri.UnescapeDataString(Uri.UnescapeDataString(address.OriginalString)) })
            {
                var read = new Uri(seen);
                Assert.Equal("vendor.example", read.Host);
                Assert.StartsWith("/base", read.AbsolutePath, StringComparison.Ordinal);
            }
        }
        catch (GatewayException refused)
        {
            Assert.Equal(400, refused.Error.HttpStatus);
        }
    }, iter: 20_000);

    [Theory]
    [InlineData("https://api.example/v1", "/v1/models", "https://api.example/v1/models")]
    [InlineData("https://api.example/v1", "/models", "https://api.example/v1/models")]
    [InlineData("https://api.example/v2", "/v1/chat", "https://api.example/v1/chat")]
    [InlineData("https://api.example", "/v1beta/models/x:generateContent", "https://api.example/v1beta/models/x:generateContent")]
    [InlineData("https://api.example/gateway/v1/", "/v1", "https://api.example/gateway/v1")]
    [InlineData("https://api.example/base", "", "https://api.example/base")]
    [InlineData("https://api.example", "/vendor", "https://api.example/vendor")]
    public void A_version_in_root_and_path_counts_once(string root, string below, string address) =>
        Assert.Equal(address, PassThroughPath.Join(new Uri(root), below, "").OriginalString);

    [Theory]
    [InlineData("openai", "POST", "/v1/chat/completions", Operation.Chat, WireFormat.OpenAIChat, null)]
    [InlineData("azure", "POST", "/openai/deployments/my-gpt/embeddings", Operation.Embedding, WireFormat.OpenAIChat, "my-gpt")]
    [InlineData("openai", "POST", "/v1/responses", Operation.Chat, WireFormat.OpenAIResponses, null)]
    [InlineData("openai", "POST", "/v1/images/generations", Operation.PassThrough, null, null)]
    [InlineData("anthropic", "POST", "/v1/messages", Operation.Chat, WireFormat.AnthropicMessages, null)]
    [InlineData("anthropic", "POST", "/v1/messages/batches", Operation.PassThrough, null, null)]
    [InlineData("gemini", "POST", "/v1beta/models/gemini-2.5-pro:streamGenerateContent", Operation.Chat, WireFormat.GeminiGenerate, "gemini-2.5-pro")]
    [InlineData("vertex_ai", "POST", "/v1/projects/p/locations/l/publishers/anthropic/models/claude-x@1:streamRawPredict", Operation.Chat, WireFormat.AnthropicMessages, "claude-x@1")]
    [InlineData("vertex_ai", "POST", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions", Operation.Chat, WireFormat.OpenAIChat, null)]
    [InlineData("bedrock", "POST", "/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fanthropic.claude/invoke", Operation.Chat, WireFormat.AnthropicMessages, "arn:aws:bedrock:eu:1:x/anthropic.claude")]
    [InlineData("bedrock", "POST", "/model/amazon.nova/invoke", Operation.PassThrough, null, "amazon.nova")]
    [InlineData("bedrock", "POST", "/model/amazon.nova/converse-stream", Operation.Chat, WireFormat.BedrockConverse, "amazon.nova")]
    [InlineData("openai", "GET", "/v1/chat/completions", Operation.PassThrough, null, null)]
    public void A_path_says_what_is_asked_and_in_whose_words(string provider, string method, string path, Operation operation, WireFormat? format, string? model)
    {
        var known = KnownCall.Read(provider, method, path);

        Assert.Equal((operation, format, model), (known.Operation, known.Format, known.Model));
    }

    [Theory]
    [InlineData("/v1/projects/p-1/locations/eu-west4/publishers/google/models/x:y", "v1", "p-1", "eu-west4")]
    [InlineData("/publishers/google/models/x:y", null, null, null)]
    [InlineData("/v1beta1/publishers/google/models/x:y", "v1beta1", null, null)]
    public void Vertex_paths_say_where(string path, string? version, string? project, string? location) => Assert.Equal(new VertexPlace(version, project, location), VertexPlace.In(path));

    [Theory]
    [InlineData("evil.example%2F")]
    [InlineData("evil.example")]
    [InlineData("x@evil")]
    [InlineData("")]
    public void A_location_that_could_be_another_host_is_refused(string location) =>
        Assert.Throws<GatewayException>(() => VertexPlace.In($"/v1/projects/p/locations/{location}/publishers/google/models/x:y"));
}
