using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline;

/// <summary>Counts a request's prompt here, where no upstream has told its size.</summary>
internal static class PromptTokens
{
    /// <summary>Tokens of the prompt for <paramref name="model"/>. The rules are OpenAI's, whatever the format.</summary>
    internal static long Count(GatewayCall call, string model)
    {
        var body = call.Bytes;
        if (call.Operation is not (Operation.Chat or Operation.CountTokens) || call.Format == WireFormat.OpenAIChat)
        {
            return TokenCounter.CountRequest(model, body.Span).Tokens;
        }
        try
        {
            return TokenCounter.CountTurn(model, ChatDialects.Of(call.Format).ReadRequest(body.Span)).Tokens;
        }
        catch (DialectException)
        {
            // It can't be read: no more tokens than bytes, and seldom more than a quarter.
            return body.Length / 4;
        }
    }
}
