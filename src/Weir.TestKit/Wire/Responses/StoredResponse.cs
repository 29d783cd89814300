using System.Text.Json;

namespace Weir.TestKit.Wire.Responses;

/// <summary>A response that the server keeps.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Whole">Its JSON when all is said.</param>
/// <param name="Queued">Its JSON before that, when it runs in the background; else null.</param>
/// <param name="Cancelled">Its JSON when it was cancelled while queued.</param>
/// <param name="Input">The items of its own input, each with an id.</param>
/// <param name="Conversation">All items so far, those of its output included: what a next response goes on from.</param>
internal sealed record StoredResponse(
    string Id, byte[] Whole, byte[]? Queued, byte[] Cancelled, IReadOnlyList<JsonElement> Input, IReadOnlyList<JsonElement> Conversation)
{
    private readonly Lock _lock = new();
    private byte[] _current = Queued ?? Whole;

    /// <summary>Looks at it; what was queued is finished by the time of the second look.</summary>
    public byte[] Look()
    {
        lock (_lock)
        {
            var seen = _current;
            _current = seen == Queued ? Whole : seen;
            return seen;
        }
    }

    /// <summary>Stops it, or leaves it as it is when it has ended; null when it never ran in the background.</summary>
    public byte[]? Cancel()
    {
        lock (_lock)
        {
            if (Queued is null)
            {
                return null;
            }

            return _current = _current == Queued ? Cancelled : _current;
        }
    }
}
