using System.Globalization;
using System.Text.Json;

namespace Weir.Gateway.Audit.Verify;

/// <summary>Compares model calls with the ledger: the audit row is proven, so what differs was changed in the ledger.</summary>
internal sealed class LedgerComparison(IAuditStore store, List<AuditFinding> findings)
{
    private static readonly string s_modelCall = AuditNames.Of(AuditKind.ModelCall);

    public async Task CompareAsync(string chain, IReadOnlyList<AuditRow> rows, CancellationToken cancellationToken)
    {
        var calls = rows.Where(row => row.Kind == s_modelCall && row.CallId.Length > 0).ToList();
        if (calls.Count == 0)
        {
            return;
        }
        var ledger = (await store.LedgerCallsAsync([.. calls.Select(static row => row.CallId).Distinct(StringComparer.Ordinal)], cancellationToken))
            .ToLookup(static call => call.CallId, StringComparer.Ordinal);
        foreach (var row in calls)
        {
            if (!ledger[row.CallId].Any(call => call.Body.Span.SequenceEqual(row.Body.Span)) && Find(chain, row, ledger[row.CallId]) is { } finding)
            {
                findings.Add(finding);
            }
        }
    }

    private static AuditFinding? Find(string chain, AuditRow row, IEnumerable<LedgerCall> candidates)
    {
        var audited = Members(row.Body);
        if (audited.GetValueOrDefault("v") != AuditBody.Version.ToString(CultureInfo.InvariantCulture))
        {
            // A later build's form: what it left out is not known here.
            return null;
        }

        // A caller may use one call id twice: the row is the one with the same start.
        foreach (var candidate in candidates)
        {
            var now = Members(candidate.Body);
            if (now.GetValueOrDefault("at") != audited.GetValueOrDefault("at"))
            {
                continue;
            }
            var changes = audited.Keys.Union(now.Keys).Where(key => audited.GetValueOrDefault(key) != now.GetValueOrDefault(key))
                .Select(key => $"{key} was {audited.GetValueOrDefault(key, "empty")} and is {now.GetValueOrDefault(key, "empty")}");
            return new AuditFinding(AuditFault.LedgerChanged, chain, row.Seq, row.Seq, row.CallId, string.Create(CultureInfo.InvariantCulture,
                $"the ledger's row of call {row.CallId} was changed (audited as row {row.Seq} of {chain}): {string.Join("; ", changes)}."));
        }
        return new AuditFinding(AuditFault.LedgerDeleted, chain, row.Seq, row.Seq, row.CallId, string.Create(CultureInfo.InvariantCulture,
            $"the ledger's row of call {row.CallId} is gone (audited as row {row.Seq} of {chain})."));
    }

    private static Dictionary<string, string> Members(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value.ToString(), StringComparer.Ordinal);
    }
}
