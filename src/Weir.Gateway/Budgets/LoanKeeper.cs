using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;

namespace Weir.Gateway.Budgets;

/// <summary>
/// Keeps loans alive in the background, and hands back what is unused: of windows that are over, of slices that expired, of accounts that
/// nobody uses, and of those that another replica waits for.
/// </summary>
internal sealed partial class LoanKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly IBudgetStore _store;
    private readonly string _replica;
    private readonly TimeSpan _term;
    private readonly Dictionary<BudgetWindow, SliceAccount> _accounts;
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _every;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<BudgetWindow, SpendLimit> _watched = [];
    private readonly Dictionary<BudgetWindow, long> _told = [];
    private BudgetCalendar _calendar = BudgetCalendar.Utc;
    private Task _loop = Task.CompletedTask;
    private bool _disposed;

    internal LoanKeeper(
        IBudgetStore store, string replica, TimeSpan term, Dictionary<BudgetWindow, SliceAccount> accounts, Lock gate, TimeProvider time, ILogger logger)
    {
        _store = store;
        _replica = replica;
        _term = term;
        _accounts = accounts;
        _gate = gate;
        _time = time;
        _logger = logger;
        // A shared store's other replicas wait for what we don't need, for a second at most.
        _every = store.IsShared ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(10);
    }

    internal void Start() => _loop = Task.Run(RunAsync);

    /// <summary>One round.</summary>
    internal async Task KeepAsync(CancellationToken cancellationToken)
    {
        List<SliceAccount> accounts;
        bool lends;
        lock (_gate)
        {
            accounts = [.. _accounts.Values];
            lends = accounts.Exists(static account => account.Current is not null || account.Earlier.Count > 0);
        }
        if (lends)
        {
            var (at, on) = (_time.GetTimestamp(), _time.GetUtcNow());
            var states = await _store.RenewAsync(_replica, _term, cancellationToken);
            lock (_gate)
            {
                Apply(accounts, states, at, on);
            }
            await HandBackAsync(accounts);
        }
        await LookAtSoftLimitsAsync(cancellationToken);
        lock (_gate)
        {
            Forget();
        }
    }

    /// <summary>Looks at the limit's window in the next round.</summary>
    internal void Watch(SpendLimit limit, BudgetCalendar calendar)
    {
        lock (_gate)
        {
            _calendar = calendar;
            _watched[new BudgetWindow(limit.Scope, limit.Window)] = limit;
        }
    }

    /// <summary>Hands back what is unused of loans that admit nothing more.</summary>
    internal async ValueTask HandBackAsync(IReadOnlyList<SliceAccount> accounts)
    {
        List<SliceReturn>? returns = null;
        lock (_gate)
        {
            foreach (var account in accounts)
            {
                foreach (var loan in account.Earlier)
                {
                    if (loan.Unused > 0)
                    {
                        (returns ??= []).Add(new SliceReturn(loan.Epoch, loan.Unused));
                        loan.Amount = loan.Reserved;
                    }
                }
                account.Earlier.RemoveAll(static loan => loan.Reserved == 0 && loan.Unused <= 0);
            }
        }
        if (returns is not null)
        {
            // Not cut short: what is struck out here must be struck out there. If it fails, the store's expiry keeps it as lost.
            await _store.ReturnAsync(returns, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }
        await _stop.CancelAsync();
        await _loop;
        List<SliceAccount> accounts;
        lock (_gate)
        {
            accounts = [.. _accounts.Values];
            accounts.ForEach(static account => account.Retire());
        }
        try
        {
            await HandBackAsync(accounts);
        }
        catch (Exception error)
        {
            // A boundary: the next start frees it after the journal's replay.
            LogKeeping(_logger, error, error.Message);
        }
        accounts.ForEach(static account => account.Dispose());
        _stop.Dispose();
    }

    private void Apply(List<SliceAccount> accounts, IReadOnlyList<SliceState> states, long at, DateTimeOffset on)
    {
        var known = states.ToDictionary(static state => state.Epoch);
        foreach (var account in accounts)
        {
            foreach (var earlier in account.Earlier)
            {
                if (earlier.Holds(_time, on) && known.TryGetValue(earlier.Epoch, out var held) && held.Alive)
                {
                    earlier.Renewed(at, on);
                }
            }
            if (account.Current is not { } loan)
            {
                continue;
            }
            if (!known.TryGetValue(loan.Epoch, out var state))
            {
                // Borrowed after the question left, or taken out of the store by hand; its own deadline decides.
                continue;
            }
            if (state.Alive && loan.Admits(_time, on))
            {
                loan.Renewed(at, on);
            }
            if (!state.Alive || !loan.Admits(_time, on) || state.Wanted || _time.GetElapsedTime(account.UsedAt) > Idle)
            {
                account.Retire();
            }
            account.Spent = Math.Max(account.Spent, state.Settled);
        }
    }

    private async Task LookAtSoftLimitsAsync(CancellationToken cancellationToken)
    {
        List<SpendLimit> limits;
        lock (_gate)
        {
            limits = [.. _watched.Values];
            _watched.Clear();
        }
        if (limits.Count == 0)
        {
            return;
        }
        var states = await _store.ReadAsync(limits.ConvertAll(static limit => new BudgetWindow(limit.Scope, limit.Window)), _calendar, cancellationToken);
        for (var i = 0; i < limits.Count; i++)
        {
            var (limit, state) = (limits[i], states[i]);
            if (limit.Soft is not { } soft || state.Settled < soft.Nanos)
            {
                // Its rows may still be on their way: looked at again until nothing is asked for it any more.
                continue;
            }
            if (_told.TryGetValue(state.Window, out var start) && start == state.Span.Start)
            {
                continue;
            }
            _told[state.Window] = state.Span.Start;
            LogSoft(_logger, ScopeNames.Of(limit.Scope.Kind), limit.Name, state.Settled / 1_000_000_000m, soft.Nanos / 1_000_000_000m);
        }
    }

    /// <summary>Windows of which nothing is held and that nobody asks for: end users and tags come and go.</summary>
    private void Forget()
    {
        foreach (var (window, account) in _accounts)
        {
            if (account is { Current: null, Earlier.Count: 0, RowsFirst: false } && _time.GetElapsedTime(account.UsedAt) > Idle && account.Gate.CurrentCount == 1)
            {
                _accounts.Remove(window);
            }
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await KeepAsync(_stop.Token);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // A boundary: loans that are not renewed admit nothing more, and the next round comes.
                    LogKeeping(_logger, error, error.Message);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogStopped(_logger);
        }
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "Borrowed budgets could not be renewed or handed back ({Reason})")]
    private static partial void LogKeeping(ILogger logger, Exception error, string reason);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "Soft budget crossed: {Kind} {Name} has spent {Spent} USD of a soft budget of {Soft} USD")]
    private static partial void LogSoft(ILogger logger, string kind, string name, decimal spent, decimal soft);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Debug, Message = "Borrowed budgets are no longer renewed: the gateway stops")]
    private static partial void LogStopped(ILogger logger);
}
