using Weir.Gateway.Access.Directory;

namespace Weir.Storage;

/// <summary>The words under which kinds of directory entries are stored, the same in every database.</summary>
internal static class DirectoryNames
{
    private static readonly Dictionary<string, DirectoryKind> Kinds = Enum.GetValues<DirectoryKind>().ToDictionary(Of, StringComparer.Ordinal);

    public static string Of(DirectoryKind kind) => kind switch
    {
        DirectoryKind.Key => "key",
        DirectoryKind.Team => "team",
        DirectoryKind.User => "user",
        DirectoryKind.Organization => "organization",
        DirectoryKind.EndUser => "end_user",
        DirectoryKind.Budget => "budget",
        DirectoryKind.Tag => "tag",
        DirectoryKind.AccessGroup => "access_group",
        DirectoryKind.Model => "model",
        DirectoryKind.Credential => "credential",
        DirectoryKind.Stop => "stop",
        DirectoryKind.RetiredKey => "retired_key",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a stored name"),
    };

    /// <summary>The kind, or null for one that a later build wrote: what this build doesn't know can't be in its caches.</summary>
    public static DirectoryKind? KindOf(string name) => Kinds.TryGetValue(name, out var kind) ? kind : null;
}
