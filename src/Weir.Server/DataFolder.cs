namespace Weir.Server;

/// <summary>Where the journal and the default database lie.</summary>
internal static class DataFolder
{
    private const string Variable = "WEIR_DATA_DIR";

    /// <summary>
    /// <c>WEIR_DATA_DIR</c>, else the config file's own folder, else (a mounted ConfigMap is read-only) the user's state folder, else the
    /// temporary folder, about which <paramref name="warning"/> then says that it may not outlive the machine.
    /// </summary>
    /// <exception cref="StartException">Nothing can be written to.</exception>
    internal static string Choose(string? configPath, Func<string, string?> variable, out string? warning)
    {
        warning = null;
        if (variable(Variable) is { Length: > 0 } told)
        {
            return IsWritable(told) ? told : throw new StartException($"{Variable} names {told}, which can't be written to.");
        }
        if (configPath is not null && Path.GetDirectoryName(Path.GetFullPath(configPath)) is { } beside && IsWritable(beside))
        {
            return beside;
        }
        var state = variable("XDG_STATE_HOME") is { Length: > 0 } xdg ? xdg
            : variable("HOME") is { Length: > 1 } home ? Path.Combine(home, ".local", "state") : null;
        if (state is not null && IsWritable(Path.Combine(state, "weir")))
        {
            return Path.Combine(state, "weir");
        }
        var temporary = Path.Combine(Path.GetTempPath(), "weir");
        if (IsWritable(temporary))
        {
            warning = $"Rows are kept in {temporary}, which may not outlive this machine; set {Variable} to a folder that does.";
            return temporary;
        }
        throw new StartException($"No folder for the request ledger can be written to; set {Variable}.");
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".weir-probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
