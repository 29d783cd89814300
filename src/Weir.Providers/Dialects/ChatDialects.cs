using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Dialects;

/// <summary>The list of dialects of chat models. A new one is a folder and one line here.</summary>
public static class ChatDialects
{
    /// <summary>All of them, in the order of <see cref="WireFormat"/>.</summary>
    public static IReadOnlyList<IChatDialect> All { get; } =
    [
        new OpenAIChatDialect(),
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
}
