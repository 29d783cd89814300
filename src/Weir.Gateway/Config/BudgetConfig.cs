using System.Collections.Immutable;
using Weir.Providers.Pricing;

namespace Weir.Gateway.Config;

/// <summary>Limits of money that the file itself sets, and how budgets behave.</summary>
public sealed record BudgetConfig
{
    /// <summary>What the whole gateway may spend (<c>litellm_settings.max_budget</c>); null for no limit.</summary>
    public BudgetTerms? Proxy { get; init; }

    /// <summary>What each end user may spend that has no budget of its own (<c>max_end_user_budget</c>); null for no limit.</summary>
    public BudgetTerms? EndUser { get; init; }

    /// <summary>Name of the stored budget that counts instead (<c>max_end_user_budget_id</c>).</summary>
    public string? EndUserBudgetId { get; init; }

    /// <summary>What may be spent at each provider (<c>router_settings.provider_budget_config</c>), by catalog name.</summary>
    public ImmutableDictionary<string, BudgetTerms> Providers { get; init; } = ImmutableDictionary<string, BudgetTerms>.Empty;

    /// <summary>Status of an answer that says that a budget is spent.</summary>
    public int ExceededStatus { get; init; } = 422;

    /// <summary>The zone whose midnight begins a new window (<c>litellm_settings.timezone</c>).</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>A request that sets no limit to its answer gets the longest one that its budgets allow, where the model's own is too dear.</summary>
    public bool ClampsAnswers { get; init; }

    /// <summary>Requests in flight of the whole gateway (<c>global_max_parallel_requests</c>); null for no limit.</summary>
    public int? GlobalParallel { get; init; }
}

/// <summary>A limit of money.</summary>
/// <param name="Max">How much.</param>
/// <param name="Window">How often it starts again; empty for never.</param>
public sealed record BudgetTerms(Money Max, string Window);
