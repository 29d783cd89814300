using System.Text.RegularExpressions;

namespace Weir.House;

/// <summary>Documents lead somewhere: every relative link resolves, and every decision is on the list.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Every_relative_link_resolves()
    {
        var broken =
            from path in Repo.FilesUnder("", ".md")
            from Match link in Link().Matches(CodeBlock().Replace(Repo.Read(path), ""))
            let target = link.Groups["to"].Value
            where !target.Contains(':', StringComparison.Ordinal)
            let file = target.Split('#')[0]
            let anchor = target.Contains('#', StringComparison.Ordinal) ? target[(target.IndexOf('#', StringComparison.Ordinal) + 1)..] : null
            let full = file.Length == 0 ? Repo.Full(path) : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repo.Full(path)) ?? Repo.Root, file))
            where !(File.Exists(full) || Directory.Exists(full)) || (anchor is not null && File.Exists(full) && !Anchors(full).Contains(anchor))
            select $"{path}: {target}";
        Found.Nothing(broken);
    }

    [Fact]
    public void Every_decision_is_listed()
    {
        var list = Repo.Read("docs/adr/README.md");
        var decisions = Repo.FilesUnder("docs/adr/", ".md").Select(Path.GetFileName).Where(name => name != "README.md").ToList();
        Assert.NotEmpty(decisions);
        Assert.DoesNotContain(decisions, name => !list.Contains($"({name})", StringComparison.Ordinal));
        Assert.DoesNotContain(decisions, name => !DecisionName().IsMatch(name ?? ""));
    }

    private static HashSet<string> Anchors(string file) =>
        [.. Heading().Matches(File.ReadAllText(file)).Select(heading => NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionName();
}
