using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Dialects;

/// <summary>List 2: every wire format of chats, one line each.</summary>
public static class ChatDialects
{
    private static readonly IChatDialect[] All =
    [
    ];

    /// <summary>The translator of <paramref name="format"/>.</summary>
    public static IChatDialect Of(WireFormat format) => Find(format) ?? throw new InvalidOperationException($"The format {format} is not in the list of dialects.");

    /// <summary>The translator of <paramref name="format"/>, or null.</summary>
    public static IChatDialect? Find(WireFormat format) => Array.Find(All, dialect => dialect.Format == format);

    /// <summary>What reads answers of <paramref name="format"/> on their way through.</summary>
    public static IDialectGlance GlanceOf(WireFormat format) => format == WireFormat.OpenAIChat ? OpenAIChatGlance.Instance : Of(format);
}
