using System.Xml.Linq;

namespace Weir.House;

/// <summary>A package is used only where docs/adr/0002-dependencies.md allows it, and its version stands in one place.</summary>
public sealed class PackageTests
{
    private const string Decision = "docs/adr/0002-dependencies.md";

    [Fact]
    public void Every_package_reference_is_allowed_in_its_project()
    {
        var allowed = Allowed();
        var wrong =
            from path in Repo.FilesUnder("", "proj").Concat(Repo.FilesUnder("eng/", ".targets"))
            from reference in XDocument.Load(Repo.Full(path)).Descendants("PackageReference")
            let package = (string?)reference.Attribute("Include") ?? (string?)reference.Attribute("Update") ?? ""
            where !IsAllowed(allowed, package, path)
            select $"{path} uses {package}, which {Decision} does not allow there";
        Found.Nothing(wrong);
    }

    [Fact]
    public void Every_central_version_has_a_row_in_the_decision_and_every_row_a_version()
    {
        var versions = XDocument.Load(Repo.Full("Directory.Packages.props")).Descendants("PackageVersion").Select(version => (string?)version.Attribute("Include") ?? "").Order(StringComparer.Ordinal);
        Assert.Equal(versions, Allowed().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_project_names_a_version_itself()
    {
        var own =
            from path in Repo.FilesUnder("", "proj")
            from reference in XDocument.Load(Repo.Full(path)).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{path}: {(string?)reference.Attribute("Include")}";
        Found.Nothing(own);
    }

    [Fact]
    public void Every_project_has_a_lock_file()
    {
        Assert.DoesNotContain(Repo.FilesUnder("", ".csproj"), path => !Repo.Files.Contains(Path.GetDirectoryName(path)!.Replace('\\', '/') + "/packages.lock.json")); // a tracked file lies in a folder
    }

    /// <summary>Package to the projects that may use it, from the table of the decision.</summary>
    private static Dictionary<string, string[]> Allowed()
    {
        var rows = Repo.Read(Decision).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries));
        var allowed = rows.Where(cells => cells is not [_, "package", ..]).ToDictionary(cells => cells[1], cells => cells[2].Split(',', StringSplitOptions.TrimEntries), StringComparer.Ordinal);
        Assert.NotEmpty(allowed);
        return allowed;
    }

    private static bool IsAllowed(Dictionary<string, string[]> allowed, string package, string path)
    {
        if (!allowed.TryGetValue(package, out var projects))
        {
            return false;
        }

        var project = Path.GetFileNameWithoutExtension(path);
        return path.StartsWith("eng/", StringComparison.Ordinal)
            ? projects.Contains("build") || projects.Contains("tests")
            : projects.Contains(project) || (projects.Contains("tests") && path.StartsWith("tests/", StringComparison.Ordinal)) || (projects.Contains("bench") && path.StartsWith("bench/", StringComparison.Ordinal));
    }
}
