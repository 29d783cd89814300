using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;

namespace Weir.Gateway.Budgets;

/// <summary>
/// Where requests borrow. Far from a limit the money is here already and nobody is asked; near it the store is, for each request. Money is
/// borrowed before it is promised, so the sum can't exceed a limit whatever happens to this process.
/// </summary>
internal sealed partial class BudgetDesk : IAsyncDisposable
{
    // How many requests like this one are borrowed for at once. The store gives less as the limit comes near.
    private const long Ahead = 64;
    private static readonly TimeSpan ForOthers = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan BetweenAsks = TimeSpan.FromMilliseconds(100);

    private readonly IBudgetStore _store;
    private readonly BudgetDeskOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<BudgetWindow, SliceAccount> _accounts = [];
    private readonly LoanKeeper _keeper;
    private int _numbers;

    internal BudgetDesk(IBudgetStore store, BudgetDeskOptions options, TimeProvider time, ILogger logger)
    {
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        Term = store.IsShared ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(60);
        _keeper = new LoanKeeper(store, options.Replica, Term, _accounts, _gate, time, logger);
    }

    /// <summary>When windows begin; a reload may change it.</summary>
    internal BudgetCalendar Calendar { get; set; } = BudgetCalendar.Utc;

    private TimeSpan Term { get; }

    /// <summary>
    /// Makes <paramref name="held"/> hold <paramref name="nanos"/> in the window of every hard limit among both lists and nothing in any other:
    /// borrows what is missing, gives back what is held elsewhere, and takes anew what was held in a slice that has expired. All or nothing: when
    /// refused, the reservation is as it was.
    /// </summary>
    /// <returns>Null when it is held.</returns>
    internal ValueTask<BudgetRefusal?> HoldAsync(Reservation held, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more, long nanos, CancellationToken cancellationToken) =>
        TryHold(held, limits, more, nanos, null) ? default : AskAsync(held, limits, more, nanos, cancellationToken);

    /// <summary>Whether any of the limits is a hard one.</summary>
    internal static bool Binds(IReadOnlyList<SpendLimit> limits)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Max is not null)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Gives everything back but what the request really cost, and says in <paramref name="charges"/> what that is to be booked on. A cost beyond
    /// what was held is charged in full; the windows then refuse until the store has seen it.
    /// </summary>
    /// <returns>Whether it was beyond.</returns>
    internal bool Settle(Reservation held, long cost, List<SpendCharge> charges)
    {
        var beyond = false;
        lock (_gate)
        {
            var parts = held.Parts;
            for (var i = 0; i < parts.Count; i++)
            {
                var (account, loan, nanos) = parts[i];
                var share = ShareOf(parts, i, cost);
                loan.Reserved -= nanos;
                loan.Amount -= share;
                account.Spent += share;
                if (share > nanos)
                {
                    beyond = true;
                }
                if (loan.Amount < loan.Reserved)
                {
                    account.RowsFirst = true;
                    account.Retire();
                }
                if (share > 0)
                {
                    charges.Add(Reservation.ChargeOf(parts[i], share));
                }
            }
            parts.Clear();
        }
        return beyond;
    }

    /// <summary>Looks, in the background, whether the soft limit is passed.</summary>
    internal void Watch(SpendLimit limit) => _keeper.Watch(limit, Calendar);

    /// <summary>What a window has seen spent, as far as this replica knows; null when it has borrowed nothing of it yet.</summary>
    internal long? SpentOf(BudgetWindow window)
    {
        lock (_gate)
        {
            return _accounts.TryGetValue(window, out var account) && account.Current is not null ? account.Spent : null;
        }
    }

    /// <summary>Starts what runs in the background.</summary>
    internal void Start() => _keeper.Start();

    /// <summary>Renews loans, hands back what is not needed: what the background does, at once.</summary>
    internal Task KeepAsync(CancellationToken cancellationToken) => _keeper.KeepAsync(cancellationToken);

    /// <summary>Hands back what is unused.</summary>
    public async ValueTask DisposeAsync() => await _keeper.DisposeAsync();

    /// <summary>The money of a limit at this moment.</summary>
    internal static long MaxOf(SpendLimit limit, DateTimeOffset now) =>
        limit.Max is not { } max ? long.MaxValue : limit.IncreaseEnds is { } ends && now < ends ? Sum(max.Nanos, limit.Increase.Nanos) : max.Nanos;

    private static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    /// <summary>Of several parts in one window all but the last are charged what they hold at most.</summary>
    private static long ShareOf(List<Reservation.Part> parts, int index, long cost)
    {
        var left = cost;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Account != parts[index].Account)
            {
                continue;
            }
            var last = true;
            for (var j = i + 1; j < parts.Count; j++)
            {
                last &= parts[j].Account != parts[index].Account;
            }
            var share = last ? left : Math.Min(left, parts[i].Nanos);
            if (i == index)
            {
                return share;
            }
            left -= share;
        }
        return 0;
    }

    /// <summary>Takes from what is here. When that is too little, nothing is changed and what is missing is put into <paramref name="missing"/>.</summary>
    private bool TryHold(Reservation held, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more, long nanos, List<Missing>? missing)
    {
        var now = _time.GetUtcNow();
        var count = limits.Count + more.Count;
        lock (_gate)
        {
            var enough = true;
            for (var i = 0; i < count; i++)
            {
                var limit = i < limits.Count ? limits[i] : more[i - limits.Count];
                if (limit.Max is null)
                {
                    continue;
                }
                var account = AccountOf(limit);
                account.UsedAt = _time.GetTimestamp();
                var max = MaxOf(limit, now);
                var usable = account.Current is { } loan && loan.Admits(_time, now) && account.Limit <= max && !account.RowsFirst;
                var need = nanos - Kept(held, account, now) - (usable ? Math.Max(0, account.Current!.Unused) : 0); // Usable only when there is one.
                if (need > 0 || !usable)
                {
                    enough = false;
                    if (missing is null)
                    {
                        return false;
                    }
                    missing.Add(new Missing(limit, account, max, usable ? need : nanos, usable ? account.Current!.Epoch : 0)); // As above.
                }
                else if (account.Limit < max)
                {
                    account.Limit = max;
                }
            }
            if (enough)
            {
                Take(held, limits, more, nanos, now);
            }
            return enough;
        }
    }

    private void Take(Reservation held, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more, long nanos, DateTimeOffset now)
    {
        var parts = held.Parts;
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            if (!Names(limits, parts[i].Account) && !Names(more, parts[i].Account) || !parts[i].Loan.Holds(_time, now))
            {
                parts[i].Loan.Reserved -= parts[i].Nanos;
                parts.RemoveAt(i);
            }
        }
        for (var i = 0; i < limits.Count + more.Count; i++)
        {
            var limit = i < limits.Count ? limits[i] : more[i - limits.Count];
            if (limit.Max is null)
            {
                continue;
            }
            var account = AccountOf(limit);
            var take = nanos - held.Held(account);
            if (take > 0)
            {
                Add(parts, account, account.Current!, take); // TryHold has looked.
            }
        }
        held.Bound = nanos;
    }

    private static void Add(List<Reservation.Part> parts, SliceAccount account, Loan loan, long take)
    {
        loan.Reserved += take;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Account == account && parts[i].Loan == loan)
            {
                parts[i] = parts[i] with { Nanos = parts[i].Nanos + take };
                return;
            }
        }
        parts.Add(new Reservation.Part(account, loan, take));
    }

    /// <summary>What the reservation holds of a window and may go on holding.</summary>
    private long Kept(Reservation held, SliceAccount account, DateTimeOffset now)
    {
        var kept = 0L;
        foreach (var part in held.Parts)
        {
            kept += part.Account == account && part.Loan.Holds(_time, now) ? part.Nanos : 0;
        }
        return kept;
    }

    private static bool Names(IReadOnlyList<SpendLimit> limits, SliceAccount account)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Max is not null && limits[i].Scope == account.Window.Scope && limits[i].Window == account.Window.Window)
            {
                return true;
            }
        }
        return false;
    }

    private SliceAccount AccountOf(SpendLimit limit)
    {
        var window = new BudgetWindow(limit.Scope, limit.Window);
        if (!_accounts.TryGetValue(window, out var account))
        {
            _accounts.Add(window, account = new SliceAccount(window, _numbers++));
        }
        return account;
    }

    /// <summary>The slow way: the store is asked for what is missing.</summary>
    private async ValueTask<BudgetRefusal?> AskAsync(
        Reservation held, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more, long nanos, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var missing = new List<Missing>(4);
        var gates = new List<SliceAccount>(4);
        while (true)
        {
            missing.Clear();
            if (TryHold(held, limits, more, nanos, missing))
            {
                return null;
            }
            foreach (var account in missing.Select(static item => item.Account).Distinct().OrderBy(static account => account.Number))
            {
                await account.Gate.WaitAsync(cancellationToken);
                gates.Add(account);
            }
            try
            {
                // Whoever held the gate may have brought enough for us too.
                missing.Clear();
                if (TryHold(held, limits, more, nanos, missing))
                {
                    return null;
                }
                if (missing.Exists(item => !gates.Contains(item.Account)))
                {
                    continue;
                }
                var refusal = await BorrowAsync(missing, nanos, cancellationToken);
                if (refusal is not null && (refusal.Value.Others == 0 || _time.GetElapsedTime(began) >= ForOthers))
                {
                    return refusal.Value.Refusal;
                }
                if (refusal is null)
                {
                    continue;
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A boundary: whatever the driver throws, nothing is spent that could not be counted.
                LogStore(_logger, error, error.Message);
                return new BudgetRefusal(null, 0, 0, 0, error);
            }
            finally
            {
                gates.ForEach(static account => account.Gate.Release());
                gates.Clear();
            }
            // Others have money that they may not need: they were told, and hand it back within a second.
            await Task.Delay(BetweenAsks, _time, cancellationToken);
        }
    }

    private async ValueTask<(BudgetRefusal Refusal, long Others)?> BorrowAsync(List<Missing> missing, long nanos, CancellationToken cancellationToken)
    {
        await ReadyAsync(missing, cancellationToken);
        var (at, on) = (_time.GetTimestamp(), _time.GetUtcNow());
        // Two limits of one window are one account, and the lower limit counts.
        var items = missing.GroupBy(static item => item.Account)
            .Select(group => (Account: group.Key, group.MinBy(static item => item.Max).Max, group.First().Limit, group.First().Need, group.First().Epoch)).ToList();
        var order = new LeaseOrder(_options.Replica, Term, Calendar,
            [.. items.Select(item => new LeaseItem(item.Account.Window, item.Max, item.Need, nanos > long.MaxValue / Ahead ? nanos : nanos * Ahead, item.Epoch))]);
        var answer = await _store.LeaseAsync(order, cancellationToken);
        lock (_gate)
        {
            if (answer.Refused is { } state)
            {
                var item = items[answer.RefusedItem];
                var here = item.Account.Current is { Retired: false } loan ? Math.Max(0, loan.Unused) : 0;
                item.Account.Spent = Math.Max(item.Account.Spent, state.Settled);
                var left = Math.Max(0, item.Max - state.Settled - state.Leased - state.Lost) + here;
                return (new BudgetRefusal(item.Limit, Math.Max(state.Settled, item.Account.Spent), item.Max, left), state.LeasedByOthers);
            }
            for (var i = 0; i < items.Count; i++)
            {
                Credit(items[i].Account, answer.Slices[i], items[i].Max, at, on);
            }
        }
        return null;
    }

    /// <summary>Before the store is asked: nothing may be here that it counts as lent although nobody can use it.</summary>
    private async ValueTask ReadyAsync(List<Missing> missing, CancellationToken cancellationToken)
    {
        var flush = false;
        lock (_gate)
        {
            foreach (var item in missing)
            {
                flush |= item.Account.RowsFirst;
                item.Account.RowsFirst = false;
                if (item.Epoch == 0)
                {
                    item.Account.Retire();
                }
            }
        }
        if (flush)
        {
            await FlushAsync(missing, cancellationToken);
        }
        await _keeper.HandBackAsync(missing.ConvertAll(static item => item.Account));
    }

    private async ValueTask FlushAsync(List<Missing> missing, CancellationToken cancellationToken)
    {
        var done = false;
        try
        {
            await _options.Flush(cancellationToken);
            done = true;
        }
        finally
        {
            if (!done)
            {
                lock (_gate)
                {
                    missing.ForEach(static item => item.Account.RowsFirst = true);
                }
            }
        }
    }

    private void Credit(SliceAccount account, Slice slice, long max, long at, DateTimeOffset on)
    {
        if (account.Current is { } loan && loan.Epoch == slice.Epoch)
        {
            loan.Amount += slice.Added;
            loan.Renewed(at, on);
        }
        else
        {
            if (account.Current is null || account.Current.Span != slice.Span)
            {
                var sameWindow = account.Earlier.Exists(earlier => earlier.Span == slice.Span);
                account.Spent = sameWindow ? Math.Max(account.Spent, slice.Settled) : slice.Settled;
            }
            account.Retire();
            account.Current = new Loan(slice, Term, at, on);
        }
        account.Limit = max;
    }

    private readonly record struct Missing(SpendLimit Limit, SliceAccount Account, long Max, long Need, long Epoch);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "Budgets can't be read ({Reason}); requests with a budget are refused until they can")]
    private static partial void LogStore(ILogger logger, Exception error, string reason);
}

/// <summary>What the desk works with.</summary>
/// <param name="Replica">Under which name it borrows.</param>
/// <param name="Flush">Completes when the store has every row written so far.</param>
internal sealed record BudgetDeskOptions(string Replica, Func<CancellationToken, Task> Flush);
