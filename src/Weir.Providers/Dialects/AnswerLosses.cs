using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects;

/// <summary>
/// What of a whole answer its client's dialect can't say: named in the answer's head like what the request lost, behind <c>answer.</c>. A
/// stream's head is gone before anybody knows.
/// </summary>
public static class AnswerLosses
{
    /// <summary>Notes what a client of <paramref name="client"/> does not see of <paramref name="result"/>.</summary>
    public static void Note(ChatResult result, WireFormat client, Dropped dropped)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(dropped);
        foreach (var name in result.Untold)
        {
            dropped.Add("answer." + name);
        }
        var single = client is WireFormat.AnthropicMessages or WireFormat.OpenAIResponses or WireFormat.BedrockConverse;
        if (single && result.Choices.Count > 1)
        {
            dropped.Add("answer.choices");
        }
        foreach (var choice in result.Choices)
        {
            foreach (var part in choice.Parts)
            {
                if (NameOf(part, client) is { } name)
                {
                    dropped.Add("answer." + name);
                }
            }
        }
    }

    private static string? NameOf(ContentPart part, WireFormat client) => part switch
    {
        OpaquePart opaque when opaque.Dialect != client => opaque.Kind,
        ImagePart { Source.Base64: null } when client == WireFormat.OpenAIResponses => "images",
        MediaPart when client is WireFormat.OpenAIResponses or WireFormat.AnthropicMessages or WireFormat.BedrockConverse => "audio",
        TextPart { Citations.IsAbsent: false } text when text.CitationsFrom != client && client is WireFormat.AnthropicMessages or WireFormat.BedrockConverse => "citations",
        _ => null,
    };
}
