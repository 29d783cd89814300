using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Gateway.Access;
using Weir.Gateway.Budgets;
using Weir.Gateway.Errors;
using Weir.Gateway.Ledger;
using Weir.Gateway.Routing;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>
/// Money on a request's way: the worst case is borrowed before anything is asked, looked at again before each attempt, and what was really used
/// is charged when the row is written.
/// </summary>
internal sealed partial class Spender
{
    // An answer that is cut to fewer tokens than this helps nobody.
    private const long ShortestAnswer = 16;

    private readonly BudgetDesk? _desk;
    private readonly IRequestLedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _tickets = RandomNumberGenerator.GetInt32(int.MaxValue) * (1L << 31);

    internal Spender(BudgetDesk? desk, IRequestLedger ledger, TimeProvider time, ILogger logger)
    {
        _desk = desk;
        _ledger = ledger;
        _time = time;
        _logger = logger;
    }

    /// <summary>Step 2: borrows what the request may cost at the cheapest deployment of the group that it asks for.</summary>
    /// <exception cref="GatewayException">A budget is too small for it, or its cost has no bound.</exception>
    internal ValueTask ReserveAsync(GatewayCall call)
    {
        call.SpendLimits = call.Surface.Kept is null ? call.Snapshot.Spend.LimitsOf(call, call.Target.Group) : [];
        return BudgetDesk.Binds(call.SpendLimits) ? BorrowAsync(call) : ValueTask.CompletedTask;
    }

    /// <summary>
    /// Right before an attempt: may it cost what it can cost there? A dearer deployment makes the reservation grow, and one whose slice has expired
    /// is borrowed anew. What is held is then written down, so that a crash loses track of nothing.
    /// </summary>
    /// <returns>Why this deployment can't be asked; null when it can.</returns>
    internal ValueTask<GatewayError?> AllowAsync(GatewayCall call, UpstreamDeployment deployment, in RouteMatch route)
    {
        if (call.Surface.Kept is not null)
        {
            return default;
        }
        var limits = route.Group == call.Target.Group ? call.SpendLimits : call.Snapshot.Spend.LimitsOf(call, route.Group);
        var more = call.Snapshot.Spend.LimitsOf(deployment);
        return BudgetDesk.Binds(limits) || more.Count > 0 || call.Held is not null
            ? GrowAsync(call, deployment, deployment.ModelFor(route), limits, more)
            : default;
    }

    /// <summary>Steps 6 and 7: settles what the request cost and writes its row, which carries the charges.</summary>
    /// <exception cref="LedgerFullException">The row can't be written.</exception>
    internal ValueTask WriteAsync(GatewayCall call)
    {
        var record = call.Record;
        record.Charges.Clear();
        if (call.Held is { } held && _desk is not null && _desk.Settle(held, record.Cost.Nanos, record.Charges))
        {
            LogOverBound(_logger, record.CallId, record.UpstreamModel, Dollars(record.Cost.Nanos), Dollars(held.Bound));
        }
        if (record.Cost.Nanos > 0)
        {
            CountWindows(call);
            SpendRules.Count(call, record.Cost.Nanos);
        }
        return _ledger.AppendAsync(record, CancellationToken.None);
    }

    /// <summary>Whatever became of the request: nothing stays borrowed for it.</summary>
    internal void Release(GatewayCall call)
    {
        if (call.Held is { IsEmpty: false } held)
        {
            _desk?.Settle(held, 0, []);
        }
    }

    private async ValueTask BorrowAsync(GatewayCall call)
    {
        UpstreamDeployment? cheapest = null;
        var least = default(WorstCase);
        foreach (var candidate in Candidates(call))
        {
            var worst = WorstCase.Of(call, candidate, candidate.ModelFor(call.Target));
            if (cheapest is null || (worst.Unknown is null && (least.Unknown is not null || worst.Nanos < least.Nanos)))
            {
                (cheapest, least) = (candidate, worst);
            }
        }
        if (cheapest is not null && await HoldAsync(call, cheapest, cheapest.ModelFor(call.Target), least, call.SpendLimits, []) is { } refused)
        {
            throw new GatewayException(refused);
        }
        call.KeyBudget = KeyBudgetOf(call);
    }

    /// <summary>What the key has spent and may spend, for the response's headers; null when it has no budget.</summary>
    private (string Spend, string Max)? KeyBudgetOf(GatewayCall call)
    {
        var limits = call.SpendLimits;
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i] is { Scope.Kind: ScopeKind.Key, Max: not null } limit && _desk?.SpentOf(new BudgetWindow(limit.Scope, limit.Window)) is { } spent)
            {
                return (Dollars(spent), Dollars(BudgetDesk.MaxOf(limit, _time.GetUtcNow())));
            }
        }
        return null;
    }

    private static UpstreamDeployment[] Candidates(GatewayCall call)
    {
        var deployments = call.Target.Group.Deployments;
        var candidates = new UpstreamDeployment[deployments.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            candidates[i] = (UpstreamDeployment)deployments[i];
        }
        return candidates;
    }

    private async ValueTask<GatewayError?> GrowAsync(
        GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more)
    {
        var worst = BudgetDesk.Binds(limits) || more.Count > 0 ? WorstCase.Of(call, deployment, model, call.CountedPrompt) : default;
        if (await HoldAsync(call, deployment, model, worst, limits, more) is { } refused)
        {
            return refused;
        }
        if (call.Held is { IsEmpty: false } held && (call.Record.Ticket == 0 || call.WrittenBound < held.Bound || more.Count > 0))
        {
            await OpenAsync(call, held);
        }
        return null;
    }

    /// <summary>Holds the worst case; where that is too much, counts exactly, and then perhaps shortens the answer.</summary>
    private async ValueTask<GatewayError?> HoldAsync(
        GatewayCall call, UpstreamDeployment deployment, UpstreamModel model, WorstCase worst, IReadOnlyList<SpendLimit> limits, IReadOnlyList<SpendLimit> more)
    {
        if (_desk is not { } desk)
        {
            return new GatewayError(ErrorKind.BudgetUnavailable, "This key has a budget, and this gateway runs without a database in which budgets are counted.");
        }
        var gone = call.Http.RequestAborted;
        var held = call.Held ??= new Reservation();
        var refusal = worst.Unknown is null ? await desk.HoldAsync(held, limits, more, worst.Nanos, gone) : null;
        if (refusal is null && worst.Unknown is null)
        {
            return null;
        }
        if (worst.Unknown is null && refusal is { Limit: not null } && Exact(call, deployment, model) is { } counted && counted < worst.Prompt)
        {
            call.CountedPrompt = counted;
            worst = WorstCase.Of(call, deployment, model, counted);
            refusal = await desk.HoldAsync(held, limits, more, worst.Nanos, gone);
            if (refusal is null)
            {
                return null;
            }
        }
        if (refusal is { Limit: not null } && worst.OpenEnded && call.Snapshot.Config.Budgets.ClampsAnswers && ClampedAnswer.MemberFor(call, deployment) is { } member)
        {
            var tokens = WorstCost.OutputFor(model.Price, worst.Prompt, new Money(refusal.Left), WorstCase.AnyTier(call)) / AnswerLimit.Answers(call);
            if (tokens >= ShortestAnswer && WorstCost.Of(model.Price, worst.Prompt, tokens * AnswerLimit.Answers(call), WorstCase.AnyTier(call)) is { } cost)
            {
                refusal = await desk.HoldAsync(held, limits, more, cost.Nanos, gone);
                if (refusal is null)
                {
                    call.Clamped = new ClampedAnswer(member, tokens);
                    return null;
                }
            }
        }
        return worst.Unknown is { } unknown
            ? new GatewayError(ErrorKind.CostUnbounded, $"{call.Surface.Name}: {unknown}") { Param = "model" }
            : ErrorOf(call, refusal!, worst.Nanos); // One of the two says why.
    }

    /// <summary>The input counted by tokenizer, where that count can be trusted as a bound: the vendor's own vocabulary, and nothing but text.</summary>
    private static long? Exact(GatewayCall call, UpstreamDeployment deployment, UpstreamModel model) =>
        deployment.Provider.Name is "openai" or "azure" && call.Format == Weir.Providers.WireFormat.OpenAIChat && !InputElsewhere.IsIn(call)
        && Weir.Providers.Tokens.TokenCounter.CountRequest(deployment.Config.Info.BaseModel ?? model.Model, call.Bytes.Span) is { Exact: true } count
            ? count.Tokens
            : null;

    /// <summary>Writes what is held as the row that it becomes if this process dies before the real one is written.</summary>
    private ValueTask OpenAsync(GatewayCall call, Reservation held)
    {
        var record = call.Record;
        if (record.Ticket == 0)
        {
            record.Ticket = Interlocked.Increment(ref _tickets);
        }
        var (outcome, known) = (record.Outcome, record.CostKnown);
        record.Outcome = RequestOutcome.Interrupted;
        record.Cost = new Money(held.Bound);
        record.CostKnown = true;
        record.Charges.Clear();
        held.Tell(record.Charges);
        SpendRules.Count(call, held.Bound);
        try
        {
            // The row is in the journal's bytes when this returns; only the wait for a disk or a database goes on.
            return _ledger.AppendAsync(record, CancellationToken.None);
        }
        finally
        {
            call.WrittenBound = held.Bound;
            record.Outcome = outcome;
            record.Cost = Money.Zero;
            record.CostKnown = known;
            record.Charges.Clear();
        }
    }

    /// <summary>Soft limits are counted in windows of their own, which nobody borrows from.</summary>
    private void CountWindows(GatewayCall call)
    {
        var (limits, charges) = (call.SpendLimits, call.Record.Charges);
        for (var i = 0; i < limits.Count; i++)
        {
            var limit = limits[i];
            if (limit.Soft is not null)
            {
                _desk?.Watch(limit);
            }
            if (limit.Max is null && limit.Window.Length > 0 && _desk is not null && charges.Count < SpendCharge.Most
                && !charges.Exists(charge => charge.Scope == limit.Scope && charge.Window == limit.Window))
            {
                charges.Add(new SpendCharge(limit.Scope, limit.Window, _desk.Calendar.At(limit.Window, _time.GetUtcNow()).Start, 0, call.Record.Cost.Nanos));
            }
        }
    }

    private static GatewayError ErrorOf(GatewayCall call, BudgetRefusal refusal, long worst)
    {
        if (refusal.Limit is not { } limit)
        {
            return new GatewayError(ErrorKind.BudgetUnavailable, "Budgets can't be read at the moment, and this request has one. Try again soon.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }
        var message = $"Budget has been exceeded! {LabelOf(limit.Scope.Kind)}={limit.Name} Current cost: {Dollars(refusal.Spent)}, Max budget: {Dollars(refusal.Max)}";
        if (refusal.Spent < refusal.Max)
        {
            message += $". This request may cost up to {Dollars(worst)}, and {Dollars(refusal.Left)} are left beside what other requests hold: send a smaller max_tokens or a shorter prompt, or try again when they have ended.";
        }
        return new GatewayError(ErrorKind.BudgetExceeded, message) { Status = call.Snapshot.Config.Budgets.ExceededStatus };
    }

    private static string LabelOf(ScopeKind kind) => kind switch
    {
        ScopeKind.Proxy => "Proxy",
        ScopeKind.Organization => "Organization",
        ScopeKind.Team => "Team",
        ScopeKind.TeamMember => "TeamMember",
        ScopeKind.User => "User",
        ScopeKind.KeyModel => "Key and model",
        ScopeKind.EndUser => "End user",
        ScopeKind.Tag => "Tag",
        ScopeKind.Agent => "Agent",
        ScopeKind.Session => "Session",
        ScopeKind.Provider => "Provider",
        ScopeKind.Deployment => "Deployment",
        _ => "Key",
    };

    private static string Dollars(long nanos) => (nanos / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 6011, Level = LogLevel.Warning, Message = "Request {CallId} used more of {Model} than its bound: {Cost} USD instead of at most {Bound}; it is charged in full (over_bound)")]
    private static partial void LogOverBound(ILogger logger, string callId, string model, string cost, string bound);
}
