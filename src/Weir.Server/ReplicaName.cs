namespace Weir.Server;

/// <summary>
/// The name under which this process borrows from budgets. It is kept beside the journal, so that what an earlier life borrowed is known to be
/// its own; who loses the folder loses the name too, and what was borrowed under it stays lost until it is released.
/// </summary>
internal static class ReplicaName
{
    private const string FileName = "weir-replica";

    internal static string Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
        {
            return known;
        }
        var made = Guid.NewGuid().ToString("N");
        File.WriteAllText(path, made);
        return made;
    }
}
