using System.Globalization;
using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.AnthropicMessages;

/// <summary>Neutral requests and answers as text, for comparison.</summary>
internal static class NeutralText
{
    internal static string Of(ChatTurn turn)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{turn.Model} stream={turn.Stream} max={turn.MaxTokens} t={turn.Temperature} p={turn.TopP} k={turn.TopK} user={turn.EndUser} tier={turn.ServiceTier}");
        text.AppendLine(CultureInfo.InvariantCulture, $"stop={string.Join('|', turn.Stop)} choice={turn.ToolChoice?.Kind} {turn.ToolChoice?.Name} parallel={turn.ParallelToolCalls} {turn.Reasoning} format={turn.Format?.Schema}");
        foreach (var tool in turn.Tools)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"tool {tool.Name} {tool.Description} {tool.Parameters} {tool.Strict} {tool.CacheControl} {tool.BuiltIn}");
        }
        foreach (var extra in turn.Extras)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"extra {extra.Name} {extra.Value}");
        }
        foreach (var message in turn.Messages)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{message.Role}:");
            Add(text, message.Parts, "  ");
        }
        return text.ToString();
    }

    internal static string Of(ChatResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Id} {result.Model} {result.ServiceTier} {result.Usage}");
        foreach (var choice in result.Choices)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{choice.Index} {choice.Stop} {choice.StopSequence}");
            Add(text, choice.Parts, "  ");
        }
        return text.ToString();
    }

    private static void Add(StringBuilder text, List<ContentPart> parts, string indent)
    {
        foreach (var part in parts)
        {
            text.Append(indent).AppendLine(part switch
            {
                TextPart p => $"text {p.Text} {p.Citations} {p.CacheControl}",
                ToolResultPart p => $"result {p.CallId} {p.Name} error={p.IsError} {p.CacheControl}",
                ToolCallPart p => $"call {p.Id} {p.Name} {p.Arguments} {p.CacheControl}",
                ThinkingPart p => $"thinking {p.Text} {p.Signature} {p.Redacted}",
                ImagePart p => $"image {p.MediaType} {p.Source} {p.CacheControl}",
                DocumentPart p => $"document {p.MediaType} {p.Source} {p.Name} {p.Context} {p.Citations} {p.CacheControl}",
                OpaquePart p => $"opaque {p.Dialect} {p.Kind} {p.Value}",
                _ => part.ToString(),
            });
            if (part is ToolResultPart result)
            {
                Add(text, result.Content, indent + "  ");
            }
        }
    }
}
