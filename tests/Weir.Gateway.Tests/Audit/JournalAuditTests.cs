using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway.Audit;
using Weir.Gateway.Ledger;
using Weir.Gateway.Ledger.Journal;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Gateway.Tests.Audit;

/// <summary>Audit events travel in the journal, between the rows.</summary>
public sealed class JournalAuditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-audit-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Events_come_in_the_order_in_which_they_were_written_and_count_as_rows()
    {
        var store = new Seeing();
        await using (var journal = await OpenAsync(store))
        {
            await journal.AppendAsync(Event("first"), Stop);
            await journal.AppendAsync(SampleRecords.Usual("call-1"), Stop);
            await journal.AppendAsync(Event("second"), Stop);
            await journal.FlushAsync(Stop);
            Assert.Equal((3, 3, 0), (journal.Status.AppendedRows, journal.Status.CommittedRows, journal.Status.PendingRows));
        }
        Assert.Equal(["first", "call-1", "second"], store.Seen);
    }

    [Fact]
    public async Task Events_of_a_process_that_died_are_replayed()
    {
        var journal = await OpenAsync(new Seeing { Refuses = true });
        await journal.AppendAsync(Event("kept"), Stop);
        await journal.DisposeAsync();
        var store = new Seeing();
        await using var next = await OpenAsync(store);
        Assert.Equal(["kept"], store.Seen);
        Assert.Equal(1, next.Status.ReplayedRows);
    }

    [Fact]
    public async Task A_model_call_is_not_written_twice_by_mistake()
    {
        await using var journal = await OpenAsync(new Seeing());
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(Event("x") with { Kind = AuditKind.ModelCall }, Stop));
    }

    private static AuditEvent Event(string action) => new() { At = DateTimeOffset.UnixEpoch, Kind = AuditKind.Admin, Action = action, CallId = action };

    private Task<RequestJournal> OpenAsync(ILedgerStore store) => RequestJournal.OpenAsync(
        new JournalOptions { Folder = _folder, Replica = "r1", StopWithin = TimeSpan.FromMilliseconds(1), GatherFor = TimeSpan.Zero }, store, TimeProvider.System, NullLogger.Instance, Stop);

    private sealed class Seeing : ILedgerStore
    {
        public List<string> Seen { get; } = [];

        public bool Refuses { get; init; }

        public ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken)
        {
            if (Refuses)
            {
                throw new IOException("refused");
            }
            var rows = Enumerable.Range(0, batch.Count).Select(i => (batch.PositionOf(i), Encoding.UTF8.GetString(batch.Row(i).CallId)));
            var events = Enumerable.Range(0, batch.EventCount).Select(i => (batch.PositionOfEvent(i), Encoding.UTF8.GetString(batch.Event(i).CallId)));
            Seen.AddRange(rows.Concat(events).OrderBy(item => item.Item1).Select(item => item.Item2));
            return ValueTask.CompletedTask;
        }

        public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
