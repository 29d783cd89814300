using System.Collections.Concurrent;
using Weir.Gateway.Ledger;

namespace Weir.Gateway.Tests.Ledger.Journal;

/// <summary>A store in memory that keeps the contract (nothing twice) and can be told to refuse.</summary>
internal sealed class MemoryLedgerStore : ILedgerStore
{
    private readonly ConcurrentDictionary<long, long> _progress = new();
    private TaskCompletionSource _wrote = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> CallIds { get; } = new();

    public ConcurrentQueue<RequestRecord> Rows { get; } = new();

    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>What every write throws; null for success.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Commits, then reports a failure once: an answer that got lost.</summary>
    public bool LoseNextAnswer { get; set; }

    /// <summary>Writes wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Attempts { get; private set; }

    /// <summary>Completes at the next write, successful or not.</summary>
    public Task NextWrite => _wrote.Task;

    public async ValueTask WriteAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        Attempts++;
        var wrote = Interlocked.Exchange(ref _wrote, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            if (Refusal is not null)
            {
                throw Refusal;
            }

            long done = _progress.GetValueOrDefault(batch.Segment);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.PositionOf(i) >= done)
                {
                    var record = batch.Row(i).ToRecord();
                    Rows.Enqueue(record);
                    CallIds.Enqueue(record.CallId);
                }
            }

            _progress[batch.Segment] = Math.Max(done, batch.EndPosition);
            Batches.Enqueue(batch.Count);
            if (LoseNextAnswer)
            {
                LoseNextAnswer = false;
                throw new IOException("the answer was lost");
            }
        }
        finally
        {
            wrote.SetResult();
        }
    }

    public ValueTask<LedgerEntry?> FindAsync(string callId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LedgerPage> ListAsync(LedgerQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<GroupTotal>> TotalsByGroupAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();
}
