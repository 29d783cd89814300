using System.Text.RegularExpressions;

namespace Weir.House;

/// <summary>What a source file may be: short, named after its main type, in the namespace of its folder.</summary>
public sealed partial class FileTests
{
    private static IEnumerable<string> Sources => Repo.FilesUnder("", ".cs").Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_bear()
    {
        var scripts = Repo.Files.Where(path => path is "test" or "weir" || path.EndsWith(".sh", StringComparison.Ordinal) || path.EndsWith(".mjs", StringComparison.Ordinal));
        var tooLong =
            from path in Repo.FilesUnder("", ".cs").Concat(scripts)
            where !Rules.LongFilesAllowed.Contains(path)
            let lines = File.ReadLines(Repo.Full(path)).Count()
            where lines > Rules.LongestFile
            select $"{path}: {lines} lines";
        Found.Nothing(tooLong);
    }

    [Fact]
    public void Every_exception_for_a_long_file_is_still_needed()
    {
        Assert.DoesNotContain(Rules.LongFilesAllowed, path => !File.Exists(Repo.Full(path)) || File.ReadLines(Repo.Full(path)).Count() <= Rules.LongestFile);
    }

    [Fact]
    public void A_file_is_named_after_its_main_type()
    {
        var wrong =
            from path in Sources
            let name = Path.GetFileNameWithoutExtension(path)
            where name is not ("Program" or "AssemblyInfo" or "GlobalUsings")
            // A part of a partial type may carry what it holds behind a dot: Router.Log.cs.
            let type = name.Split('.')[0]
            where !TypeNames(path).Contains(type)
            select $"{path} declares no type {type}";
        Found.Nothing(wrong);
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var wrong =
            from path in Sources
            let declared = NamespaceLine().Match(Repo.Read(path))
            where declared.Success
            let folder = string.Join('.', path.Split('/')[1..^1])
            where declared.Groups["name"].Value != folder
            select $"{path}: namespace {declared.Groups["name"].Value}, expected {folder}";
        Found.Nothing(wrong);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var empty =
            from path in Sources
            from type in TypeNames(path)
            from suffix in Rules.EmptySuffixes
            where type.EndsWith(suffix, StringComparison.Ordinal)
            select $"{path}: {type}";
        Found.Nothing(empty);
    }

    [Fact]
    public void No_tracked_file_names_a_machine_path_or_a_package_host()
    {
        var found =
            from path in Repo.Files
            where IsText(path) && path != "tests/Weir.House/FileTests.cs"
            let text = Repo.Read(path)
            let match = MachinePath().Match(text)
            where match.Success
            select $"{path}: {match.Value}";
        Found.Nothing(found);

        var locks = Repo.Files.Where(path => Path.GetFileName(path) is "package-lock.json" or ".npmrc" or "nuget.config" or "NuGet.Config");
        Assert.DoesNotContain(locks, path => LockHost().IsMatch(Repo.Read(path)));
    }

    private static List<string> TypeNames(string path) => [.. TypeDeclaration().Matches(Repo.Read(path)).Select(match => match.Groups["name"].Value)];

    private static bool IsText(string path) => Path.GetExtension(path) is not (".png" or ".br" or ".gz" or ".bin" or ".pfx" or ".ico" or ".woff2");

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|readonly|ref|unsafe|new)\s+)*(?:class|record\s+struct|record\s+class|record|struct|interface|enum|delegate\s+[\w<>\[\],.?\s]+?)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // Home folders of people and build machines; a container's own paths (/app, /tmp, /etc) are fine.
    [GeneratedRegex(@"(?<![\w.])(?:/work/|/root/|/home/(?!weir\b)\w+/|/Users/\w+/|[A-Z]:\\Users\\)[^\s""']*")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"""resolved""\s*:\s*""https?://|^\s*(?:@[\w-]+:)?registry\s*=|<add\s+key=""[^""]*""\s+value=""https?://(?!api\.nuget\.org/)", RegexOptions.Multiline)]
    private static partial Regex LockHost();
}
