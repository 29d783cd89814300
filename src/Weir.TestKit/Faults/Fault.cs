namespace Weir.TestKit.Faults;

/// <summary>One way to misbehave. Made by the static members; refined with <c>with</c>.</summary>
public sealed record Fault
{
    private Fault(FaultKind kind) => Kind = kind;

    /// <summary>What happens.</summary>
    public FaultKind Kind { get; }

    /// <summary>HTTP status of <see cref="FaultKind.Status"/>.</summary>
    public int Status { get; init; }

    /// <summary><c>error.message</c>; null = the vendor's words for the status.</summary>
    public string? Message { get; init; }

    /// <summary><c>error.code</c>; null = the vendor's code for the status, empty = none.</summary>
    public string? Code { get; init; }

    /// <summary><c>error.type</c>; null = the vendor's type for the status.</summary>
    public string? Type { get; init; }

    /// <summary><c>error.param</c>.</summary>
    public string? Param { get; init; }

    /// <summary>Text of the <c>Retry-After</c> header; null = none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Value of the <c>retry-after-ms</c> header; null = none.</summary>
    public int? RetryAfterMs { get; init; }

    /// <summary>The error text repeats the credential headers and the body of the request.</summary>
    public bool Echo { get; init; }

    /// <summary>Chunks that are still sent properly.</summary>
    public int Chunks { get; init; }

    /// <summary>The connection ends with a reset instead of an orderly close.</summary>
    public bool ByReset { get; init; }

    /// <summary>Where a hanging answer waits. Never opened = it hangs until the client goes away.</summary>
    public Gate Gate { get; init; } = new();

    /// <summary>Time between two bytes of a dripping answer, on the server's clock.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Target of a redirect.</summary>
    public string? Location { get; init; }

    /// <summary>Size of what has no natural size: huge headers, an endless line, a flood.</summary>
    public long Bytes { get; init; }

    /// <summary>No fault: a proper answer. Useful inside a queue.</summary>
    public static Fault None { get; } = new(FaultKind.None);

    /// <summary>An HTTP error in the vendor's words: 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, ...</summary>
    public static Fault Http(int status) => new(FaultKind.Status) { Status = status };

    /// <summary>429, optionally with <c>Retry-After</c> and <c>retry-after-ms</c>.</summary>
    public static Fault RateLimited(string? retryAfter = null, int? retryAfterMs = null) =>
        new(FaultKind.Status) { Status = 429, RetryAfter = retryAfter, RetryAfterMs = retryAfterMs };

    /// <summary>400 with <c>context_length_exceeded</c>.</summary>
    public static Fault ContextLengthExceeded { get; } = new(FaultKind.Status) { Status = 400, Code = "context_length_exceeded" };

    /// <summary>400 with <c>content_filter</c> (Azure: with its <c>innererror</c>; OpenAI: <c>content_policy_violation</c>).</summary>
    public static Fault ContentFilter { get; } = new(FaultKind.Status) { Status = 400, Code = "content_filter" };

    /// <summary>No byte of an answer until the gate opens.</summary>
    public static Fault Hang(Gate? gate = null) => new(FaultKind.HangBeforeHeaders) { Gate = gate ?? new Gate() };

    /// <summary>Some chunks (unstreamed: half the body), then nothing until the gate opens.</summary>
    public static Fault HangAfter(int chunks, Gate? gate = null) =>
        new(FaultKind.HangAfterChunks) { Chunks = chunks, Gate = gate ?? new Gate() };

    /// <summary>Some chunks (unstreamed: half the body), then the connection closes.</summary>
    public static Fault CutAfter(int chunks) => new(FaultKind.Cut) { Chunks = chunks };

    /// <summary>The connection is reset before any byte of an answer.</summary>
    public static Fault Reset { get; } = new(FaultKind.Reset);

    /// <summary>200 with what is no JSON.</summary>
    public static Fault Garbage { get; } = new(FaultKind.Garbage);

    /// <summary><c>Content-Length</c> promises more than comes.</summary>
    public static Fault LengthTooLong { get; } = new(FaultKind.LengthTooLong);

    /// <summary><c>Content-Length</c> promises less than comes.</summary>
    public static Fault LengthTooShort { get; } = new(FaultKind.LengthTooShort);

    /// <summary>One byte per tick.</summary>
    public static Fault Drip(TimeSpan tick) => new(FaultKind.Drip) { Tick = tick };

    /// <summary>One line without end (at most <paramref name="bytes"/>, then the connection closes).</summary>
    public static Fault EndlessLine(long bytes = 1L << 30) => new(FaultKind.EndlessLine) { Bytes = bytes };

    /// <summary>Events without end (at most <paramref name="bytes"/>, then the connection closes).</summary>
    public static Fault EventFlood(long bytes = 1L << 30) => new(FaultKind.EventFlood) { Bytes = bytes };

    /// <summary>An error event after some chunks (unstreamed: a 500).</summary>
    public static Fault ErrorEvent(int afterChunks) => new(FaultKind.ErrorEvent) { Chunks = afterChunks, Status = 500 };

    /// <summary>A whole stream without its last event: <c>[DONE]</c>, <c>message_stop</c>, <c>response.completed</c>, ...</summary>
    public static Fault NoDone { get; } = new(FaultKind.NoDone);

    /// <summary>200 without a body.</summary>
    public static Fault EmptyBody { get; } = new(FaultKind.EmptyBody);

    /// <summary>307 to <paramref name="location"/>.</summary>
    public static Fault Redirect(string location) => new(FaultKind.Redirect) { Location = location };

    /// <summary>A proper answer under headers of about <paramref name="bytes"/>.</summary>
    public static Fault HugeHeaders(int bytes = 128 << 10) => new(FaultKind.HugeHeaders) { Bytes = bytes };

    /// <summary>A proper answer, compressed.</summary>
    public static Fault Gzip { get; } = new(FaultKind.Gzip);
}
