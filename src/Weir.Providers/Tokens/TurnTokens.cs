using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tokens;

/// <summary>Counts what the model will read of a request in the neutral form, by the same rules as <see cref="RequestTokens"/>.</summary>
internal static class TurnTokens
{
    private const int PerMessage = 3;
    private const int Priming = 3;
    private const int PerTool = 9;
    private const int Image = 250;

    // A page of a PDF is read as text and as a picture; how many it has is not known from its bytes.
    private const int Document = 1500;

    internal static void Count(ChatTurn turn, ref TokenCounter.Counting counting)
    {
        if (turn.Messages.Count > 0)
        {
            counting.AddFixed(Priming);
        }
        foreach (var message in turn.Messages)
        {
            counting.AddFixed(PerMessage);
            counting.Add(message.Name);
            Parts(message.Parts, ref counting);
        }
        foreach (var tool in turn.Tools)
        {
            counting.AddEstimate(PerTool);
            counting.Add(tool.Name);
            counting.Add(tool.Description);
            counting.Add(tool.Parameters.IsAbsent ? "" : tool.Parameters.ToString());
        }
        if (turn.Format is { Schema.IsAbsent: false } format)
        {
            counting.Add(format.Schema.ToString());
        }
    }

    private static void Parts(List<ContentPart> parts, ref TokenCounter.Counting counting)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextPart text:
                    counting.Add(text.Text);
                    break;
                case RefusalPart refusal:
                    counting.Add(refusal.Text);
                    break;
                case ThinkingPart thinking:
                    // Thoughts of earlier turns are told, and most vendors leave them out of the prompt.
                    counting.Add(thinking.Text);
                    break;
                case ToolCallPart call:
                    counting.Add(call.Name);
                    counting.Add(call.Arguments);
                    break;
                case ToolResultPart result:
                    Parts(result.Content, ref counting);
                    break;
                case ImagePart:
                    counting.AddEstimate(Image);
                    break;
                case DocumentPart { MediaType: "text/plain", Source.Base64: { } base64 }:
                    TextDocument(base64, ref counting);
                    break;
                case OpaquePart opaque:
                    counting.Add(opaque.Value.ToString());
                    break;
                default:
                    counting.AddEstimate(Document);
                    break;
            }
        }
    }

    private static void TextDocument(string base64, ref TokenCounter.Counting counting)
    {
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        if (Convert.TryFromBase64String(base64, bytes, out var length))
        {
            counting.Add(Encoding.UTF8.GetString(bytes, 0, length));
        }
        else
        {
            counting.AddEstimate(base64.Length / 4);
        }
    }
}
