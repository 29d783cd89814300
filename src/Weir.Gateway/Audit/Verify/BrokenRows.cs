using System.Globalization;
using System.Text;

namespace Weir.Gateway.Audit.Verify;

/// <summary>A row that is not as it was written.</summary>
/// <param name="Row">The row.</param>
/// <param name="Previous">The stored hash of the row before; null when that is missing.</param>
/// <param name="LinkFits">Its body fits its hash: only a column is wrong.</param>
internal sealed record BrokenRow(AuditRow Row, byte[]? Previous, bool LinkFits);

/// <summary>Says of rows that don't fit what was done to them: changed, moved, or only standing behind one that was moved.</summary>
internal static class BrokenRows
{
    // Each is tried in each place behind each hash.
    private const int MostTried = 24;

    /// <summary>The columns beside the body say what it says. A body of a later build's kind is not looked into.</summary>
    public static bool ColumnsFit(AuditRow row)
    {
        if (AuditNames.KindOf(row.Kind) is not { } kind)
        {
            return row.Body.Span.IndexOf(Encoding.UTF8.GetBytes($"\"kind\":\"{row.Kind}\"")) > 0;
        }
        using var body = new AuditBody();
        body.Begin(row.AtMicros, kind, Encoding.UTF8.GetBytes(row.CallId));
        return row.Body.Span.StartsWith(body.Begun) && (row.CallId.Length > 0 || !row.Body.Span[body.Begun.Length..].StartsWith(",\"call_id\""u8));
    }

    /// <summary>Adds a finding for each.</summary>
    public static void Explain(string name, byte[] chain, List<BrokenRow> broken, bool more, List<AuditFinding> findings)
    {
        var tried = broken.Count <= MostTried;
        foreach (var item in broken)
        {
            var row = item.Row;
            if (item.LinkFits)
            {
                findings.Add(new AuditFinding(AuditFault.RowChanged, name, row.Seq, row.Seq, row.CallId, string.Create(CultureInfo.InvariantCulture, $"a column of row {row.Seq} of {name}{Call(row)} was changed: time, kind or call id are not those of its body.")));
                continue;
            }
            if (tried && Follows(chain, item, broken))
            {
                continue;
            }
            if (tried && Home(chain, item, broken) is { } home)
            {
                findings.Add(new AuditFinding(AuditFault.RowsReordered, name, row.Seq, row.Seq, row.CallId, string.Create(CultureInfo.InvariantCulture, $"row {row.Seq} of {name}{Call(row)} belongs in place {home}: rows were put in another order.")));
                continue;
            }
            findings.Add(new AuditFinding(AuditFault.RowChanged, name, row.Seq, row.Seq, row.CallId, string.Create(CultureInfo.InvariantCulture, $"row {row.Seq} of {name}{Call(row)} was changed: it does not match its hash (or the row before it was changed and hashed anew).")));
        }
        if (more)
        {
            findings.Add(new AuditFinding(AuditFault.RowChanged, name, 0, 0, "", $"still more rows of {name} do not match their hashes."));
        }
    }

    private static string Call(AuditRow row) => row.CallId.Length == 0 ? "" : $" (call {row.CallId})";

    /// <summary>The row is as it was: it stands behind one that was moved.</summary>
    private static bool Follows(byte[] chain, BrokenRow item, List<BrokenRow> broken) =>
        broken.Any(other => Fits(chain, other.Row.Hash.Span, item.Row.Seq, item.Row, item.Row.Hash.Span));

    /// <summary>Where the row was, when it was moved with its hash or in exchange with another.</summary>
    private static long? Home(byte[] chain, BrokenRow item, List<BrokenRow> broken)
    {
        foreach (var place in broken.Where(place => place != item))
        {
            var seq = place.Row.Seq;
            if (place.Previous is { } previous && (Fits(chain, previous, seq, item.Row, item.Row.Hash.Span) || Fits(chain, previous, seq, item.Row, place.Row.Hash.Span)))
            {
                return seq;
            }
            if (broken.Any(other => Fits(chain, other.Row.Hash.Span, seq, item.Row, item.Row.Hash.Span)))
            {
                return seq;
            }
        }
        return null;
    }

    private static bool Fits(byte[] chain, ReadOnlySpan<byte> previous, long seq, AuditRow row, ReadOnlySpan<byte> wanted)
    {
        if (previous.Length != AuditLink.HashBytes)
        {
            return false;
        }
        Span<byte> hash = stackalloc byte[AuditLink.HashBytes];
        AuditLink.Hash(previous, seq, chain, row.Body.Span, hash);
        return hash.SequenceEqual(wanted);
    }
}
