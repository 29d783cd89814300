using System.Globalization;

namespace Weir.Gateway.Audit.Verify;

/// <summary>All checkpoints, of the database and of the witness: what they say of each chain, and which of them are missing or false.</summary>
internal sealed class CheckpointBook
{
    private readonly IReadOnlyCollection<AuditKey> _keys;
    private readonly List<AuditFinding> _findings;
    private readonly Dictionary<string, List<Expectation>> _expected = new(StringComparer.Ordinal);
    private int _unsigned;
    private int _unknown;

    public CheckpointBook(IReadOnlyList<StoredCheckpoint> stored, IReadOnlyList<AuditToken> witness, IReadOnlyCollection<AuditKey> keys, List<AuditFinding> findings)
    {
        _keys = keys;
        _findings = findings;
        Stored = [.. stored.Select(Take).OfType<Seen>()];
        var known = stored.Select(static checkpoint => checkpoint.Token).ToHashSet(StringComparer.Ordinal);
        Missing = [.. witness.Where(token => !known.Contains(token.Text)).Select(Take).OfType<Seen>().OrderBy(static seen => seen.Checkpoint.At)];
        foreach (var seen in Stored.Concat(Missing))
        {
            foreach (var head in seen.Checkpoint.Heads)
            {
                if (!_expected.TryGetValue(head.Chain, out var list))
                {
                    _expected[head.Chain] = list = [];
                }
                list.Add(new Expectation(head.Seq, head.Hash, seen));
            }
        }
        foreach (var list in _expected.Values)
        {
            list.Sort(static (a, b) => a.Seq != b.Seq ? a.Seq.CompareTo(b.Seq) : a.Seen.Checkpoint.At.CompareTo(b.Seen.Checkpoint.At));
        }
        Deleted();
    }

    /// <summary>Those of the database that can be read and are not false.</summary>
    public IReadOnlyList<Seen> Stored { get; }

    /// <summary>Those that the witness has and the database lacks, oldest first.</summary>
    public IReadOnlyList<Seen> Missing { get; }

    /// <summary>Chains that a checkpoint knows.</summary>
    public IEnumerable<string> Chains => _expected.Keys;

    /// <summary>What checkpoints say of a chain, by number.</summary>
    public IReadOnlyList<Expectation> Of(string chain) => _expected.GetValueOrDefault(chain) ?? [];

    /// <summary>What they don't prove.</summary>
    public IEnumerable<string> Notes()
    {
        if (_keys.Count == 0 && Stored.Count + Missing.Count > _unsigned)
        {
            yield return "no public key was given, so no signature was checked: name it with --public-key.";
        }
        else if (_unknown > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_unknown} checkpoints name a key that was not given.");
        }
        if (_unsigned > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_unsigned} checkpoints are not signed: whoever can write to the database or the log could have made them.");
        }
    }

    private Seen? Take(StoredCheckpoint stored)
    {
        if (AuditToken.Read(stored.Token) is not { Type: AuditToken.Checkpoint } token || Take(token) is not { } seen)
        {
            if (_findings.LastOrDefault() is not { Fault: AuditFault.CheckpointForged } last || !last.Text.Contains(stored.Token, StringComparison.Ordinal))
            {
                Forged(stored.Signer, string.Create(CultureInfo.InvariantCulture, $"checkpoint {stored.Number} of {stored.Signer} in the database is none: its token was changed."));
            }
            return null;
        }
        var said = seen.Checkpoint;
        if (said.Signer != stored.Signer || said.Number != stored.Number || AuditBody.MicrosOf(said.At) != stored.AtMicros)
        {
            Forged(stored.Signer, string.Create(CultureInfo.InvariantCulture, $"the row of checkpoint {stored.Number} of {stored.Signer} was changed: its token is {said.Description}."));
        }
        return seen;
    }

    private Seen? Take(AuditToken token)
    {
        var signature = token.Verify(_keys);
        if (AuditCheckpoint.Read(token.Payload) is not { } checkpoint)
        {
            return null;
        }
        if (signature == AuditSignature.Invalid)
        {
            Forged(checkpoint.Signer, $"the signature of {checkpoint.Description} is false: {token.Text}");
            return null;
        }
        _unsigned += signature == AuditSignature.Unsigned ? 1 : 0;
        _unknown += signature == AuditSignature.UnknownKey ? 1 : 0;
        return new Seen(checkpoint, signature == AuditSignature.Valid);
    }

    private void Forged(string signer, string text) => _findings.Add(new AuditFinding(AuditFault.CheckpointForged, signer, 0, 0, "", text));

    private void Deleted()
    {
        foreach (var group in Missing.GroupBy(static seen => seen.Checkpoint.Signer, StringComparer.Ordinal))
        {
            var (first, last) = (group.First().Checkpoint, group.Last().Checkpoint);
            _findings.Add(new AuditFinding(AuditFault.CheckpointsDeleted, group.Key, 0, 0, "", string.Create(CultureInfo.InvariantCulture,
                $"the witness has {group.Count()} checkpoints of {group.Key} that the database lacks, from {first.Description} to {last.Description}.")));
        }
        foreach (var group in Stored.GroupBy(static seen => seen.Checkpoint.Signer, StringComparer.Ordinal))
        {
            var there = group.Select(static seen => seen.Checkpoint.Number).ToHashSet();
            var witnessed = Missing.Where(seen => seen.Checkpoint.Signer == group.Key).Select(static seen => seen.Checkpoint.Number).ToHashSet();
            var last = there.Max();
            var absent = last - there.Count - witnessed.Count(number => number <= last && !there.Contains(number));
            if (absent > 0)
            {
                _findings.Add(new AuditFinding(AuditFault.CheckpointsDeleted, group.Key, 0, 0, "", string.Create(CultureInfo.InvariantCulture,
                    $"{absent} checkpoints of {group.Key} before number {last} are gone.")));
            }
        }
    }
}

/// <summary>A checkpoint that can be read.</summary>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Proven">Its signature is valid.</param>
internal sealed record Seen(AuditCheckpoint Checkpoint, bool Proven);

/// <summary>What a checkpoint says of a chain.</summary>
/// <param name="Seq">Number of a row.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Seen">Who says so.</param>
internal sealed record Expectation(long Seq, ReadOnlyMemory<byte> Hash, Seen Seen);
