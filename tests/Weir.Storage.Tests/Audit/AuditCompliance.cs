using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Gateway.Access;
using Weir.Gateway.Audit;
using Weir.Gateway.Audit.Verify;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Audit;

/// <summary>What every store of the audit must do. One subclass per driver.</summary>
public abstract class AuditCompliance : IDisposable
{
    protected static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AuditKey _key = AuditKey.Generate();

    /// <summary>An empty, migrated database.</summary>
    protected abstract Storage Storage { get; }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IAuditStore Audit => Storage.Audit;

    public virtual void Dispose()
    {
        _key.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Rows_are_numbered_and_each_hash_ties_its_row_to_the_one_before()
    {
        await CallsAsync("r1", 1, 1, 3);
        await EventsAsync("r1", 2, 1, 2);
        await CallsAsync("r1", 3, 4, 1);
        var rows = await Audit.ReadAsync("r1", 0, 100, Stop);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], rows.Select(row => row.Seq));
        Assert.Equal(["model_call", "model_call", "model_call", "admin", "admin", "model_call"], rows.Select(row => row.Kind));
        byte[] hash = AuditLink.Zero;
        foreach (var row in rows)
        {
            AuditLink.Hash(hash, row.Seq, "r1"u8, row.Body.Span, hash);
            Assert.Equal(hash, row.Hash.ToArray());
        }
        var head = Assert.Single(await Audit.HeadsAsync(Stop));
        Assert.Equal(("r1", 6L), (head.Chain, head.Seq));
        Assert.Equal(hash, head.Hash.ToArray());
        Assert.Equal([3L, 4L], (await Audit.ReadAsync("r1", 2, 2, Stop)).Select(row => row.Seq));
    }

    [Fact]
    public async Task A_model_call_is_audited_with_what_the_ledger_says_of_it()
    {
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(1, 1, [SampleRecords.Usual("call-1")], "r1"), Stop);
        var row = Assert.Single(await Audit.ReadAsync("r1", 0, 10, Stop));
        Assert.Equal("call-1", row.CallId);
        Assert.Equal(
            """{"v":1,"at":"2026-03-01T12:00:00.000000Z","kind":"model_call","call_id":"call-1","operation":"chat","key":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","end_user":"user-4711","model":"gpt-4o","group":"gpt-4o","deployment":"azure-weu-gpt-4o-1","provider":"azure","upstream_model":"gpt-4o-prod","outcome":"success","status":200,"prompt_tokens":812,"completion_tokens":164,"total_tokens":976,"cached_prompt_tokens":512,"cost_nanos":3670000}""",
            Encoding.UTF8.GetString(row.Body.Span));
        Assert.Equal(row.Body.ToArray(), Assert.Single(await Audit.LedgerCallsAsync(["call-1", "call-2"], Stop)).Body.ToArray());
    }

    [Fact]
    public async Task Every_record_is_audited_as_the_ledger_gives_it_back()
    {
        var records = new List<RequestRecord>();
        CsCheck.Check.Sample(SampleRecords.Any, records.Add, iter: 200, threads: 1);
        for (int i = 0; i < records.Count; i++)
        {
            (records[i].CallId, records[i].Ticket) = ($"call-{i}", 0);
        }
        var odd = SampleRecords.Usual("odd");
        (odd.RequestedModel, odd.EndUser) = ("gpt\0-4o", "\ud800 alone");
        records.Add(odd);
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(1, 1, records, "r1"), Stop);
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task What_is_written_again_is_chained_once()
    {
        await CallsAsync("r1", 7, 1, 3);
        await CallsAsync("r1", 7, 1, 3);
        await CallsAsync("r1", 7, 1, 5);
        await EventsAsync("r1", 8, 1, 2);
        await EventsAsync("r1", 8, 1, 2);
        Assert.Equal(7, (await Audit.ReadAsync("r1", 0, 100, Stop)).Count);
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Each_replica_has_its_own_chain_and_a_batch_of_none_has_none()
    {
        await CallsAsync("r2", 1, 1, 2);
        await CallsAsync("r1", 2, 1, 1);
        await CallsAsync("", 3, 1, 1);
        await CallsAsync("r2", 4, 1, 1);
        Assert.Equal([("r1", 1L), ("r2", 3L)], (await Audit.HeadsAsync(Stop)).Select(head => (head.Chain, head.Seq)));
        Assert.Equal(["r1", "r2"], await Audit.ChainsAsync(Stop));
        Assert.Equal(1, await Audit.UnauditedCallsAsync(Stop));
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task A_request_that_begins_is_no_row_and_one_that_never_ended_is_one()
    {
        var opening = SampleRecords.Usual("begun");
        (opening.Outcome, opening.Ticket) = (RequestOutcome.Interrupted, 5);
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(1, 1, [opening], "r1"), Stop);
        Assert.Empty(await Audit.ReadAsync("r1", 0, 10, Stop));
        await Storage.Budgets.CloseReplicaAsync("r1", Stop);
        Assert.Contains("\"outcome\":\"interrupted\"", Encoding.UTF8.GetString(Assert.Single(await Audit.ReadAsync("r1", 0, 10, Stop)).Body.Span), StringComparison.Ordinal);
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Pages_hold_every_row_once_in_either_order()
    {
        await CallsAsync("r1", 1, 1, 30);
        await CallsAsync("r2", 2, 1, 30);
        foreach (bool oldestFirst in (bool[])[true, false])
        {
            for (int size = 1; size <= 61; size += 12)
            {
                var seen = new List<AuditRow>();
                var query = new AuditQuery { PageSize = size, OldestFirst = oldestFirst };
                IReadOnlyList<AuditRow> page;
                do
                {
                    page = await Audit.ListAsync(query, Stop);
                    seen.AddRange(page);
                    query = page.Count == 0 ? query : query with { Beyond = new AuditCursor(page[^1].AtMicros, page[^1].Chain, page[^1].Seq) };
                }
                while (page.Count == size);

                Assert.Equal(60, seen.Select(row => (row.Chain, row.Seq)).Distinct().Count());
                var ordered = seen.OrderBy(row => row.AtMicros).ThenBy(row => row.Chain, StringComparer.Ordinal).ThenBy(row => row.Seq);
                Assert.Equal(oldestFirst ? ordered : ordered.Reverse(), seen);
            }
        }
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        await CallsAsync("r1", 1, 1, 3);
        await EventsAsync("r1", 2, 1, 2);
        Assert.Equal(3, (await Audit.ListAsync(new AuditQuery { Kind = AuditKind.ModelCall }, Stop)).Count);
        Assert.Equal(["model_call"], (await Audit.ListAsync(new AuditQuery { CallId = "r1-3" }, Stop)).Select(row => row.Kind));
        Assert.Equal(["admin", "model_call"], (await Audit.ListAsync(new AuditQuery { CallId = "r1-2" }, Stop)).Select(row => row.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await Audit.ListAsync(new AuditQuery { From = Start.AddSeconds(2), To = Start.AddSeconds(3) }, Stop)).Count);
        Assert.Empty(await Audit.ListAsync(new AuditQuery { CallId = "nobody" }, Stop));
    }

    [Fact]
    public async Task A_checkpoint_comes_after_a_thousand_rows_or_ten_seconds_and_at_the_close()
    {
        var time = new FakeTimeProvider(Start);
        var written = new Written();
        await using (var checkpoints = new AuditCheckpoints(Audit, _key, "r1", time, written))
        {
            var store = new CheckpointedStore(Storage.Ledger, checkpoints);
            await store.WriteAsync(LedgerBatch.Of(1, 1, Calls("r1", 1, 1000), "r1"), Stop);
            await written.ComesAsync(1);
            await store.WriteAsync(LedgerBatch.Of(2, 1, Calls("r1", 1001, 1), "r1"), Stop);
            await UntilAsync(written, 2, () => time.Advance(AuditCheckpoints.Interval));
            await store.WriteAsync(LedgerBatch.Of(3, 1, Calls("r1", 1002, 1), "r1"), Stop);
        }
        await written.ComesAsync(3);
        var stored = await Audit.CheckpointsAsync(Stop);
        Assert.Equal([1L, 2L, 3L], stored.Select(checkpoint => checkpoint.Number));
        Assert.Equal(stored.Select(checkpoint => checkpoint.Token), written.Tokens);
        var read = stored.Select(checkpoint => AuditCheckpoint.Read(AuditToken.Read(checkpoint.Token)!.Payload)!).ToList();
        Assert.Equal([1000L, 1001L, 1002L], read.Select(checkpoint => Assert.Single(checkpoint.Heads).Seq));
        Assert.True(read[0].Full);
        Assert.Equal(3, await Audit.LastCheckpointAsync("r1", Stop));
        Assert.Equal(0, await Audit.LastCheckpointAsync("r2", Stop));
        var report = await VerifyAsync([.. written.Tokens.Select(token => AuditToken.Read(token)!)]);
        Assert.Empty(report.Findings);
        Assert.Empty(report.Notes);
        Assert.Equal(1002, report.Proven);
    }

    [Fact]
    public async Task A_checkpoint_holds_all_chains_at_first_and_then_those_that_moved()
    {
        await CallsAsync("old", 1, 1, 2);
        var time = new FakeTimeProvider(Start);
        var written = new Written();
        await using var checkpoints = new AuditCheckpoints(Audit, _key, "r1", time, written);
        for (int i = 1; i <= 2; i++)
        {
            await CallsAsync("r1", 10 + i, i, 1);
            checkpoints.Committed(AuditCheckpoints.Rows);
            await written.ComesAsync(i);
        }
        time.Advance(AuditCheckpoints.FullInterval);
        await CallsAsync("r1", 20, 3, 1);
        checkpoints.Committed(AuditCheckpoints.Rows);
        await written.ComesAsync(3);
        Assert.Equal(
            ["old 2, r1 1", "r1 2", "old 2, r1 3"],
            written.Tokens.Select(token => string.Join(", ", AuditCheckpoint.Read(AuditToken.Read(token)!.Payload)!.Heads.Select(head => $"{head.Chain} {head.Seq}"))));
    }

    [Fact]
    public async Task Without_a_key_verification_says_that_nothing_is_proven()
    {
        await CallsAsync("r1", 1, 1, 3);
        await CheckpointAsync(null);
        var report = await VerifyAsync();
        Assert.Empty(report.Findings);
        Assert.Equal(0, report.Proven);
        Assert.Contains(report.Notes, note => note.Contains("are not signed", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.Contains("the last 3 rows of r1", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.Contains("no witness", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_are_pruned_leave_a_gap_that_verification_accepts_and_no_other()
    {
        await CallsAsync("r1", 1, 1, 10);
        await CheckpointAsync(_key);
        await CallsAsync("r1", 2, 11, 5);
        var first = Assert.Single(await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop));
        Assert.Equal((1L, 10L), (first.From, first.To));
        Assert.Empty((await VerifyAsync()).Findings);
        Assert.Equal([11L, 12L], (await Audit.ReadAsync("r1", 0, 2, Stop)).Select(row => row.Seq));

        await CheckpointAsync(_key, Start.AddMinutes(1));
        await CallsAsync("r1", 3, 16, 2);
        Assert.Equal((11L, 15L), (await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop)) is [var second] ? (second.From, second.To) : default);
        Assert.Empty((await VerifyAsync()).Findings);
        Assert.Empty(await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop));

        // Everything gone, and the chain goes on behind.
        await CheckpointAsync(_key, Start.AddMinutes(2));
        Assert.Single(await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop));
        Assert.Empty(await Audit.ReadAsync("r1", 0, 10, Stop));
        Assert.Empty((await VerifyAsync()).Findings);
        await CallsAsync("r1", 4, 18, 1);
        Assert.Equal(18, Assert.Single(await Audit.ReadAsync("r1", 0, 10, Stop)).Seq);
        Assert.Empty((await VerifyAsync()).Findings);
        using var stranger = AuditKey.Generate();
        var report = await new AuditVerifier(Audit, null, [stranger]).RunAsync(Stop);
        Assert.Contains(report.Findings, finding => finding.Fault == AuditFault.StretchForged);
        Assert.Contains(report.Findings, finding => finding.Fault == AuditFault.RowsMissing && (finding.From, finding.To) == (1, 17));
    }

    [Fact]
    public async Task Nothing_is_pruned_that_no_signed_checkpoint_knows()
    {
        await CallsAsync("r1", 1, 1, 10);
        Assert.Empty(await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop));
        await CheckpointAsync(null);
        Assert.Empty(await new AuditPrune(Audit, _key).RunAsync(Start.AddDays(1), Stop));
        await CheckpointAsync(_key, Start.AddHours(1));
        Assert.Empty(await new AuditPrune(Audit, _key).RunAsync(Start.AddHours(1), Stop));
        Assert.Equal(10, (await Audit.ReadAsync("r1", 0, 100, Stop)).Count);
    }

    protected static RequestRecord[] Calls(string replica, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => SampleRecords.Usual($"{replica}-{i}", i * 1000))];

    protected async Task CallsAsync(string replica, long segment, int first, int count) =>
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(segment, 1, Calls(replica, first, count), replica), Stop);

    private async Task EventsAsync(string replica, long segment, int first, int count) => await Storage.Ledger.WriteAsync(
        LedgerBatch.Of(
            segment, 1,
            [.. Enumerable.Range(first, count).Select(i => new AuditEvent { At = Start.AddSeconds(i), Kind = AuditKind.Admin, Action = "key.generate", Target = $"key-{i}", CallId = $"{replica}-{i}" })],
            replica),
        Stop);

    private async Task CheckpointAsync(AuditKey? key, DateTimeOffset? at = null)
    {
        var checkpoint = new AuditCheckpoint("r1", await Audit.LastCheckpointAsync("r1", Stop) + 1, at ?? Start, true, await Audit.HeadsAsync(Stop));
        await Audit.AddCheckpointAsync(
            new StoredCheckpoint("r1", checkpoint.Number, checkpoint.At.ToUnixTimeMilliseconds() * 1000, AuditToken.Make(AuditToken.Checkpoint, checkpoint.Payload(), key).Text), Stop);
    }

    private Task<AuditReport> VerifyAsync(IReadOnlyList<AuditToken>? witness = null) => new AuditVerifier(Audit, witness, [_key]).RunAsync(Stop);

    /// <summary>The clock is moved until the wait that it ends has begun.</summary>
    private static async Task UntilAsync(Written written, int count, Action move)
    {
        var comes = written.ComesAsync(count);
        while (!comes.IsCompleted)
        {
            move();
            await Task.Yield();
        }
        await comes;
    }
}
