using Weir.Providers;

namespace Weir.Gateway.Ledger;

/// <summary>A thing that an upstream keeps for somebody: what a list of one's own things is made of.</summary>
/// <param name="Owner">Whose it is; see <c>Caller.Owner</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id as the owner knows it.</param>
public sealed record KeptThing(string Owner, KeptKind Kind, string Id)
{
    /// <summary>What its owner was told of it last: a JSON object, in the owner's ids.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>Where a page of things begins and how long it is.</summary>
/// <param name="Owner">Whose things.</param>
/// <param name="Kind">Which.</param>
/// <param name="After">The last id of the page before; null for the first page. One that is not in the list begins nowhere: the page is empty.</param>
/// <param name="Limit">Most things of the page.</param>
/// <param name="OldestFirst">The order; else the newest come first.</param>
public sealed record KeptPage(string Owner, KeptKind Kind, string? After, int Limit, bool OldestFirst);
