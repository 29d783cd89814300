using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects.Realtime;

namespace Weir.Gateway.Pipeline.Realtime;

/// <summary>What is judged in an event of the client: that it has one meaning, and that it leads to no other model than the session's.</summary>
/// <param name="asked">The model as the client asked for it.</param>
/// <param name="group">The group that answers.</param>
/// <param name="upstream">The upstream's own name of the model.</param>
internal sealed class ClientEvents(string asked, string group, string upstream)
{
    private static readonly EventMember[] Models = [EventMember.SessionModel, EventMember.ResponseModel];

    private readonly byte[] _upstream = Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.Default.Encode(upstream)}\"");

    /// <summary>Why an event can't be passed on; null when nothing of it so far says so.</summary>
    internal static GatewayError? Flawed(EventScanner scanner) => scanner.Flaw switch
    {
        EventFlaw.NotJson => new GatewayError(ErrorKind.InvalidJson, "The event is not a valid JSON object."),
        EventFlaw.TooDeep => new GatewayError(ErrorKind.InvalidJson, $"The event is nested deeper than {EventScanner.MaxDepth} levels."),
        EventFlaw.DuplicateMember => new GatewayError(ErrorKind.DuplicateMember, $"'{scanner.FlawMember}' occurs twice in the event.") { Param = scanner.FlawMember },
        EventFlaw.MiscasedMember => new GatewayError(ErrorKind.DuplicateMember, $"'{scanner.FlawMember}' is spelled in another case than the API's; send it in lower case.") { Param = scanner.FlawMember },
        _ => null,
    };

    /// <summary>Judges the models that a whole event names.</summary>
    /// <param name="scanner">Has read it.</param>
    /// <param name="rename">Where a name stands that the upstream knows otherwise; null when none does.</param>
    internal GatewayError? Judge(EventScanner scanner, out (int Start, int Length)? rename)
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
    internal byte[] Renamed(ReadOnlySpan<byte> message, (int Start, int Length) place) =>
        [.. message[..place.Start], .. _upstream, .. message[(place.Start + place.Length)..]];
}
