using Weir.Providers.Pricing;

namespace Weir.Gateway.Ledger;

/// <summary>Which rows to list. Every filter that is set narrows the list.</summary>
public sealed record LedgerQuery
{
    /// <summary>Largest page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Rows per page, 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary><see cref="LedgerPage.Next"/> of the page before; null for the first page.</summary>
    public LedgerCursor? Before { get; init; }

    /// <summary>Started at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Started before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>sha256 hex of a key.</summary>
    public string? KeyHash { get; init; }

    /// <summary>Group that answered.</summary>
    public string? ModelGroup { get; init; }
}

/// <summary>A place in the list: the start and the id of the last row of a page.</summary>
/// <param name="StartedAtMicros">Microseconds since 1970 UTC.</param>
/// <param name="Id">The row's id.</param>
public readonly record struct LedgerCursor(long StartedAtMicros, long Id);

/// <summary>A stored row.</summary>
/// <param name="Id">Its id in the store.</param>
/// <param name="Record">What was written down; times are cut to microseconds.</param>
public sealed record LedgerEntry(long Id, RequestRecord Record);

/// <summary>A page of rows.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Pass as <see cref="LedgerQuery.Before"/> for the next page; null when this is the last.</param>
public sealed record LedgerPage(IReadOnlyList<LedgerEntry> Entries, LedgerCursor? Next);

/// <summary>Sums of one model group.</summary>
/// <param name="ModelGroup">The group.</param>
/// <param name="Requests">Rows.</param>
/// <param name="Failures">Rows whose outcome is not a success.</param>
/// <param name="PromptTokens">Input tokens.</param>
/// <param name="CompletionTokens">Output tokens.</param>
/// <param name="Cost">Known cost.</param>
/// <param name="UnknownCosts">Rows without a price, which <paramref name="Cost"/> does not hold.</param>
public sealed record GroupTotal(
    string ModelGroup, long Requests, long Failures, long PromptTokens, long CompletionTokens, Money Cost, long UnknownCosts);
