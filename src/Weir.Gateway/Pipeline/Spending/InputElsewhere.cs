using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>
/// Whether a request refers to input that it does not carry: an image by its address, a file by its id, an earlier response. Its bytes then say
/// nothing about how many tokens the upstream reads.
/// </summary>
internal static class InputElsewhere
{
    internal static bool IsIn(GatewayCall call)
    {
        if (call.Operation is not (Operation.Chat or Operation.Completion))
        {
            return false;
        }
        var view = call.View;
        if (view.Has(RequestMember.PreviousResponseId) || view.Has(RequestMember.Conversation) || (call.Format == WireFormat.OpenAIResponses && view.Has(RequestMember.Prompt)))
        {
            return true;
        }
        var body = call.Bytes.Span;
        return body.IndexOf("file_id\""u8) >= 0 || body.IndexOf("fileUri\""u8) >= 0 || body.IndexOf("file_uri\""u8) >= 0 || body.IndexOf("cachedContent\""u8) >= 0
            || body.IndexOf("s3Location\""u8) >= 0 || HasAddress(body);
    }

    /// <summary>A member whose name ends in <c>url</c> and whose value is not the data itself.</summary>
    private static bool HasAddress(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf("url\""u8) is >= 0 and var at)
        {
            body = body[(at + 4)..].TrimStart(" \t\r\n"u8);
            if (body.IsEmpty || body[0] != (byte)':')
            {
                continue;
            }
            var value = body[1..].TrimStart(" \t\r\n"u8);
            if (value.StartsWith("\""u8) && !value.StartsWith("\"data:"u8))
            {
                return true;
            }
        }
        return false;
    }
}
