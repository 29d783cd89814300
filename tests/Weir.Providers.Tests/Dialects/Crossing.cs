using System.Buffers;
using Weir.Providers.Dialects;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects;

/// <summary>Takes bodies and streams from one dialect to another.</summary>
internal static class Crossing
{
    /// <summary>What every crossing of an answer is told, so that golden texts are stable.</summary>
    internal static AnswerContext Context(bool stream = false) =>
        new(new ChatTurn { Model = "asked-model", Stream = stream, IncludeUsage = stream ? true : null }, "0123456789abcdefghijklmn", 1_750_000_000);

    /// <summary>
    /// The gateway names the upstream's model before it writes a request, and dialects write for the model: here one of each vendor that knows
    /// most. A body that stays in its dialect keeps its own.
    /// </summary>
    internal static ChatTurn Aim(ChatTurn turn, IChatDialect from, IChatDialect to)
    {
        if (from.Format != to.Format)
        {
            turn.Model = ModelOf(to.Format);
        }
        return turn;
    }

    internal static string ModelOf(WireFormat format) => format switch
    {
        WireFormat.AnthropicMessages => "claude-sonnet-4-5",
        WireFormat.GeminiGenerate => "gemini-2.5-pro",
        WireFormat.BedrockConverse => "anthropic.claude-sonnet-4-5-20250929-v1:0",
        _ => "gpt-5.1",
    };

    internal static byte[] WriteRequest(IChatDialect to, ChatTurn turn, Dropped dropped)
    {
        var target = new ArrayBufferWriter<byte>();
        to.WriteRequest(turn, target, dropped);
        return target.WrittenSpan.ToArray();
    }

    internal static byte[] WriteAnswer(IChatDialect to, ChatResult result)
    {
        var target = new ArrayBufferWriter<byte>();
        to.WriteAnswer(result, Context(), target);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>The steps of a whole stream that ends in order.</summary>
    internal static List<ChatDelta> ReadStream(IChatDialect from, IEnumerable<CaseEvent> events)
    {
        var deltas = new List<ChatDelta>();
        var reader = from.NewReader();
        foreach (var one in events)
        {
            reader.Read(one.Name, one.Data, deltas);
        }
        reader.Finish(deltas);
        return deltas;
    }

    internal static byte[] WriteStream(IChatDialect to, IEnumerable<ChatDelta> deltas)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = to.NewWriter(Context(stream: true));
        foreach (var delta in deltas)
        {
            writer.Write(delta, target);
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>As the gateway works: what one event gives is written before the next event is read.</summary>
    internal static byte[] Stream(IChatDialect from, IChatDialect to, IEnumerable<CaseEvent> events)
    {
        var target = new ArrayBufferWriter<byte>();
        var reader = from.NewReader();
        var writer = to.NewWriter(Context(stream: true));
        var deltas = new List<ChatDelta>();
        foreach (var one in events)
        {
            reader.Read(one.Name, one.Data, deltas);
            Flush();
        }
        reader.Finish(deltas);
        Flush();
        return target.WrittenSpan.ToArray();

        void Flush()
        {
            foreach (var delta in deltas)
            {
                writer.Write(delta, target);
            }
            deltas.Clear();
        }
    }
}
