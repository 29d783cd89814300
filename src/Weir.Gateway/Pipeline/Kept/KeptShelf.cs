using Microsoft.Extensions.Logging;
using Weir.Gateway.Ledger;
using Weir.Providers;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>
/// Keeps the index of files and batches up to date with what upstreams say. An index that can't be written makes a list too short and fails no
/// call: the thing is there, and its owner has its id.
/// </summary>
internal sealed partial class KeptShelf(IKeptIndex index, ILogger<KeptShelf> logger)
{
    /// <summary>The index, for lists.</summary>
    internal IKeptIndex Index => index;

    /// <summary>An upstream has answered; <paramref name="told"/> is what the owner is told.</summary>
    internal async ValueTask NoteAsync(GatewayCall call, KeptRoute route, ReadOnlyMemory<byte> told)
    {
        var about = told;
        if (route is { Kind: KeptKind.Upload, Verb: KeptVerb.Complete })
        {
            // What has become of the parts is a file like one that came whole.
            about = KeptFacts.FileIn(told);
            route = new KeptRoute(KeptKind.File, KeptVerb.Create);
        }
        if (route.Kind is not (KeptKind.File or KeptKind.Batch) || about.IsEmpty)
        {
            return;
        }
        var owner = call.Caller?.Owner ?? "";
        try
        {
            if (route.Verb == KeptVerb.Delete)
            {
                await index.RemoveAsync(owner, route.Kind, call.Kept?.Id ?? "", CancellationToken.None);
            }
            else if (KeptFacts.Read(about.Span).Id is { } id)
            {
                await index.PutAsync(new KeptThing(owner, route.Kind, id) { Body = about }, CancellationToken.None);
            }
        }
        catch (Exception error)
        {
            LogUnlisted(error, route.Root);
        }
    }

    /// <summary>An upstream does not know the thing any more.</summary>
    internal async ValueTask ForgetAsync(KeptThing thing)
    {
        try
        {
            await index.RemoveAsync(thing.Owner, thing.Kind, thing.Id, CancellationToken.None);
        }
        catch (Exception error)
        {
            LogUnlisted(error, thing.Kind.ToString());
        }
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Error, Message = "The index of {Things} could not be written: a list of them will not show the last change")]
    private partial void LogUnlisted(Exception error, string things);
}
