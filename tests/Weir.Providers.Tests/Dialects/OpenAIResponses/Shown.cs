using System.Text;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.OpenAIResponses;

/// <summary>Neutral values as lines of text: equal when the same is said.</summary>
internal static class Shown
{
    internal static string Of(ChatTurn turn)
    {
        var text = new StringBuilder($"model {turn.Model} stream {turn.Stream} max {turn.MaxTokens} t {turn.Temperature} p {turn.TopP} user {turn.EndUser} tier {turn.ServiceTier} parallel {turn.ParallelToolCalls}\n");
        text.Append($"choice {turn.ToolChoice?.Kind} {turn.ToolChoice?.Name} {string.Join(',', turn.ToolChoice?.Allowed ?? [])}\n");
        text.Append($"format {turn.Format?.Name} {turn.Format?.Strict} {turn.Format?.Schema} reasoning {turn.Reasoning}\n");
        foreach (var tool in turn.Tools)
        {
            text.Append($"tool {tool.Name} {tool.Description} {tool.Parameters} {tool.Strict} free {tool.FreeForm} {tool.Grammar} built-in {tool.BuiltIn}\n");
        }
        foreach (var message in turn.Messages)
        {
            text.Append($"{message.Role}\n").Append(Of(message.Parts));
        }
        foreach (var extra in turn.Extras)
        {
            text.Append($"extra {extra.Dialect} {extra.Name} {extra.Value}\n");
        }
        return text.ToString();
    }

    internal static string Of(ChatResult result) =>
        string.Concat(result.Choices.Select(choice => $"choice {choice.Index} {choice.Stop}\n{Of(choice.Parts)}")) + $"{result.Usage}\n";

    internal static string Of(IEnumerable<ContentPart> parts, string indent = "  ") => string.Concat(parts.Select(part => indent + part switch
    {
        TextPart text => $"text [{text.Text}] cites {text.Citations}",
        ImagePart image => $"image {image.MediaType} {image.Source} {image.Detail}",
        DocumentPart document => $"document {document.MediaType} {document.Source} {document.Name}",
        MediaPart media => $"media {media.MediaType} {media.Source}",
        ToolCallPart call => $"call {call.Id} {call.Name} [{call.Arguments}] free {call.FreeForm} seal {call.Signature}",
        ToolResultPart result => $"result {result.CallId}\n{Of(result.Content, indent + "  ")}",
        ThinkingPart thinking => $"thinking [{thinking.Text}] seal {thinking.Signature} redacted {thinking.Redacted}",
        RefusalPart refusal => $"refusal [{refusal.Text}]",
        OpaquePart opaque => $"opaque {opaque.Kind} {opaque.Value}",
        _ => part.ToString(),
    } + "\n"));
}
