using System.Globalization;

namespace Weir.Gateway.Audit.Verify;

/// <summary>
/// Recomputes every chain and compares it with the checkpoints of the database and of the witness, and with the ledger. It reads only, and may
/// run beside a gateway that writes: checkpoints are read before rows, so that no row that one of them knows can be missing by chance.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="witness">Tokens from outside it (<see cref="AuditWitness"/>); null for none.</param>
/// <param name="keys">Public halves of the keys that may have signed.</param>
public sealed class AuditVerifier(IAuditStore store, IReadOnlyList<AuditToken>? witness, IReadOnlyCollection<AuditKey> keys)
{
    private readonly List<AuditFinding> _findings = [];
    private readonly List<string> _notes = [];

    /// <summary>Verifies everything.</summary>
    public async Task<AuditReport> RunAsync(CancellationToken cancellationToken)
    {
        var book = new CheckpointBook(await store.CheckpointsAsync(cancellationToken), witness ?? [], keys, _findings);
        var stretches = (await store.StretchesAsync(cancellationToken)).ToLookup(static stretch => stretch.Chain, StringComparer.Ordinal);
        var heads = (await store.HeadsAsync(cancellationToken)).ToDictionary(static head => head.Chain, StringComparer.Ordinal);
        var chains = await store.ChainsAsync(cancellationToken);
        var names = chains.Concat(book.Chains).Concat(heads.Keys).Concat(stretches.Select(static group => group.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var walks = new List<ChainWalk>();
        foreach (var name in names)
        {
            var walk = new ChainWalk(name, store, [.. stretches[name].Where(Wanted)], book.Of(name), _findings);
            await walk.RunAsync(heads.GetValueOrDefault(name), cancellationToken);
            walks.Add(walk);
        }
        Older(book, walks);
        _notes.AddRange(book.Notes());
        await NotesAsync(walks, cancellationToken);
        return new AuditReport
        {
            Rows = walks.Sum(static walk => walk.Rows),
            Chains = walks.Count(static walk => walk.Rows > 0),
            Checkpoints = book.Stored.Count,
            Witnessed = witness?.Count ?? 0,
            Proven = walks.Sum(static walk => walk.Proven),
            Findings = _findings,
            Notes = _notes,
        };
    }

    /// <summary>Whether a gap is signed as wanted. Without keys it is believed, and the notes say so.</summary>
    private bool Wanted(AuditStretch stretch)
    {
        var token = AuditToken.Read(stretch.Token);
        var signature = token?.Verify(keys) ?? AuditSignature.Invalid;
        var same = token is { Type: AuditToken.Stretch } && token.Payload.Span.SequenceEqual(AuditPrune.Payload(stretch));
        if (same && (signature == AuditSignature.Valid || (keys.Count == 0 && signature != AuditSignature.Invalid)))
        {
            if (signature != AuditSignature.Valid)
            {
                _notes.Add(string.Create(CultureInfo.InvariantCulture, $"that rows {stretch.From} to {stretch.To} of {stretch.Chain} were deleted on purpose: the record of it is not checked against a key."));
            }
            return true;
        }
        _findings.Add(new AuditFinding(AuditFault.StretchForged, stretch.Chain, stretch.From, stretch.To, "", string.Create(CultureInfo.InvariantCulture,
            $"rows {stretch.From} to {stretch.To} of {stretch.Chain} are said to be deleted on purpose, but no key that was given has signed that.")));
        return false;
    }

    /// <summary>
    /// The witness's newest checkpoints are not in the database, and what they knew of is not there either while all that is there fits: that is
    /// an older copy of the whole.
    /// </summary>
    private void Older(CheckpointBook book, List<ChainWalk> walks)
    {
        if (book.Missing.Count == 0 || book.Missing[^1].Checkpoint is not { } newest || book.Stored.Any(seen => seen.Checkpoint.At >= book.Missing[0].Checkpoint.At))
        {
            return;
        }
        var behind = walks.Where(static walk => walk.Behind > 0).ToList();
        if (behind.Count > 0 && walks.All(static walk => walk.Whole))
        {
            var last = book.Stored.MaxBy(static seen => seen.Checkpoint.At);
            _findings.Add(new AuditFinding(AuditFault.OlderCopy, "", 0, 0, "", string.Create(CultureInfo.InvariantCulture,
                $"the database is an older copy: it ends with {last?.Checkpoint.Description ?? "no checkpoint"}, the witness has {newest.Description}; behind are {string.Join(", ", behind.Select(static walk => string.Create(CultureInfo.InvariantCulture, $"{walk.Name} by {walk.Behind} rows")))}.")));
        }
    }

    private async Task NotesAsync(List<ChainWalk> walks, CancellationToken cancellationToken)
    {
        if (witness is null)
        {
            _notes.Add("no witness was given: an older copy of the whole database, or rows cut off together with their checkpoints, would look whole. Save the log outside the database and name it with --witness.");
        }
        foreach (var walk in walks.Where(static walk => walk.Unproven > 0))
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"the last {walk.Unproven} rows of {walk.Name}: no signed checkpoint knows them yet."));
        }
        var unaudited = await store.UnauditedCallsAsync(cancellationToken);
        if (unaudited > 0)
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{unaudited} rows of the ledger have no audit row: they are older than the audit, their audit rows were pruned or are gone, or somebody put them there."));
        }
    }
}
