using System.Buffers;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.TextCompletion;
using Weir.Providers.Neutral;

namespace Weir.Gateway.Pipeline;

/// <summary>A text completion that was asked as a chat. The chat itself may have crossed into another format: <paramref name="chat"/>.</summary>
internal sealed class TextCrossing(ICrossing? chat) : ICrossing
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Translate(ReadOnlySpan<byte> answer, out string problem)
    {
        problem = "";
        var said = answer;
        if (chat is not null)
        {
            if (chat.Translate(answer, out problem) is not { } crossed)
            {
                return null;
            }
            said = crossed.Span;
        }
        var text = new ArrayBufferWriter<byte>(said.Length + 64);
        ChatAsText.Translate(said, text);
        return text.WrittenMemory;
    }

    /// <inheritdoc/>
    public IStreamTranslation Stream() => new TextStream(chat?.Stream());

    private sealed class TextStream(IStreamTranslation? chat) : IStreamTranslation
    {
        private readonly ArrayBufferWriter<byte> _target = new(1024);

        public ReadOnlyMemory<byte> Translate(ReadOnlySpan<byte> events) => AsText(chat is null ? events : chat.Translate(events).Span);

        public ReadOnlyMemory<byte> Finish(ReadOnlySpan<byte> terminal, TokenUsage settled) =>
            AsText(chat is null ? terminal : chat.Finish(terminal, settled).Span);

        private ReadOnlyMemory<byte> AsText(ReadOnlySpan<byte> events)
        {
            _target.ResetWrittenCount();
            ChatAsText.TranslateEvents(events, _target);
            return _target.WrittenMemory;
        }
    }
}
