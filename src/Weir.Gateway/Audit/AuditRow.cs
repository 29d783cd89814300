namespace Weir.Gateway.Audit;

/// <summary>How far a chain has come.</summary>
/// <param name="Chain">Its name: that of the replica that writes it.</param>
/// <param name="Seq">Number of its last row.</param>
/// <param name="Hash">That row's hash.</param>
public sealed record AuditHead(string Chain, long Seq, ReadOnlyMemory<byte> Hash);

/// <summary>A stored audit row.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Seq">Its number in the chain, from 1.</param>
/// <param name="AtMicros">When, microseconds since 1970 UTC.</param>
/// <param name="Kind">The word of its kind.</param>
/// <param name="CallId">The request, or empty.</param>
/// <param name="Body">The body, UTF-8.</param>
/// <param name="Hash">The stored hash.</param>
public sealed record AuditRow(string Chain, long Seq, long AtMicros, string Kind, string CallId, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Hash);

/// <summary>Which rows to list. Every filter that is set narrows the list.</summary>
public sealed record AuditQuery
{
    /// <summary>Largest page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Rows per page, 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Oldest first; otherwise the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Rows beyond this place in the order asked for.</summary>
    public AuditCursor? Beyond { get; init; }

    /// <summary>At or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The kind.</summary>
    public AuditKind? Kind { get; init; }

    /// <summary>The request; of model calls the ledger is asked.</summary>
    public string? CallId { get; init; }
}

/// <summary>A place in a list.</summary>
/// <param name="AtMicros">Time of the last row of a page.</param>
/// <param name="Chain">Its chain.</param>
/// <param name="Seq">Its number.</param>
public readonly record struct AuditCursor(long AtMicros, string Chain, long Seq);

/// <summary>Rows that were deleted on purpose (<c>weir audit prune</c>): a gap that verification accepts.</summary>
/// <param name="Chain">Whose.</param>
/// <param name="From">First number.</param>
/// <param name="To">Last number.</param>
/// <param name="Previous">Hash of the row before the first.</param>
/// <param name="Last">Hash of the last.</param>
/// <param name="Token">What was signed about it; see <see cref="AuditToken"/>.</param>
public sealed record AuditStretch(string Chain, long From, long To, ReadOnlyMemory<byte> Previous, ReadOnlyMemory<byte> Last, string Token);

/// <summary>A checkpoint as the database keeps it.</summary>
/// <param name="Signer">Chain of the replica that wrote it.</param>
/// <param name="Number">Its number among those of its signer, from 1.</param>
/// <param name="AtMicros">When, microseconds since 1970 UTC.</param>
/// <param name="Token">What was signed; see <see cref="AuditToken"/>.</param>
public sealed record StoredCheckpoint(string Signer, long Number, long AtMicros, string Token);

/// <summary>What the ledger says of a model call, in the form in which it was audited.</summary>
/// <param name="CallId">The request.</param>
/// <param name="Body">The body that the ledger's row would have today.</param>
public sealed record LedgerCall(string CallId, ReadOnlyMemory<byte> Body);
