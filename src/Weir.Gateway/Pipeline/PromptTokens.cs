using Weir.Providers;
using Weir.Providers.Dialects;
using Weir.Providers.Tokens;

namespace Weir.Gateway.Pipeline;

/// <summary>Counts a request's prompt here, where no upstream has told its size.</summary>
internal static class PromptTokens
{
    /// <summary>Tokens of the prompt for <paramref name="model"/>. The rules are OpenAI's, whatever the format.</summary>
    internal static long Count(GatewayCall call, string model) => Count(call.Bytes, call.Operation, call.Format, model);

    /// <summary>The same for a body of which these are known.</summary>
    internal static long Count(ReadOnlyMemory<byte> body, Operation operation, WireFormat format, string model)
    {
        if (operation is not (Operation.Chat or Operation.CountTokens) || format == WireFormat.OpenAIChat)
        {
            return TokenCounter.CountRequest(model, body.Span).Tokens;
        }
        try
        {
            return TokenCounter.CountTurn(model, ChatDialects.Of(format).ReadRequest(body.Span)).Tokens;
        }
        catch (DialectException)
        {
            // It can't be read: no more tokens than bytes, and seldom more than a quarter.
            return body.Length / 4;
        }
    }
}
