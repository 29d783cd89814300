using Weir.Gateway.Ledger;

namespace Weir.Headless;

/// <summary>Counts what would be written down.</summary>
internal sealed class MemoryLedger : IRequestLedger
{
    private int _rows;
    private long _tokens;

    public int Rows => Volatile.Read(ref _rows);

    public long Tokens => Interlocked.Read(ref _tokens);

    public bool Accepts => true;

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask AppendAsync(RequestRecord record, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _rows);
        Interlocked.Add(ref _tokens, record.Usage.Completion);
        return ValueTask.CompletedTask;
    }
}
