using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.GeminiGenerate;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.GeminiGenerate;

/// <summary>Short ways to the dialect for its tests.</summary>
internal static class Gemini
{
    internal static readonly GeminiGenerateDialect Dialect = new();

    internal static ChatTurn Read(string body) => Dialect.ReadRequest(Encoding.UTF8.GetBytes(body));

    /// <summary>The request as written, and what was dropped.</summary>
    internal static (string Body, IReadOnlyList<string> Dropped) Write(ChatTurn turn)
    {
        var dropped = new Dropped();
        var target = new ArrayBufferWriter<byte>();
        Dialect.WriteRequest(turn, target, dropped);
        using var valid = JsonDocument.Parse(target.WrittenMemory);
        return (Encoding.UTF8.GetString(target.WrittenSpan), dropped.Names);
    }

    /// <summary>A turn with one question.</summary>
    internal static ChatTurn Ask(string model = "gemini-2.5-flash")
    {
        var turn = new ChatTurn { Model = model };
        turn.Messages.Add(new(ChatRole.User, [new TextPart("Hello")]));
        return turn;
    }

    internal static RawJson Json(string text) => RawJson.Of(Encoding.UTF8.GetBytes(text));
}
