using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Weir.Providers;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>The answer to "how many tokens is this" for models whose vendor is not asked, in the caller's form.</summary>
internal static class LocalCount
{
    internal static UpstreamReply Answer(GatewayCall call, string model)
    {
        var content = new ByteArrayContent(Told(call.Format == WireFormat.GeminiGenerate, PromptTokens.Count(call, model)).ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return UpstreamReply.Of(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }

    /// <summary>A count in the caller's form.</summary>
    internal static ReadOnlyMemory<byte> Told(bool toGemini, long tokens)
    {
        var body = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber(toGemini ? "totalTokens"u8 : "input_tokens"u8, tokens);
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }
}
