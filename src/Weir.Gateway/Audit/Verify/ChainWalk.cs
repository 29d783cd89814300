using System.Globalization;
using System.Text;

namespace Weir.Gateway.Audit.Verify;

/// <summary>One pass over one chain: numbers, hashes, columns, what checkpoints say, and what the ledger says.</summary>
internal sealed class ChainWalk(string name, IAuditStore store, IReadOnlyList<AuditStretch> stretches, IReadOnlyList<Expectation> expected, List<AuditFinding> findings)
{
    private const int Page = 1000;
    private const int MostBroken = 10_000;

    private readonly byte[] _chain = Encoding.UTF8.GetBytes(name);
    private readonly List<BrokenRow> _broken = [];
    private readonly List<(long From, long To)> _gaps = [];
    private readonly List<(Expectation Said, bool Fits)> _compared = [];
    private readonly LedgerComparison _ledger = new(store, findings);
    private readonly int _before = findings.Count;
    private long _last;
    private byte[]? _hash = AuditLink.Zero;
    private int _next;
    private bool _beyondLimit;

    public string Name => name;

    /// <summary>Rows that were read.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows at or before one that a valid checkpoint knows.</summary>
    public long Proven { get; private set; }

    /// <summary>Rows behind that.</summary>
    public long Unproven { get; private set; }

    /// <summary>Rows that a checkpoint knows and that are not there at the end.</summary>
    public long Behind { get; private set; }

    /// <summary>Whatever is there fits.</summary>
    public bool Whole { get; private set; } = true;

    public async Task RunAsync(AuditHead? head, CancellationToken cancellationToken)
    {
        AuditRow? atHead = null;
        while (true)
        {
            var rows = await store.ReadAsync(name, _last, Page, cancellationToken);
            if (rows.Count == 0)
            {
                break;
            }
            var sound = new List<AuditRow>(rows.Count);
            foreach (var row in rows)
            {
                if (Take(row))
                {
                    sound.Add(row);
                }
                atHead = head is not null && row.Seq == head.Seq ? row : atHead;
            }
            Rows += rows.Count;
            await _ledger.CompareAsync(name, sound, cancellationToken);
        }
        Pass(long.MaxValue);
        BrokenRows.Explain(name, _chain, _broken, _beyondLimit, findings);
        Whole = findings.Count == _before && _gaps.Count == 0;
        Gaps();
        Checkpoints();
        End(head, atHead);
        var proven = _compared.Where(static item => item is { Fits: true, Said.Seen.Proven: true }).Select(static item => item.Said.Seq).DefaultIfEmpty(0).Max();
        Unproven = Math.Max(0, Math.Min(Rows, _last - proven));
        Proven = Rows - Unproven;
    }

    /// <summary>Takes the next row; true when it is as it was written.</summary>
    private bool Take(AuditRow row)
    {
        if (row.Seq != _last + 1)
        {
            Pass(row.Seq);
        }
        var fits = true;
        var columns = BrokenRows.ColumnsFit(row);
        Span<byte> hash = stackalloc byte[AuditLink.HashBytes];
        if (_hash is not null)
        {
            AuditLink.Hash(_hash, row.Seq, _chain, row.Body.Span, hash);
            fits = row.Hash.Span.SequenceEqual(hash);
        }
        if (!fits || !columns)
        {
            if (_broken.Count < MostBroken)
            {
                _broken.Add(new BrokenRow(row, _hash, LinkFits: fits));
            }
            else
            {
                _beyondLimit = true;
            }
        }

        // What is stored, not what was computed: so one changed row is one finding, and the rows behind it are judged by themselves.
        _last = row.Seq;
        _hash = row.Hash.Length == AuditLink.HashBytes ? row.Hash.ToArray() : null;
        while (_next < expected.Count && expected[_next].Seq <= row.Seq)
        {
            if (expected[_next].Seq == row.Seq)
            {
                _compared.Add((expected[_next], expected[_next].Hash.Span.SequenceEqual(row.Hash.Span)));
            }
            _next++;
        }
        return fits && columns;
    }

    /// <summary>Goes over numbers that have no row, up to one that has: those that were deleted on purpose, and those that were not.</summary>
    private void Pass(long next)
    {
        while (_last + 1 < next)
        {
            if (stretches.FirstOrDefault(stretch => stretch.From == _last + 1 && stretch.To < next) is { } stretch)
            {
                if (_hash is not null && !stretch.Previous.Span.SequenceEqual(_hash))
                {
                    findings.Add(Finding(AuditFault.ChainRehashed, stretch.From - 1, stretch.From - 1, $"the row before the stretch {stretch.From} to {stretch.To} that was deleted on purpose has another hash than then."));
                }
                foreach (var said in expected.Where(said => said.Seq == stretch.To))
                {
                    _compared.Add((said, said.Hash.Span.SequenceEqual(stretch.Last.Span)));
                }
                (_last, _hash) = (stretch.To, stretch.Last.ToArray());
                continue;
            }
            if (next == long.MaxValue)
            {
                return;
            }
            var until = stretches.Where(stretch => stretch.From > _last && stretch.To < next).Select(static stretch => stretch.From).DefaultIfEmpty(next).Min();
            _gaps.Add((_last + 1, until - 1));
            (_last, _hash) = (until - 1, null);
        }
    }

    private void Gaps()
    {
        foreach (var (from, to) in _gaps)
        {
            findings.Add(Finding(AuditFault.RowsMissing, from, to, $"rows {from} to {to} of {name} are missing; row {to + 1}, which they would vouch for, can't be checked."));
        }
    }

    private void Checkpoints()
    {
        // A checkpoint of a key that nobody gave may be the attacker's: that it fits says nothing where others are proven.
        if (_compared.Any(static item => item.Said.Seen.Proven))
        {
            _compared.RemoveAll(static item => item is { Fits: true, Said.Seen.Proven: false });
        }
        for (var i = 0; i < _compared.Count; i++)
        {
            if (_compared[i].Fits)
            {
                continue;
            }
            var first = i;
            while (i + 1 < _compared.Count && !_compared[i + 1].Fits)
            {
                i++;
            }
            var before = first == 0 ? null : _compared[first - 1].Said;
            var after = i + 1 < _compared.Count ? _compared[i + 1].Said : null;
            var (said, last) = (_compared[first].Said, _compared[i].Said);
            var since = before is null ? "the beginning" : before.Seen.Checkpoint.Description;
            Whole = false;
            findings.Add(after is { Seen.Proven: true } && after.Seen.Checkpoint.At > last.Seen.Checkpoint.At
                ? Finding(AuditFault.OlderCopy, (before?.Seq ?? 0) + 1, last.Seq, $"{name} was set back to an older copy and went on from it: rows up to {last.Seq} are not those of {said.Seen.Checkpoint.Description}, while {after.Seen.Checkpoint.Description} fits again; what was there after {since} is lost.")
                : Finding(AuditFault.ChainRehashed, (before?.Seq ?? 0) + 1, said.Seq, $"rows {(before?.Seq ?? 0) + 1} to {said.Seq} of {name} are not those of {said.Seen.Checkpoint.Description}: they were changed and hashed anew after {since}."));
        }
    }

    private void End(AuditHead? head, AuditRow? atHead)
    {
        var known = _next < expected.Count ? expected[^1] : null;
        Behind = known is null || known.Seq <= _last ? 0 : known.Seq - _last;
        if (Rows == 0 && _last == 0 && (known is not null || head is { Seq: > 0 }))
        {
            var most = Math.Max(known?.Seq ?? 0, head?.Seq ?? 0);
            findings.Add(Finding(AuditFault.ChainRemoved, 1, most, $"the chain {name} was removed: {(known is null ? "its head" : known.Seen.Checkpoint.Description)} knows {most} rows of it."));
            return;
        }
        if (Behind > 0 && known is not null)
        {
            findings.Add(Finding(AuditFault.TailCut, _last + 1, known.Seq, $"the last rows of {name} were cut off: it ends with row {_last}, {known.Seen.Checkpoint.Description} knows row {known.Seq}."));
        }
        else if (head is not null && head.Seq > _last)
        {
            findings.Add(Finding(AuditFault.TailCut, _last + 1, head.Seq, $"the last rows of {name} were cut off: it ends with row {_last}, its head is row {head.Seq}."));
        }
        if ((head is null && _last > 0) || (atHead is not null && head is not null && !head.Hash.Span.SequenceEqual(atHead.Hash.Span)))
        {
            findings.Add(Finding(AuditFault.HeadChanged, head?.Seq ?? 0, head?.Seq ?? 0, $"the head of {name} was {(head is null ? "deleted" : "changed")}: it does not match the rows."));
        }
    }

    private AuditFinding Finding(AuditFault fault, long from, long to, FormattableString text) => new(fault, name, from, to, "", text.ToString(CultureInfo.InvariantCulture));
}
