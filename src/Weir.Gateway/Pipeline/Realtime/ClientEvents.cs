using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects.Realtime;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>What is judged in an event of the client: that it has one meaning, and that it leads to no other model than the session's.</summary>
/// <param name="asked">The model as the client asked for it.</param>
/// <param name="group">The group that answers.</param>
/// <param name="upstream">The upstream's own name of the model.</param>
internal sealed class ClientEvents(string asked, string group, string upstream)
{
    /// <summary>So much of an event is held until it is judged; of a longer one the last piece is.</summary>
    internal const int MostHeld = 256 << 10;

    private static readonly EventMember[] Models = [EventMember.SessionModel, EventMember.ResponseModel];

    private readonly byte[] _upstream = Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.Default.Encode(upstream)}\"");

    /// <summary>Why an event can't be passed on; null when nothing of it so far says so.</summary>
    private static GatewayError? Flawed(EventScanner scanner) => scanner.Flaw switch
    {
        EventFlaw.NotJson => new GatewayError(ErrorKind.InvalidJson, "The event is not a valid JSON object."),
        EventFlaw.TooDeep => new GatewayError(ErrorKind.InvalidJson, $"The event is nested deeper than {EventScanner.MaxDepth} levels."),
        EventFlaw.DuplicateMember => new GatewayError(ErrorKind.DuplicateMember, $"'{scanner.FlawMember}' occurs twice in the event.") { Param = scanner.FlawMember },
        EventFlaw.MiscasedMember => new GatewayError(ErrorKind.DuplicateMember, $"'{scanner.FlawMember}' is spelled in another case than the API's; send it in lower case.") { Param = scanner.FlawMember },
        _ => null,
    };

    /// <summary>
    /// Judges what has come of a message: why it can't be passed on, or what is passed on instead; neither when nothing is wrong with it so far.
    /// </summary>
    /// <param name="scanner">Has read it.</param>
    /// <param name="held">What of it has not been passed on.</param>
    /// <param name="piece">Its last piece.</param>
    /// <param name="passedOn">Whether its beginning has left.</param>
    internal (GatewayError? Refusal, ReadOnlyMemory<byte>? Patched) Judge(EventScanner scanner, ReadOnlySpan<byte> held, ValueWebSocketReceiveResult piece, bool passedOn)
    {
        if (piece.EndOfMessage)
        {
            scanner.Finish();
        }
        if (Flawed(scanner) is { } flaw)
        {
            // Bytes that are no event are sound, to upstreams that take it so.
            return piece.MessageType == WebSocketMessageType.Binary && scanner.Flaw == EventFlaw.NotJson ? default : (flaw, null);
        }
        if (!piece.EndOfMessage)
        {
            return default;
        }
        var refusal = JudgeModels(scanner, out var rename);
        return refusal is not null ? (refusal, null)
            : rename is not { } place ? default
            : passedOn ? (new GatewayError(ErrorKind.BodyTooLarge, $"An event longer than {MostHeld >> 10} kB can't name its model; leave it out.") { Param = "session.model" }, null)
            : (null, Renamed(held, place));
    }

    /// <summary>Judges the models that a whole event names.</summary>
    /// <param name="scanner">Has read it.</param>
    /// <param name="rename">Where a name stands that the upstream knows otherwise; null when none does.</param>
    private GatewayError? JudgeModels(EventScanner scanner, out (int Start, int Length)? rename)
    {
        rename = null;
        foreach (var member in Models)
        {
            var (start, length) = scanner.Place(member);
            if (length == 0 || scanner.Value(member).SequenceEqual("null"u8))
            {
                continue;
            }
            var named = scanner.Text(member);
            if (named == upstream)
            {
                continue;
            }
            if (named != asked && named != group)
            {
                var place = member == EventMember.SessionModel ? "session.model" : "response.model";
                return new GatewayError(ErrorKind.InvalidMember, $"'{place}' names another model than the one that the session was opened with. Open another session for it.") { Param = place };
            }
            if (rename is not null)
            {
                return new GatewayError(ErrorKind.InvalidMember, "The event names its model in two places; the session's own is used without being named.") { Param = "response.model" };
            }
            rename = ((int)start, (int)length);
        }
        return null;
    }

    /// <summary>The event with the upstream's name of the model.</summary>
    private byte[] Renamed(ReadOnlySpan<byte> message, (int Start, int Length) place) =>
        [.. message[..place.Start], .. _upstream, .. message[(place.Start + place.Length)..]];
}
