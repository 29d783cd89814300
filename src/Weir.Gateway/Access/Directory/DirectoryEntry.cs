namespace Weir.Gateway.Access.Directory;

/// <summary>
/// One thing of the directory. What it says is a JSON document with LiteLLM's field names, in which fields that this build doesn't know
/// survive; what is searched for stands beside it. What it has spent is not here: that is counted where money is counted.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Which one; unique in its kind.</param>
/// <param name="Document">A JSON object.</param>
public sealed record DirectoryEntry(DirectoryKind Kind, string Id, ReadOnlyMemory<byte> Document)
{
    /// <summary>A second name, unique in its kind; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Its team; null for none.</summary>
    public string? TeamId { get; init; }

    /// <summary>Its user; null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>Its organisation; null for none.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>When it was made (microseconds are kept).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The change of the directory that made it what it is; 0 before it is stored.</summary>
    public long Revision { get; init; }
}
