namespace Weir.Providers.Streaming;

/// <summary>The framings of streams that upstreams use. Whatever they are, what comes out is server-sent events.</summary>
public static class EventSource
{
    private const string ServerSentEvents = "text/event-stream";
    private const string AmazonEvents = "application/vnd.amazon.eventstream";

    /// <summary>Whether a body of this media type is a stream of events; one without a type is taken for one.</summary>
    public static bool IsStream(string? mediaType) =>
        mediaType is null || mediaType.Equals(ServerSentEvents, StringComparison.OrdinalIgnoreCase) || mediaType.Equals(AmazonEvents, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens <paramref name="source"/>, whose type is <paramref name="mediaType"/>, as server-sent events.</summary>
    public static Stream Open(Stream source, string? mediaType, StreamCaps caps)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(caps);
        return AmazonEvents.Equals(mediaType, StringComparison.OrdinalIgnoreCase) ? new EventStreamToSse(source, caps.EventBytes) : source;
    }
}
