namespace Weir.TestKit.Faults;

/// <summary>Ways to misbehave.</summary>
public enum FaultKind
{
    /// <summary>A proper answer.</summary>
    None,

    /// <summary>An HTTP error with a proper error body.</summary>
    Status,

    /// <summary>Nothing is sent until the gate opens; then a proper answer.</summary>
    HangBeforeHeaders,

    /// <summary>Headers and some chunks (half the body) are sent; the rest waits for the gate.</summary>
    HangAfterChunks,

    /// <summary>The connection ends after some chunks (half the body).</summary>
    Cut,

    /// <summary>200 with a body that is no JSON, or an event that is none.</summary>
    Garbage,

    /// <summary><c>Content-Length</c> promises more bytes than come.</summary>
    LengthTooLong,

    /// <summary><c>Content-Length</c> promises fewer bytes than come.</summary>
    LengthTooShort,

    /// <summary>One byte per tick of the clock.</summary>
    Drip,

    /// <summary>One SSE line that never ends.</summary>
    EndlessLine,

    /// <summary>Small SSE events without end.</summary>
    EventFlood,

    /// <summary>An error event after some chunks, then the end.</summary>
    ErrorEvent,

    /// <summary>A whole stream without its last event: <c>[DONE]</c>, <c>message_stop</c>, <c>response.completed</c>, ...</summary>
    NoDone,

    /// <summary>200 and nothing.</summary>
    EmptyBody,

    /// <summary>307 to another address.</summary>
    Redirect,

    /// <summary>A proper answer under very large headers.</summary>
    HugeHeaders,

    /// <summary>A proper answer, compressed though nobody asked.</summary>
    Gzip,

    /// <summary>The connection is reset before any byte of an answer.</summary>
    Reset,
}
