using System.Xml.Linq;
using Weir.House.Arrows;

namespace Weir.House;

/// <summary>Arrows only point down: between projects, and between the rooms of the engine.</summary>
public sealed class FloorTests
{
    private static readonly RoomPlan Gateway = new("Weir.Gateway");

    public static TheoryData<string> Projects => [.. Rules.ProjectReferences.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void No_arrow_in_the_engine_points_up_or_sideways()
    {
        var arrows = ArrowReader.Read(Repo.Assembly("Weir.Gateway"), Gateway.Holds);
        Assert.NotEmpty(arrows);
        Found.Nothing(Gateway.Broken(arrows).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_folder_of_the_engine_has_a_floor()
    {
        var rooms = Repo.FilesUnder("src/Weir.Gateway/", ".cs").Select(file => file.Split('/')).Where(path => path.Length > 3).Select(path => path[2]).Distinct();
        Assert.DoesNotContain(rooms, room => !Rules.Rooms.ContainsKey(room));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_the_house_projects_below_it(string project)
    {
        var allowed = Rules.ProjectReferences[project];
        var written = XDocument.Load(Repo.Full($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string?)reference.Attribute("Include") ?? ""));
        Found.Nothing(written.Except(allowed));

        using var assembly = Mono.Cecil.AssemblyDefinition.ReadAssembly(Repo.Assembly(project));
        var compiled = assembly.MainModule.AssemblyReferences.Select(reference => reference.Name).Where(name => name.StartsWith("Weir.", StringComparison.Ordinal));
        Found.Nothing(compiled.Except(allowed));
    }

    [Fact]
    public void Every_project_under_src_has_its_floor_and_every_project_is_in_the_solution()
    {
        var all = Repo.FilesUnder("", ".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal)).ToList();
        Found.Nothing(all.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).Except(Rules.ProjectReferences.Keys));
        var listed = XDocument.Load(Repo.Full("Weir.slnx")).Descendants("Project").Select(project => (string?)project.Attribute("Path"));
        Found.Nothing(all.Except(listed));
    }
}
