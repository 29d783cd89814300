using System.Text;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Tests.Dialects.OpenAIChat;

public sealed class SupportedParamsTests
{
    [Theory]
    [InlineData("openai", "gpt-4o", """{"temperature":0.5,"logprobs":true}""", "")]
    [InlineData("openai", "o3-mini", """{"temperature":0.5,"top_p":0.1,"logprobs":true,"seed":1}""", "temperature top_p logprobs")]
    [InlineData("azure", "o1", """{"temperature":1.0,"top_p":1}""", "")]
    [InlineData("openai", "gpt-5-mini", """{"presence_penalty":0}""", "presence_penalty")]
    [InlineData("openai", "gpt-5-chat-latest", """{"presence_penalty":0}""", "")]
    [InlineData("openai", "o3x", """{"logprobs":true}""", "")]
    [InlineData("mistral", "m", """{"logit_bias":{},"seed":1,"n":2,"top_k":5}""", "logit_bias")]
    [InlineData("perplexity", "sonar", """{"n":1,"seed":1,"stop":"x"}""", "seed stop")]
    [InlineData("perplexity", "sonar", """{"n":2}""", "n")]
    [InlineData("cerebras", "c", """{"frequency_penalty":null,"logit_bias":null}""", "")]
    [InlineData("ollama", "l", """{"parallel_tool_calls":true,"logprobs":false,"keep_alive":1}""", "parallel_tool_calls logprobs")]
    [InlineData("hosted_vllm", "v", """{"parallel_tool_calls":true,"logprobs":false}""", "")]
    [InlineData("anthropic", "claude-x", """{"logit_bias":{},"seed":1,"stop":"x","reasoning_effort":"low","user":"u"}""", "logit_bias seed")]
    [InlineData("anthropic", "claude-x", """{"n":2}""", "n")]
    [InlineData("azure_ai", "claude-x", """{"seed":1}""", "seed")]
    [InlineData("azure_ai", "mistral-x", """{"seed":1}""", "")]
    [InlineData("vertex_ai", "claude-x@1", """{"seed":1}""", "seed")]
    [InlineData("vertex_ai", "gemini-x", """{"seed":1,"logit_bias":{}}""", "logit_bias")]
    [InlineData("bedrock", "anthropic.claude-x", """{"presence_penalty":1,"top_p":0.5}""", "presence_penalty")]
    [InlineData("mistral", "m", """{"logit\u005fbias":{}}""", "logit_bias")]
    public void What_a_provider_does_not_take_is_found(string provider, string model, string body, string refused)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var found = SupportedParams.FindUnsupported(bytes, Patched.View(body), provider, model) ?? [];
        Assert.Equal(refused, string.Join(' ', found));
    }

    [Theory]
    [InlineData("openai", true)]
    [InlineData("azure", true)]
    [InlineData("mistral", false)]
    [InlineData("perplexity", false)]
    public void Vendors_that_stumble_over_stream_options_are_known(string provider, bool takes) => Assert.Equal(takes, SupportedParams.TakesStreamOptions(provider));
}
