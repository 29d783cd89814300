using Weir.Providers.Dialects.AnthropicMessages;
using Weir.Providers.Dialects.BedrockConverse;
using Weir.Providers.Dialects.GeminiGenerate;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Dialects.OpenAIResponses;

namespace Weir.Providers.Dialects;

/// <summary>List 2: the dialects of chat models. A new one is a folder and one line here.</summary>
public static class ChatDialects
{
    /// <summary>All of them, in the order of <see cref="WireFormat"/>.</summary>
    public static IReadOnlyList<IChatDialect> All { get; } =
    [
        new OpenAIChatDialect(),
        new OpenAIResponsesDialect(),
        new AnthropicMessagesDialect(),
        new GeminiGenerateDialect(),
        new BedrockConverseDialect(),
    ];

    /// <summary>The dialect of <paramref name="format"/>; null for one that is only passed through.</summary>
    public static IChatDialect? Find(WireFormat format)
    {
        foreach (var dialect in All)
        {
            if (dialect.Format == format)
            {
                return dialect;
            }
        }
        return null;
    }

    /// <summary>The dialect of <paramref name="format"/>.</summary>
    /// <exception cref="InvalidOperationException">It has no line in the list.</exception>
    public static IChatDialect Of(WireFormat format) => Find(format) ?? throw new InvalidOperationException($"The format {format} is not in the list of dialects.");

    /// <summary>What reads answers of <paramref name="format"/> on their way through.</summary>
    public static IDialectGlance GlanceOf(WireFormat format) => Of(format);
}
