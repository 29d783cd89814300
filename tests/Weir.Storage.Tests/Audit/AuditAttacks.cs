using System.Globalization;
using Weir.Gateway.Audit;
using Weir.Gateway.Audit.Verify;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Audit;

/// <summary>
/// Somebody with every right on the database and without the signing key. Two replicas write 20 rows each, with a checkpoint after each ten; the
/// witness has all checkpoints. Whatever is done is named. One subclass per driver.
/// </summary>
public abstract class AuditAttacks : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AuditKey _key = AuditKey.Generate();
    private readonly List<AuditToken> _witness = [];
    private int _segment;

    /// <summary>What is done, and every fault that must be named; nothing else may be.</summary>
    public static TheoryData<string, string> Attacks => new()
    {
        { "nothing", "" },
        { "edit a row", "RowChanged r1 5" },
        { "edit a row and hash it anew", "RowChanged r1 6" },
        { "change a column beside the body", "RowChanged r1 5" },
        { "delete a row", "RowsMissing r1 5-5" },
        { "delete several rows", "RowsMissing r1 5-8" },
        { "delete the first row", "RowsMissing r1 1-1" },
        { "delete the tail", "TailCut r1 16-20" },
        { "delete the tail and set the head back", "TailCut r1 16-20" },
        { "exchange two rows", "RowsReordered r1 3, RowsReordered r1 8" },
        { "exchange two neighbours", "RowsReordered r1 3, RowsReordered r1 4" },
        { "exchange the bodies of two rows", "RowsReordered r1 3, RowsReordered r1 8" },
        { "remove a replica", "ChainRemoved r2 1-20" },
        { "remove a replica and its head", "ChainRemoved r2 1-20" },
        { "hash a whole chain anew", "ChainRehashed r1 1-10" },
        { "hash the end of a chain anew", "ChainRehashed r1 11-20" },
        { "hash anew what no checkpoint of the database knows", "ChainRehashed r1 11-20, CheckpointsDeleted r1" },
        { "delete all checkpoints", "CheckpointsDeleted r1" },
        { "delete one checkpoint", "CheckpointsDeleted r1" },
        { "change a checkpoint", "CheckpointForged r1, CheckpointsDeleted r1" },
        { "renumber a checkpoint", "CheckpointForged r1" },
        { "forge a checkpoint with another key", "ChainRehashed r1 1-10, CheckpointsDeleted r1" },
        { "restore a backup", "OlderCopy , TailCut r1 11-20, TailCut r2 11-20, CheckpointsDeleted r1" },
        { "restore a backup and go on", "OlderCopy r1 11-20, CheckpointsDeleted r1, TailCut r2 11-20" },
        { "change what a call cost", "LedgerChanged r1 5" },
        { "change how many tokens a call had", "LedgerChanged r1 5" },
        { "give a call to another key", "LedgerChanged r1 5" },
        { "delete a call from the ledger", "LedgerDeleted r1 5" },
        { "delete the head", "HeadChanged r1" },
        { "change the head's hash", "HeadChanged r1 20" },
        { "say that a gap is wanted", "RowsMissing r1 1-10, StretchForged r1 1-10" },
    };

    /// <summary>A migrated database.</summary>
    protected abstract Storage Storage { get; }

    /// <summary>Runs statements past Weir's driver.</summary>
    protected abstract Task SqlAsync(string sql);

    /// <summary>A literal of bytes.</summary>
    protected abstract string Bytes(ReadOnlySpan<byte> value);

    /// <summary>Keeps a copy of everything.</summary>
    protected abstract Task BackUpAsync();

    /// <summary>Puts the copy in the place of what is there.</summary>
    protected abstract Task RestoreAsync();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        _key.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Is_named(string attack, string faults)
    {
        await WriteAsync(1);
        await CheckpointAsync(Start.AddMinutes(1));
        await BackUpAsync();
        await WriteAsync(11);
        await CheckpointAsync(Start.AddMinutes(2));
        await AttackAsync(attack);
        using var known = AuditKey.FromPem(_key.PublicPem(), "public");
        var report = await new AuditVerifier(Storage.Audit, _witness, [known]).RunAsync(Stop);
        var found = report.Findings.Select(Name).Order(StringComparer.Ordinal).ToList();
        Assert.True(
            faults.Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).SequenceEqual(found),
            $"{attack}: expected {faults}\n{string.Join('\n', report.Findings)}");
        foreach (var finding in report.Findings.Where(finding => finding.Fault is AuditFault.RowChanged or AuditFault.LedgerChanged or AuditFault.LedgerDeleted))
        {
            Assert.Equal($"r1-{finding.From}", finding.CallId);
        }
        if (attack == "change what a call cost")
        {
            Assert.Contains("cost_nanos was 3670000 and is 1", report.Findings[0].Text, StringComparison.Ordinal);
        }
        Assert.Equal(faults.Length == 0, report.Ok);
    }

    [Fact]
    public async Task Without_a_witness_an_older_copy_looks_whole_and_the_report_says_so()
    {
        await WriteAsync(1);
        await CheckpointAsync(Start.AddMinutes(1));
        await BackUpAsync();
        await WriteAsync(11);
        await CheckpointAsync(Start.AddMinutes(2));
        await RestoreAsync();
        var report = await new AuditVerifier(Storage.Audit, null, [_key]).RunAsync(Stop);
        Assert.True(report.Ok);
        Assert.Contains(report.Notes, note => note.Contains("older copy", StringComparison.Ordinal));
    }

    private static string Name(AuditFinding finding) => finding.From == 0 || finding.Fault is AuditFault.HeadChanged && finding.From == 0
        ? $"{finding.Fault} {finding.Chain}"
        : finding.Fault is AuditFault.RowChanged or AuditFault.RowsReordered or AuditFault.LedgerChanged or AuditFault.LedgerDeleted or AuditFault.HeadChanged
            ? string.Create(CultureInfo.InvariantCulture, $"{finding.Fault} {finding.Chain} {finding.From}")
            : string.Create(CultureInfo.InvariantCulture, $"{finding.Fault} {finding.Chain} {finding.From}-{finding.To}");

    private Task AttackAsync(string attack) => attack switch
    {
        "nothing" => Task.CompletedTask,
        "edit a row" => SqlAsync("UPDATE audit_log SET body = replace(body, '3670000', '1') WHERE chain = 'r1' AND seq = 5"),
        "edit a row and hash it anew" => RehashAsync("r1", 5, 5, "3670000"),
        "change a column beside the body" => SqlAsync("UPDATE audit_log SET at = at + 1 WHERE chain = 'r1' AND seq = 5"),
        "delete a row" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r1' AND seq = 5"),
        "delete several rows" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r1' AND seq BETWEEN 5 AND 8"),
        "delete the first row" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r1' AND seq = 1"),
        "delete the tail" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r1' AND seq > 15"),
        "delete the tail and set the head back" => SqlAsync(
            "DELETE FROM audit_log WHERE chain = 'r1' AND seq > 15; UPDATE audit_chains SET seq = 15, hash = (SELECT hash FROM audit_log WHERE chain = 'r1' AND seq = 15) WHERE chain = 'r1'"),
        "exchange two rows" => ExchangeAsync(3, 8),
        "exchange two neighbours" => ExchangeAsync(3, 4),
        "exchange the bodies of two rows" => SqlAsync(
            "CREATE TABLE kept AS SELECT seq, body FROM audit_log WHERE chain = 'r1'; "
            + "UPDATE audit_log SET body = (SELECT body FROM kept WHERE kept.seq = 11 - audit_log.seq) WHERE chain = 'r1' AND seq IN (3, 8); DROP TABLE kept"),
        "remove a replica" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r2'"),
        "remove a replica and its head" => SqlAsync("DELETE FROM audit_log WHERE chain = 'r2'; DELETE FROM audit_chains WHERE chain = 'r2'"),
        "hash a whole chain anew" => RehashAsync("r1", 5, 20, "3670000"),
        "hash the end of a chain anew" => RehashAsync("r1", 15, 20, "3670000"),
        "hash anew what no checkpoint of the database knows" => BothAsync(RehashAsync("r1", 15, 20, "3670000"), "DELETE FROM audit_checkpoints WHERE number = 2"),
        "delete all checkpoints" => SqlAsync("DELETE FROM audit_checkpoints"),
        "delete one checkpoint" => SqlAsync("DELETE FROM audit_checkpoints WHERE number = 1"),
        "change a checkpoint" => SqlAsync("UPDATE audit_checkpoints SET token = replace(token, '.', '.x') WHERE number = 1"),
        "renumber a checkpoint" => SqlAsync("UPDATE audit_checkpoints SET number = 3 WHERE number = 2; INSERT INTO audit_checkpoints SELECT signer, 2, at, token FROM audit_checkpoints WHERE number = 3; DELETE FROM audit_checkpoints WHERE number = 2"),
        "forge a checkpoint with another key" => ForgeAsync(),
        "restore a backup" => RestoreAsync(),
        "restore a backup and go on" => GoOnAsync(),
        "change what a call cost" => SqlAsync("UPDATE request_log SET cost_nanos = 1 WHERE call_id = 'r1-5'"),
        "change how many tokens a call had" => SqlAsync("UPDATE request_log SET prompt_tokens = 0 WHERE call_id = 'r1-5'"),
        "give a call to another key" => SqlAsync("UPDATE request_log SET key_hash = 'other' WHERE call_id = 'r1-5'"),
        "delete a call from the ledger" => SqlAsync("DELETE FROM request_log WHERE call_id = 'r1-5'"),
        "delete the head" => SqlAsync("DELETE FROM audit_chains WHERE chain = 'r1'"),
        "change the head's hash" => SqlAsync($"UPDATE audit_chains SET hash = {Bytes(AuditLink.Zero)} WHERE chain = 'r1'"),
        "say that a gap is wanted" => SqlAsync(
            $"INSERT INTO audit_stretches SELECT 'r1', 1, 10, {Bytes(AuditLink.Zero)}, hash, 'x' FROM audit_log WHERE chain = 'r1' AND seq = 10; DELETE FROM audit_log WHERE chain = 'r1' AND seq <= 10"),
        _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "an attack that nobody carries out"),
    };

    private async Task BothAsync(Task first, string sql)
    {
        await first;
        await SqlAsync(sql);
    }

    private Task ExchangeAsync(int a, int b) => SqlAsync(string.Create(CultureInfo.InvariantCulture,
        $"UPDATE audit_log SET seq = -1 WHERE chain = 'r1' AND seq = {a}; UPDATE audit_log SET seq = {a} WHERE chain = 'r1' AND seq = {b}; UPDATE audit_log SET seq = {b} WHERE chain = 'r1' AND seq = -1"));

    /// <summary>Changes a row and computes the hashes from it up to another anew, head included.</summary>
    private async Task RehashAsync(string chain, long from, long to, string text)
    {
        var rows = await Storage.Audit.ReadAsync(chain, 0, 100, Stop);
        byte[] hash = rows[(int)from - 2].Hash.ToArray();
        foreach (var row in rows.Where(row => row.Seq >= from && row.Seq <= to))
        {
            string body = System.Text.Encoding.UTF8.GetString(row.Body.Span);
            body = row.Seq == from ? body.Replace(text, "1", StringComparison.Ordinal) : body;
            AuditLink.Hash(hash, row.Seq, System.Text.Encoding.UTF8.GetBytes(chain), System.Text.Encoding.UTF8.GetBytes(body), hash);
            await SqlAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE audit_log SET body = '{body}', hash = {Bytes(hash)} WHERE chain = '{chain}' AND seq = {row.Seq}"));
        }
        await SqlAsync($"UPDATE request_log SET cost_nanos = 1 WHERE call_id = '{chain}-{from}'");
        if (to == rows[^1].Seq)
        {
            await SqlAsync($"UPDATE audit_chains SET hash = {Bytes(hash)} WHERE chain = '{chain}'");
        }
    }

    /// <summary>The chain is hashed anew, and in the place of the checkpoints stand some that fit it, signed by a key of the attacker's.</summary>
    private async Task ForgeAsync()
    {
        await RehashAsync("r1", 5, 20, "3670000");
        await SqlAsync("DELETE FROM audit_checkpoints");
        using var own = AuditKey.Generate();
        var checkpoint = new AuditCheckpoint("r1", 1, Start.AddMinutes(2), true, await Storage.Audit.HeadsAsync(Stop));
        await SqlAsync(string.Create(CultureInfo.InvariantCulture,
            $"INSERT INTO audit_checkpoints (signer, number, at, token) VALUES ('r1', 1, {checkpoint.At.ToUnixTimeMilliseconds() * 1000}, '{AuditToken.Make(AuditToken.Checkpoint, checkpoint.Payload(), own).Text}')"));
    }

    private async Task GoOnAsync()
    {
        await RestoreAsync();
        _segment += 1000;
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(_segment, 1, Calls("r1", 101, 15), "r1"), Stop);
        await CheckpointAsync(Start.AddMinutes(3));
    }

    private static RequestRecord[] Calls(string replica, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => SampleRecords.Usual($"{replica}-{i}", i * 1000))];

    private async Task WriteAsync(int first)
    {
        foreach (string replica in (string[])["r1", "r2"])
        {
            await Storage.Ledger.WriteAsync(LedgerBatch.Of(++_segment, 1, Calls(replica, first, 10), replica), Stop);
        }
    }

    private async Task CheckpointAsync(DateTimeOffset at)
    {
        // A process knows its own last number whatever became of the database.
        var checkpoint = new AuditCheckpoint("r1", _witness.Count + 1, at, true, await Storage.Audit.HeadsAsync(Stop));
        var token = AuditToken.Make(AuditToken.Checkpoint, checkpoint.Payload(), _key);
        await Storage.Audit.AddCheckpointAsync(new StoredCheckpoint("r1", checkpoint.Number, at.ToUnixTimeMilliseconds() * 1000, token.Text), Stop);
        _witness.Add(token);
    }
}
