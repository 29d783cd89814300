namespace Weir.Server.Tests;

/// <summary>Where journal and ledger lie.</summary>
public sealed class DataFolderTests
{
    // Nobody, not even root, writes there: it stands for a mounted ConfigMap.
    private const string ReadOnly = "/proc/config.yaml";

    [Fact]
    public void The_folder_that_is_named_wins()
    {
        using var folder = new Scratch();

        Assert.Equal(folder["told"], DataFolder.Choose(folder["config.yaml"], Variables(("WEIR_DATA_DIR", folder["told"])), out var warning));
        Assert.Null(warning);
    }

    [Fact]
    public void A_named_folder_that_can_not_be_written_to_is_refused_by_name()
    {
        var refused = Assert.Throws<StartException>(() => DataFolder.Choose(null, Variables(("WEIR_DATA_DIR", "/proc/weir")), out _));

        Assert.Contains("/proc/weir", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Else_it_lies_beside_the_configuration()
    {
        using var folder = new Scratch();

        Assert.Equal(folder.Path, DataFolder.Choose(folder["config.yaml"], Variables(), out var warning));
        Assert.Null(warning);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Beside_a_read_only_configuration_the_users_state_folder_is_taken()
    {
        using var folder = new Scratch();

        Assert.Equal(folder["weir"], DataFolder.Choose(ReadOnly, Variables(("XDG_STATE_HOME", folder.Path)), out _));
        Assert.Equal(folder[".local/state/weir"], DataFolder.Choose(ReadOnly, Variables(("HOME", folder.Path)), out var warning));
        Assert.Null(warning);
    }

    [Fact]
    public void The_temporary_folder_comes_last_and_with_a_warning()
    {
        var chosen = DataFolder.Choose(ReadOnly, Variables(("HOME", "/proc/nobody")), out var warning);

        Assert.Equal(Path.Combine(Path.GetTempPath(), "weir"), chosen);
        Assert.Contains("WEIR_DATA_DIR", warning, StringComparison.Ordinal);
    }

    private static Func<string, string?> Variables(params (string Name, string Value)[] set) =>
        name => set.FirstOrDefault(variable => variable.Name == name).Value;
}
