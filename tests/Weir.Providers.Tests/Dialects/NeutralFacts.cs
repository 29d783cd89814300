using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>
/// A conversation or an answer as lines that two dialects agree on when they say the same: texts of one speaker run together, what the model
/// made stands in the order thoughts, words, calls, and what a dialect can't say is left out.
/// </summary>
internal static class NeutralFacts
{
    internal static string Of(ChatTurn turn, Expresses limits)
    {
        var lines = new List<string>();
        var speaker = "";
        foreach (var message in turn.Messages)
        {
            foreach (var part in message.Parts.OrderBy(part => message.Role == ChatRole.Assistant ? Rank(part) : part is ToolResultPart ? 0 : 1))
            {
                var who = part is ToolResultPart ? "tool" : message.Role == ChatRole.Developer ? "System" : message.Role.ToString();
                Add(lines, part, who, limits, ref speaker);
            }
        }
        Wishes(lines, turn, limits);
        foreach (var tool in turn.Tools)
        {
            lines.Add($"tool {tool.Name}: {tool.Description} {Schema(tool.Parameters)}" + (limits.Strict ? $" strict={tool.Strict == true}" : ""));
        }
        return string.Join('\n', lines);
    }

    internal static string Of(ChatResult result, Expresses limits)
    {
        var lines = new List<string>();
        foreach (var choice in result.Choices.OrderBy(choice => choice.Index))
        {
            var speaker = "";
            foreach (var part in choice.Parts.OrderBy(Rank))
            {
                Add(lines, part, $"choice {choice.Index}", limits, ref speaker);
            }
            var stop = choice.Stop == StopReason.None ? StopReason.EndTurn : limits.StopReasons(choice.Stop);
            lines.Add($"stop {choice.Index} {stop}");
        }
        var usage = result.Usage;
        lines.Add($"usage {usage.Prompt} {usage.Completion} cached {usage.CachedPrompt}" + (limits.CacheWrite ? $" write {usage.CacheWrite}" : "") + (limits.ReasoningUsage ? $" reasoning {usage.Reasoning}" : ""));
        return string.Join('\n', lines);
    }

    private static int Rank(ContentPart part) => part switch
    {
        ThinkingPart => 0,
        TextPart => 1,
        RefusalPart => 2,
        ToolCallPart => 4,
        _ => 3,
    };

    private static void Add(List<string> lines, ContentPart part, string who, Expresses limits, ref string speaker)
    {
        if (part is TextPart or RefusalPart)
        {
            var head = $"{who} {(part is TextPart ? "says" : "refuses")}: ";
            var text = Plain(part is TextPart said ? said.Text : ((RefusalPart)part).Text);
            if (speaker == head)
            {
                lines[^1] += text;
            }
            else
            {
                lines.Add(head + text);
                speaker = head;
            }
        }
        else if (Line(part, who, limits) is { } line)
        {
            lines.Add(line);
            speaker = "";
        }
        if (limits.CacheControl && !part.CacheControl.IsAbsent)
        {
            lines.Add("cached up to here: " + part.CacheControl);
            speaker = "";
        }
    }

    private static string? Line(ContentPart part, string who, Expresses limits)
    {
        switch (part)
        {
            case ThinkingPart thinking:
                return !limits.Thinking || (thinking.Redacted && !limits.RedactedThinking) ? null
                    : $"{who} thinks: {Plain(thinking.Text)}" + (limits.ThinkingSignature ? $" sealed {thinking.Signature} {thinking.Redacted}" : "");
            case ToolCallPart call:
                return $"{who} calls {call.Name} {Json(call.Arguments)}" + (limits.CallIds ? $" as {call.Id}" : "") + (limits.CallSignature ? $" sealed {call.Signature}" : "");
            case ToolResultPart result:
                var text = new StringBuilder($"{who} answers" + (limits.CallIds ? $" {result.CallId}" : "") + (limits.ToolError ? $" error={result.IsError}" : "") + ": ");
                foreach (var one in result.Content)
                {
                    text.Append(one is TextPart said ? Plain(said.Text) : one is ImagePart image ? "[" + Media(image.MediaType, image.Source) + "]" : one.GetType().Name);
                }
                return text.ToString();
            case ImagePart image:
                return $"{who} shows {Media(image.MediaType, image.Source)}";
            case DocumentPart document:
                return $"{who} hands over {Media(document.MediaType, document.Source)}";
            case MediaPart media:
                return $"{who} plays {Media(media.MediaType, media.Source)}";
            default:
                return $"{who}: {part.GetType().Name}";
        }
    }

    private static void Wishes(List<string> lines, ChatTurn turn, Expresses limits)
    {
        Wish(lines, true, "max_tokens", turn.MaxTokens);
        Wish(lines, true, "temperature", turn.Temperature);
        Wish(lines, true, "top_p", turn.TopP);
        Wish(lines, limits.TopK, "top_k", turn.TopK);
        Wish(lines, limits.Penalties, "presence", turn.PresencePenalty);
        Wish(lines, limits.Penalties, "frequency", turn.FrequencyPenalty);
        Wish(lines, limits.Seed, "seed", turn.Seed);
        Wish(lines, limits.EndUser, "user", turn.EndUser);
        Wish(lines, limits.ParallelToolCalls, "parallel", turn.ParallelToolCalls);
        Wish(lines, limits.Stop && turn.Stop.Count > 0, "stop", string.Join(',', turn.Stop));
        Wish(lines, limits.Effort, "effort", turn.Reasoning?.Effort);
        Wish(lines, true, "choice", turn.ToolChoice is { } choice ? choice.Kind + choice.Name : null);
        if (turn.Format is { } format && (format.Schema.IsAbsent ? limits.JsonObject : limits.JsonSchema))
        {
            lines.Add("format: " + (format.Schema.IsAbsent ? "json" : Json(format.Schema.ToString())));
        }
    }

    private static void Wish(List<string> lines, bool can, string name, IConvertible? value)
    {
        if (can && value is not null)
        {
            lines.Add($"{name}: {value.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Kinds of media are told by the bytes, for an address does not tell them in every dialect.</summary>
    private static string Media(string? type, MediaSource source) => source.Url ?? source.FileId ?? $"{type} {source.Base64}";

    /// <summary>Without white space: dialects put parts together with and without a line between.</summary>
    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    /// <summary>No arguments are said in several ways.</summary>
    private static string Schema(RawJson schema) => schema.IsAbsent || Json(schema.ToString()) is "{\"type\":\"object\",\"properties\":{}}" or "{\"type\":\"object\"}" ? "{}" : Json(schema.ToString());

    private static string Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
