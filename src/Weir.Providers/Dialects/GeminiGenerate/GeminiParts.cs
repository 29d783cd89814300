using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>From Gemini's parts to neutral ones.</summary>
internal static class GeminiParts
{
    /// <summary>
    /// Adds what <paramref name="part"/> says. A signature on plain text seals thoughts that were not told: it becomes a thinking part without text behind
    /// the text, where the stream has it too; the writer puts it back on the text.
    /// </summary>
    public static void Add(List<ContentPart> parts, in GeminiPart part, GeminiCallIds ids)
    {
        switch (part.Kind)
        {
            case GeminiPartKind.Text when part.Thought:
                var thinking = Thinking(part.Text ?? "", part.Signature);
                if (thinking is { Text: "", Signature: not null, Redacted: false } && parts.Count > 0 && parts[^1] is ThinkingPart { Signature: null, Redacted: false } thought)
                {
                    // In streams a seal comes behind its thoughts.
                    parts[^1] = thought with { Signature = thinking.Signature };
                    return;
                }

                parts.Add(thinking);
                return;
            case GeminiPartKind.Text:
                if (part.Text is { Length: > 0 } || part.Signature is null)
                {
                    parts.Add(new TextPart(part.Text ?? ""));
                }

                break;
            case GeminiPartKind.Media when part.Media is not null:
                parts.Add(part.Media);
                break;
            case GeminiPartKind.FunctionCall:
                parts.Add(new ToolCallPart(ids.Call(part.CallId, part.Name), part.Name, part.Arguments) { Signature = part.Signature is null ? null : GeminiSeal.Unwrap(part.Signature, out _) });
                return;
            case GeminiPartKind.FunctionResponse:
                parts.Add(new ToolResultPart(ids.Result(part.CallId, part.Name), part.Result ?? []) { Name = part.Name, IsError = part.IsError });
                break;
            case GeminiPartKind.Other:
                parts.Add(new OpaquePart(WireFormat.GeminiGenerate, part.OtherKind, part.Whole));
                return;
            default:
                break;
        }

        if (part.Signature is not null)
        {
            parts.Add(Thinking("", part.Signature));
        }
    }

    private static ThinkingPart Thinking(string text, string? signature)
    {
        var redacted = false;
        return new(text) { Signature = signature is null ? null : GeminiSeal.Unwrap(signature, out redacted), Redacted = redacted };
    }
}
