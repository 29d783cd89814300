namespace Weir.Providers.Tests.Dialects;

/// <summary>Files that lie beside the tests' source: cases, golden texts, generated pages.</summary>
internal static class Repository
{
    internal static readonly string Root = FindRoot();

    internal static readonly string Cases = Path.Combine(Root, "tests", "Weir.Providers.Tests", "Dialects", "Cases");

    internal static readonly string Golden = Path.Combine(Root, "tests", "Weir.Providers.Tests", "Dialects", "Golden");

    internal static bool UpdatesGolden => Environment.GetEnvironmentVariable("WEIR_UPDATE_GOLDEN") == "1";

    /// <summary>Holds <paramref name="now"/> against the file, or writes the file when asked to.</summary>
    internal static void HoldAgainst(string path, string now)
    {
        if (UpdatesGolden)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? Root);
            File.WriteAllText(path, now);
            return;
        }
        var shown = Path.GetRelativePath(Root, path);
        Assert.True(File.Exists(path), $"{shown} is missing: write it with WEIR_UPDATE_GOLDEN=1 ./test --only Providers and read it");
        Assert.True(File.ReadAllText(path) == now, $"{shown} is not what comes out now (WEIR_UPDATE_GOLDEN=1 ./test --only Providers writes it):\n{now}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("Weir.slnx is in no folder above the tests");
    }
}
