using System.Buffers;
using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline;

/// <summary>Counts a request's prompt here, where no upstream has told its size.</summary>
internal static class PromptTokens
{
    /// <summary>Tokens of the prompt for <paramref name="model"/>. The rules are OpenAI's: a prompt in another format is said in theirs first.</summary>
    internal static long Count(GatewayCall call, string model)
    {
        var body = call.Bytes;
        if (call.Operation is not (Operation.Chat or Operation.CountTokens) || call.Format == WireFormat.OpenAIChat)
        {
            return TokenCounter.CountRequest(model, body.Span).Tokens;
        }
        try
        {
            var said = new ArrayBufferWriter<byte>(body.Length + 256);
            var turn = ChatDialects.Of(call.Format).ReadRequest(body.Span);
            ChatDialects.Of(WireFormat.OpenAIChat).WriteRequest(turn, said, new Dropped());
            return TokenCounter.CountRequest(model, said.WrittenSpan).Tokens;
        }
        catch (DialectException)
        {
            // It holds something that can't be said otherwise: no more tokens than bytes, and seldom more than a quarter.
            return body.Length / 4;
        }
    }
}
