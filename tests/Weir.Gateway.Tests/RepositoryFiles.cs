namespace Weir.Gateway.Tests;

/// <summary>Finds the files of the repository from a test, wherever its output lies.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds Weir.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the repository.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A file of the shared folder beside the repository; null when that folder is not there.</summary>
    public static string? Shared(params string[] parts)
    {
        var shared = Environment.GetEnvironmentVariable("WEIR_SHARED") ?? System.IO.Path.Combine(Root, "..", "shared");
        var path = System.IO.Path.Combine([shared, .. parts]);
        return File.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Weir.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Weir.slnx is in no folder above the test's output.");
    }
}
