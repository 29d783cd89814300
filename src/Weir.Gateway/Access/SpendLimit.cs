using Weir.Providers.Pricing;

namespace Weir.Gateway.Access;

/// <summary>One limit of money: what the scope may spend in one window. A scope may have several, with different windows.</summary>
/// <param name="Scope">Whose.</param>
/// <param name="Max">Hard limit; null when there is only a soft one. Zero allows nothing.</param>
/// <param name="Soft">An alert is raised above this; nothing is refused.</param>
/// <param name="Window">How often it starts again, as LiteLLM writes it (<c>30d</c>, <c>24h</c>, <c>1mo</c>); empty for never.</param>
/// <param name="Name">For people: the key's alias, the team's alias; never a secret.</param>
public sealed record SpendLimit(Scope Scope, Money? Max, Money? Soft, string Window, string Name)
{
    /// <summary>For one model (or a wildcard) only; null for all.</summary>
    public string? Model { get; init; }

    /// <summary>Added to <see cref="Max"/> until <see cref="IncreaseEnds"/>.</summary>
    public Money Increase { get; init; }

    /// <summary>When <see cref="Increase"/> ends; null when there is none.</summary>
    public DateTimeOffset? IncreaseEnds { get; init; }
}
