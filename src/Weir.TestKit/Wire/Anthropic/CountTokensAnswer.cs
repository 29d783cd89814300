using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Anthropic;

/// <summary>How many tokens a message would take.</summary>
internal sealed class CountTokensAnswer(ScriptedModelOptions options, ModelRequest request) : AnthropicAnswer(options, request)
{
    public override void WriteBody(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        json.WriteNumber("input_tokens", Request.PromptTokens);
        json.WriteEndObject();
    }
}
