namespace Weir.Gateway.Access.Directory;

/// <summary>Which entries to list, the newest first. Every filter that is set narrows the list.</summary>
/// <param name="Kind">Of what.</param>
public sealed record DirectoryQuery(DirectoryKind Kind)
{
    /// <summary>Largest page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Entries per page, 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary><see cref="DirectoryPage.Next"/> of the page before; null for the first page.</summary>
    public DirectoryCursor? Before { get; init; }

    /// <summary>Entries to pass over: LiteLLM's numbered pages. A cursor costs less.</summary>
    public int Skip { get; init; }

    /// <summary>Of this team.</summary>
    public string? TeamId { get; init; }

    /// <summary>Of this user.</summary>
    public string? UserId { get; init; }

    /// <summary>Of this organisation.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>With exactly this alias.</summary>
    public string? Alias { get; init; }
}

/// <summary>A place in a list.</summary>
/// <param name="CreatedAtMicros">Microseconds since 1970 UTC.</param>
/// <param name="Id">Id of the last entry of a page.</param>
public readonly record struct DirectoryCursor(long CreatedAtMicros, string Id);

/// <summary>A page of entries.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Total">Entries that the filters let through, on all pages.</param>
/// <param name="Next">Pass as <see cref="DirectoryQuery.Before"/>; null when this is the last page.</param>
public sealed record DirectoryPage(IReadOnlyList<DirectoryEntry> Entries, long Total, DirectoryCursor? Next);
