using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;

namespace Weir.Storage.Tests.Postgres;

public sealed class PostgresBudgetStoreTests(PostgresServer server) : BudgetCompliance, IAsyncLifetime
{
    // Far from the end of a month, so that a window never ends by itself.
    private TimeSpan _shift = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow();
    private PostgresPlace? _place;
    private Storage? _storage;

    protected override Storage Storage => _storage ?? throw new InvalidOperationException("not begun");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _place = await server.PlaceAsync(this);
        _storage = Open();
        _storage.Migrations.Migrate();
    }

    protected override void LetPass(TimeSpan time) => _shift += time;

    public override void Dispose() => _storage?.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Replicas_that_lease_settle_renew_and_hand_back_at_once_never_lend_more_than_there_is()
    {
        const long limit = 2_000;
        BudgetWindow[] windows = [new(new Scope(ScopeKind.Key, "k"), "30d"), new(new Scope(ScopeKind.Team, "t"), ""), new(Scope.Proxy, "1d")];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(
            async () =>
            {
                using var mine = Open();
                var random = new Random(who);
                for (int round = 0; round < 40; round++)
                {
                    // Each asks in another order: none may wait for another in a circle.
                    var items = windows.OrderBy(_ => random.Next()).Select(window => new LeaseItem(window, limit, 5, 20, 0)).ToList();
                    var answer = await mine.Budgets.LeaseAsync(new LeaseOrder($"r{who}", TimeSpan.FromSeconds(10), BudgetCalendar.Utc, items), Stop);
                    if (answer.Slices.Count > 0)
                    {
                        var row = SampleRecords.Usual($"{who}-{round}");
                        row.Charges.AddRange(answer.Slices.Select((slice, i) => new SpendCharge(items[i].Window.Scope, items[i].Window.Window, slice.Span.Start, slice.Epoch, 3)));
                        await mine.Ledger.WriteAsync(LedgerBatch.Of(who, round + 1, [row], $"r{who}"), Stop);
                        await mine.Budgets.ReturnAsync([.. answer.Slices.Select(slice => new SliceReturn(slice.Epoch, slice.Added - 3))], Stop);
                    }

                    await mine.Budgets.RenewAsync($"r{who}", TimeSpan.FromSeconds(10), Stop);
                    Assert.All(await mine.Budgets.ReadAsync(windows, BudgetCalendar.Utc, Stop), state => Assert.InRange(state.Settled + state.Leased + state.Lost, 0, limit));
                }
            },
            Stop)));
        long rows = (await Storage.Ledger.TotalsByGroupAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Stop)).Sum(total => total.Requests);
        Assert.InRange(rows, 100, 160);
        Assert.All(await Storage.Budgets.ReadAsync(windows, BudgetCalendar.Utc, Stop), state => Assert.Equal((3 * rows, 0L, 0L), (state.Settled, state.Leased, state.Lost)));
    }

    [Fact]
    public async Task A_name_that_PostgreSQL_can_not_hold_is_charged_and_found()
    {
        var window = new BudgetWindow(new Scope(ScopeKind.EndUser, "a\0b"), "");
        var row = SampleRecords.Usual("odd");
        row.Charges.Add(new SpendCharge(window.Scope, "", 0, 0, 7));
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(1, 1, [row]), Stop);
        Assert.Equal(7, Assert.Single(await Storage.Budgets.ReadAsync([window], BudgetCalendar.Utc, Stop)).Settled);
    }

    private Storage Open() => (_place ?? throw new InvalidOperationException("not begun")).Open(new StorageOptions { ClockShift = () => _shift });
}
