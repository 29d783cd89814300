using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>
/// OpenAI's and Azure's own endpoints refuse members that the vendors of compatible servers (and LiteLLM) added to messages. What those members
/// say comes from other models and means nothing there.
/// </summary>
public static class StrictOpenAI
{
    /// <summary>Most characters of <c>user</c>; other vendors' clients put whole records there.</summary>
    public const int LongestUser = 64;

    /// <summary>Takes thoughts, seals, cache marks and what is too long out of <paramref name="turn"/>, and names them in <paramref name="dropped"/>.</summary>
    public static void Strip(ChatTurn turn, Dropped dropped)
    {
        if (turn.EndUser is { Length: > LongestUser })
        {
            dropped.Add("user");
            turn.EndUser = null;
        }
        foreach (var message in turn.Messages)
        {
            StripParts(message.Parts, dropped);
        }
        for (var i = 0; i < turn.Tools.Count; i++)
        {
            if (!turn.Tools[i].CacheControl.IsAbsent)
            {
                dropped.Add("cache_control");
                turn.Tools[i] = turn.Tools[i] with { CacheControl = default };
            }
        }
    }

    private static void StripParts(List<ContentPart> parts, Dropped dropped)
    {
        if (parts.RemoveAll(part => part is ThinkingPart) > 0)
        {
            dropped.Add("thinking");
        }
        for (var i = 0; i < parts.Count; i++)
        {
            if (!parts[i].CacheControl.IsAbsent)
            {
                dropped.Add("cache_control");
                parts[i] = parts[i] with { CacheControl = default };
            }
            switch (parts[i])
            {
                case ToolCallPart { Signature: not null } call:
                    dropped.Add("thought_signature");
                    parts[i] = call with { Signature = null };
                    break;
                case ToolResultPart result:
                    StripParts(result.Content, dropped);
                    break;
                default:
                    break;
            }
        }
    }
}
