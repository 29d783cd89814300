using Weir.Gateway.Access;
using Weir.Gateway.Errors;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Budgets;

/// <summary>What scopes have spent, as the store of budgets counts it: whatever this process has served is in it.</summary>
/// <param name="store">Where money is counted.</param>
/// <param name="calendar">Which windows there are.</param>
/// <param name="flush">Completes when the store has every row written so far.</param>
/// <param name="time">The clock.</param>
internal sealed class BudgetSpend(IBudgetStore store, BudgetCalendar calendar, Func<CancellationToken, Task> flush, TimeProvider time) : ISpendView
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Money>> SpentAsync(IReadOnlyList<(Scope Scope, string Window)> windows, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        var states = await store.ReadAsync([.. windows.Select(static item => new BudgetWindow(item.Scope, item.Window))], calendar, cancellationToken);
        return [.. states.Select(static state => new Money(state.Settled))];
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(Scope scope, string window, Money spent, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        await store.SetSettledAsync(new BudgetWindow(scope, window), calendar, spent.Nanos, cancellationToken);
    }

    /// <inheritdoc/>
    public DateTimeOffset? EndOf(string window) =>
        calendar.At(window, time.GetUtcNow()).End is var end && end < long.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(end) : null;

    private async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await flush(cancellationToken).WaitAsync(LongestFlush, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new GatewayException(new GatewayError(ErrorKind.BudgetUnavailable,
                "What was spent can't be said at the moment: the database does not take rows. They wait in the journal; try again when it is back.") { RetryAfter = TimeSpan.FromSeconds(5) });
        }
    }
}
