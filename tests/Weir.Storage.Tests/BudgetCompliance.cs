using CsCheck;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Ledger;
using Weir.Gateway.Tests.Ledger;
using Weir.Providers.Pricing;

namespace Weir.Storage.Tests;

/// <summary>What every store of budgets must do. One subclass per driver.</summary>
public abstract class BudgetCompliance : IDisposable
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(10);
    private static readonly BudgetWindow Key = new(new Scope(ScopeKind.Key, new string('a', 64)), "30d");
    private static readonly BudgetWindow Team = new(new Scope(ScopeKind.Team, "dev"), "");

    private int _position;

    /// <summary>An empty, migrated database.</summary>
    protected abstract Storage Storage { get; }

    /// <summary>Moves the store's clock on.</summary>
    protected abstract void LetPass(TimeSpan time);

    public abstract void Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IBudgetStore Budgets => Storage.Budgets;

    [Fact]
    public async Task Money_is_lent_up_to_the_limit_and_not_beyond()
    {
        Assert.Equal(60, Single(await LeaseAsync("a", Key, limit: 100, need: 60)).Added);
        var refused = await LeaseAsync("a", Key, limit: 100, need: 41);
        Assert.Empty(refused.Slices);
        Assert.Equal((0, 60L, 0L), (refused.RefusedItem, refused.Refused?.Leased, refused.Refused?.LeasedByOthers));
        Assert.Equal(40, Single(await LeaseAsync("a", Key, limit: 100, need: 40)).Added);
        Assert.Equal((0, 100, 0), await BooksAsync(Key));
    }

    [Fact]
    public async Task Of_several_windows_all_are_lent_from_or_none()
    {
        var answer = await Budgets.LeaseAsync(Order("a", new LeaseItem(Key, 100, 10, 10, 0), new LeaseItem(Team, 5, 10, 10, 0)), Stop);
        Assert.Equal((1, Team), (answer.RefusedItem, answer.Refused?.Window));
        Assert.Equal((0, 0, 0), await BooksAsync(Key));
        answer = await Budgets.LeaseAsync(Order("a", new LeaseItem(Key, 100, 10, 10, 0), new LeaseItem(Team, 15, 10, 10, 0)), Stop);
        Assert.Equal([10, 10], answer.Slices.Select(slice => slice.Added));
        Assert.Equal((0, 10, 0), await BooksAsync(Team));
    }

    [Fact]
    public async Task More_than_is_needed_is_lent_only_from_a_quarter_of_what_is_free_shared_among_replicas()
    {
        Assert.Equal(250, Single(await LeaseAsync("a", Key, limit: 1000, need: 10, want: 900)).Added);
        Assert.Equal(93, Single(await LeaseAsync("b", Key, limit: 1000, need: 10, want: 900)).Added); // 750 / 8
        Assert.Equal(20, Single(await LeaseAsync("b", Key, limit: 1000, need: 10, want: 20)).Added);
        Assert.Equal(600, Single(await LeaseAsync("b", Key, limit: 1000, need: 600, want: 600)).Added);
    }

    [Fact]
    public async Task A_slice_that_is_alive_grows_and_a_dead_one_gives_way_to_a_new_one()
    {
        var first = Single(await LeaseAsync("a", Key, limit: 100, need: 10));
        Assert.Equal(first.Epoch, Single(await LeaseAsync("a", Key, limit: 100, need: 10, epoch: first.Epoch)).Epoch);
        Assert.NotEqual(first.Epoch, Single(await LeaseAsync("b", Key, limit: 100, need: 10, epoch: first.Epoch)).Epoch);
        Assert.NotEqual(first.Epoch, Single(await LeaseAsync("a", Team, limit: 100, need: 10, epoch: first.Epoch)).Epoch);
        LetPass(Term + TimeSpan.FromSeconds(1));
        Assert.True(Single(await LeaseAsync("a", Key, limit: 100, need: 10, epoch: first.Epoch)).Epoch > first.Epoch);
    }

    [Fact]
    public async Task What_a_row_charges_is_booked_with_it_once_and_out_of_its_slice()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 100, need: 60));
        var row = Row(25, Charge(Key, slice, 25), Free(Team, 25));
        await WriteAsync(7, 1, row);
        await WriteAsync(7, 1, row);
        Assert.Equal((25, 35, 0), await BooksAsync(Key));
        Assert.Equal((25, 0, 0), await BooksAsync(Team));
    }

    [Fact]
    public async Task A_batch_adds_up_what_its_rows_charge()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 1000, need: 1000));
        await WriteAsync(7, 1, [.. Enumerable.Range(1, 30).Select(i => Row(i, Charge(Key, slice, i), Free(Team, i)))]);
        Assert.Equal((465, 535, 0), await BooksAsync(Key));
        Assert.Equal((465, 0, 0), await BooksAsync(Team));
    }

    [Fact]
    public async Task An_upstream_that_used_more_than_its_bound_is_booked_in_full()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 100, need: 60));
        await WriteAsync(7, 1, Row(90, Charge(Key, slice, 90)));
        Assert.Equal((90, 0, 0), await BooksAsync(Key));
        Assert.Equal(90, (await LeaseAsync("a", Key, limit: 100, need: 11)).Refused?.Settled);
    }

    [Fact]
    public async Task Money_handed_back_can_be_lent_again()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 100, need: 100));
        await Budgets.ReturnAsync([new SliceReturn(slice.Epoch, 30), new SliceReturn(999_999, 5)], Stop);
        Assert.Equal((0, 70, 0), await BooksAsync(Key));
        await Budgets.ReturnAsync([new SliceReturn(slice.Epoch, 1000)], Stop);
        Assert.Equal((0, 0, 0), await BooksAsync(Key));
    }

    [Fact]
    public async Task Renewal_puts_the_deadline_off_and_expiry_frees_nothing()
    {
        var a = Single(await LeaseAsync("a", Key, limit: 100, need: 40));
        var b = Single(await LeaseAsync("b", Key, limit: 100, need: 50));
        LetPass(Term / 2);
        Assert.Equal([new SliceState(a.Epoch, true, false, 0)], await Budgets.RenewAsync("a", Term, Stop));
        LetPass((Term / 2) + TimeSpan.FromSeconds(1));
        Assert.Equal([new SliceState(a.Epoch, true, false, 0)], await Budgets.RenewAsync("a", Term, Stop));
        Assert.Equal((0, 40, 50), await BooksAsync(Key));
        Assert.Equal([new SliceState(b.Epoch, false, false, 0)], await Budgets.RenewAsync("b", Term, Stop));
        Assert.Equal((0L, 50L), ((await LeaseAsync("a", Key, limit: 100, need: 11)).Refused?.Settled, 50L));
    }

    [Fact]
    public async Task A_late_settlement_is_booked_out_of_what_was_lost_and_the_rest_is_freed_on_report()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 100, need: 60));
        LetPass(Term + TimeSpan.FromSeconds(1));
        await Budgets.RenewAsync("b", Term, Stop);
        await WriteAsync(7, 1, Row(25, Charge(Key, slice, 25)));
        Assert.Equal((25, 0, 35), await BooksAsync(Key));
        await Budgets.ReturnAsync([new SliceReturn(slice.Epoch, 30)], Stop);
        Assert.Equal((25, 0, 5), await BooksAsync(Key));
        await WriteAsync(7, 2, Row(5, Charge(Key, slice, 5)), Row(7, Charge(Key, slice, 7)));
        Assert.Equal((37, 0, 0), await BooksAsync(Key));
        Assert.Empty(await Budgets.RenewAsync("a", Term, Stop));
    }

    [Fact]
    public async Task What_is_lost_can_be_released_by_age_and_scope()
    {
        await LeaseAsync("a", Key, limit: 100, need: 60);
        await LeaseAsync("a", Team, limit: 100, need: 50);
        LetPass(Term + TimeSpan.FromSeconds(1));
        await Budgets.RenewAsync("b", Term, Stop);
        Assert.Equal(0, await Budgets.ReleaseLostAsync(null, TimeSpan.FromMinutes(1), Stop));
        LetPass(TimeSpan.FromMinutes(2));
        Assert.Equal(60, await Budgets.ReleaseLostAsync(Key.Scope, TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(50, await Budgets.ReleaseLostAsync(null, TimeSpan.FromMinutes(1), Stop));
        Assert.Equal((0, 0, 0), await BooksAsync(Team));
    }

    [Fact]
    public async Task A_refusal_makes_others_hand_back_for_a_while()
    {
        var a = Single(await LeaseAsync("a", Key, limit: 100, need: 90));
        Assert.Equal(90, (await LeaseAsync("b", Key, limit: 100, need: 20)).Refused?.LeasedByOthers);
        Assert.Equal([new SliceState(a.Epoch, true, true, 0)], await Budgets.RenewAsync("a", Term, Stop));
        LetPass(TimeSpan.FromSeconds(3));
        Assert.Equal([new SliceState(a.Epoch, true, false, 0)], await Budgets.RenewAsync("a", Term, Stop));
    }

    [Fact]
    public async Task A_request_that_was_begun_leaves_no_trace_once_its_row_is_there()
    {
        var slice = Single(await LeaseAsync("a", Key, limit: 100, need: 60));
        await WriteAsync(7, 1, Opening(1, 30, Charge(Key, slice, 30)), Row(20, ticket: 1, Charge(Key, slice, 20)), Opening(2, 10, Charge(Key, slice, 10)));
        Assert.Equal((20, 40, 0), await BooksAsync(Key));
        await WriteAsync(7, 4, Row(9, ticket: 2, Charge(Key, slice, 9)));
        Assert.Equal(new ReplicaClosure(0, 0, 31), await Budgets.CloseReplicaAsync("a", Stop));
        Assert.Equal((29, 0, 0), await BooksAsync(Key));
        Assert.Equal(2, (await Storage.Ledger.ListAsync(new LedgerQuery(), Stop)).Entries.Count);
    }

    [Fact]
    public async Task Closing_a_replica_charges_what_it_did_not_finish_and_frees_the_rest_also_of_what_was_lost()
    {
        var mine = Single(await LeaseAsync("a", Key, limit: 100, need: 60));
        var other = Single(await LeaseAsync("b", Key, limit: 100, need: 10));
        await WriteAsync(7, 1, Opening(1, 30, Charge(Key, mine, 30), Free(Team, 30)));
        LetPass(Term + TimeSpan.FromSeconds(1));
        await Budgets.RenewAsync("c", Term, Stop);
        Assert.Equal((0, 0, 70), await BooksAsync(Key));
        Assert.Equal(new ReplicaClosure(1, 30, 30), await Budgets.CloseReplicaAsync("a", Stop));
        Assert.Equal(new ReplicaClosure(0, 0, 0), await Budgets.CloseReplicaAsync("a", Stop));
        Assert.Equal((30, 0, 10), await BooksAsync(Key));
        Assert.Equal((30, 0, 0), await BooksAsync(Team));
        var row = Assert.Single((await Storage.Ledger.ListAsync(new LedgerQuery(), Stop)).Entries).Record;
        Assert.Equal((RequestOutcome.Interrupted, 30L), (row.Outcome, row.Cost.Nanos));
        Assert.Equal([new SliceState(other.Epoch, false, false, 30)], await Budgets.RenewAsync("b", Term, Stop));
    }

    [Fact]
    public async Task A_new_window_begins_empty_and_a_late_charge_goes_into_the_old_one()
    {
        var old = Single(await LeaseAsync("a", Key, limit: 100, need: 100));
        LetPass(TimeSpan.FromDays(32));
        var next = Single(await LeaseAsync("a", Key, limit: 100, need: 70, epoch: old.Epoch));
        Assert.Equal((70L, old.Span.End), (next.Added, next.Span.Start));
        await WriteAsync(7, 1, Row(55, Charge(Key, old, 55)));
        Assert.Equal((0, 70, 0), await BooksAsync(Key));
    }

    [Fact]
    public async Task Spend_can_be_set_by_hand()
    {
        await Budgets.SetSettledAsync(Team, BudgetCalendar.Utc, 40, Stop);
        Assert.Equal((40, 0, 0), await BooksAsync(Team));
        await LeaseAsync("a", Team, limit: 100, need: 50);
        await Budgets.SetSettledAsync(Team, BudgetCalendar.Utc, 0, Stop);
        Assert.Equal((0, 50, 0), await BooksAsync(Team));
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_exactly_as_many_are_served_as_there_is_money_for()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => LeaseAsync($"r{i % 3}", Key, limit: 1_000, need: 90), Stop)));
        Assert.Equal(11, answers.Count(answer => answer.Slices.Count == 1));
        Assert.Equal((0, 990, 0), await BooksAsync(Key));
    }

    /// <summary>Any order of leases, settlements, returns, renewals, expiries and closures keeps the books within the limit.</summary>
    [Fact]
    public async Task Books_never_exceed_the_limit_whatever_happens()
    {
        var plans = new List<(int What, int Who, int Amount)[]>();
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2], Gen.Int[1, 40]).Array[40].Sample(plans.Add, iter: 12, threads: 1);
        var number = 0;
        foreach (var plan in plans)
        {
            var window = new BudgetWindow(new Scope(ScopeKind.Tag, $"t{number++}"), "");
            var slices = new List<(string Replica, long Epoch, long Left)>();
            var settled = 0L;
            foreach (var (what, who, amount) in plan)
            {
                var replica = $"{number}-{who}";
                var at = slices.Count == 0 ? -1 : amount % slices.Count;
                switch (what)
                {
                    case 0 or 1 or 2 when (await LeaseAsync(replica, window, 200, amount, amount * 3)).Slices is [var slice]:
                        slices.Add((replica, slice.Epoch, slice.Added));
                        break;
                    case 3 when at >= 0:
                        var cost = Math.Min(amount, slices[at].Left);
                        settled += cost;
                        await WriteAsync(number, _position++, Row(cost, new SpendCharge(window.Scope, "", 0, slices[at].Epoch, cost)));
                        slices[at] = slices[at] with { Left = slices[at].Left - cost };
                        break;
                    case 4 when at >= 0:
                        var back = Math.Min(amount, slices[at].Left);
                        await Budgets.ReturnAsync([new SliceReturn(slices[at].Epoch, back)], Stop);
                        slices[at] = slices[at] with { Left = slices[at].Left - back };
                        break;
                    case 5:
                        LetPass(TimeSpan.FromSeconds(amount / 4));
                        await Budgets.RenewAsync(replica, Term, Stop);
                        break;
                    case 6:
                        await Budgets.CloseReplicaAsync(replica, Stop);
                        slices.RemoveAll(slice => slice.Replica == replica);
                        break;
                    default:
                        break;
                }
                var books = await BooksAsync(window);
                Assert.InRange(books.Settled + books.Leased + books.Lost, 0, 200);
                Assert.Equal((settled, slices.Sum(slice => slice.Left)), (books.Settled, books.Leased + books.Lost));
            }
        }
    }

    private static Slice Single(LeaseAnswer answer) => Assert.Single(answer.Slices);

    private static LeaseOrder Order(string replica, params LeaseItem[] items) => new(replica, Term, BudgetCalendar.Utc, items);

    private static SpendCharge Charge(BudgetWindow window, Slice slice, long nanos) => new(window.Scope, window.Window, slice.Span.Start, slice.Epoch, nanos);

    private static SpendCharge Free(BudgetWindow window, long nanos) => new(window.Scope, window.Window, 0, 0, nanos);

    private static RequestRecord Row(long cost, params SpendCharge[] charges) => Row(cost, 0, charges);

    private static RequestRecord Row(long cost, long ticket, params SpendCharge[] charges)
    {
        var record = SampleRecords.Usual($"call-{cost}-{ticket}");
        record.Cost = new Money(cost);
        record.Ticket = ticket;
        record.Charges.AddRange(charges);
        return record;
    }

    private static RequestRecord Opening(long ticket, long cost, params SpendCharge[] charges)
    {
        var record = Row(cost, ticket, charges);
        record.Outcome = RequestOutcome.Interrupted;
        return record;
    }

    private async Task<LeaseAnswer> LeaseAsync(string replica, BudgetWindow window, long limit, long need, long want = 0, long epoch = 0) =>
        await Budgets.LeaseAsync(Order(replica, new LeaseItem(window, limit, need, Math.Max(need, want), epoch)), Stop);

    private async Task WriteAsync(long segment, long position, params RequestRecord[] records) =>
        await Storage.Ledger.WriteAsync(LedgerBatch.Of(segment, position, records, "a"), Stop);

    private async Task<(long Settled, long Leased, long Lost)> BooksAsync(BudgetWindow window)
    {
        var state = Assert.Single(await Budgets.ReadAsync([window], BudgetCalendar.Utc, Stop));
        return (state.Settled, state.Leased, state.Lost);
    }
}
