using System.Buffers;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects;

/// <summary>
/// A wire format of chat models, both ways: from bytes to the neutral form and back. Stateless; the readers and writers of streams hold the
/// state of one stream. Knows no addresses, no keys and no users.
/// </summary>
public interface IChatDialect : IDialectGlance
{
    /// <summary>Which.</summary>
    WireFormat Format { get; }

    /// <summary>Reads a request. The bytes are known to be UTF-8 and one JSON object of bounded depth.</summary>
    /// <exception cref="DialectException">A member has the wrong type or a value that means nothing; names the member.</exception>
    ChatTurn ReadRequest(ReadOnlySpan<byte> body);

    /// <summary>Writes a request. Names what can't be said in this dialect in <paramref name="dropped"/>.</summary>
    /// <exception cref="DialectException">Leaving something out would change what is asked (content that this dialect can't hold).</exception>
    void WriteRequest(ChatTurn turn, IBufferWriter<byte> target, Dropped dropped);

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="DialectException">It is not one.</exception>
    ChatResult ReadAnswer(ReadOnlySpan<byte> body);

    /// <summary>Writes a whole answer.</summary>
    void WriteAnswer(ChatResult result, AnswerContext context, IBufferWriter<byte> target);

    /// <summary>A reader for one upstream stream.</summary>
    IDeltaReader NewReader();

    /// <summary>A writer for one client stream.</summary>
    IDeltaWriter NewWriter(AnswerContext context);
}

/// <summary>What a writer of answers needs to know besides the answer.</summary>
/// <param name="Turn">The request, as the client asked (some dialects repeat parts of it).</param>
/// <param name="Id">An id for answers of upstreams that give none: 24 or more letters and digits, without a prefix.</param>
/// <param name="Created">Now, in seconds since 1970.</param>
public sealed record AnswerContext(ChatTurn Turn, string Id, long Created);

/// <summary>Turns the events of one upstream stream into neutral steps.</summary>
public interface IDeltaReader
{
    /// <summary>Adds the steps of one whole event to <paramref name="deltas"/>. Events that say nothing add none; so do unknown ones.</summary>
    /// <param name="name">The event's name (<c>event:</c> field); empty when it has none.</param>
    /// <param name="data">Its data.</param>
    /// <param name="deltas">Receives the steps.</param>
    void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, List<ChatDelta> deltas);

    /// <summary>The stream has come to its orderly end: closes what is open and adds <see cref="DeltaKind.End"/> if it has not come.</summary>
    void Finish(List<ChatDelta> deltas);
}

/// <summary>Writes neutral steps as the events of one client stream. Each step may become no, one or several whole events.</summary>
public interface IDeltaWriter
{
    /// <summary>Writes one step. What is written for <see cref="DeltaKind.End"/> is the dialect's terminal event (with all that belongs right before it).</summary>
    void Write(in ChatDelta delta, IBufferWriter<byte> target);
}

/// <summary>A body that can't be read, or can't be said in the other dialect. The message is for the caller and holds no content.</summary>
public sealed class DialectException(string member, string message) : Exception(message)
{
    /// <summary>The member at fault, as a path (<c>messages[2].content[0].source</c>).</summary>
    public string Member => member;
}
