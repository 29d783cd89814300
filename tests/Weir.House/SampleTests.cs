using System.Text.RegularExpressions;
using Weir.Gateway.Config;
using Weir.Gateway.Config.Check;

namespace Weir.House;

/// <summary>What the guide shows works: each configuration loads without a word, and each command is there.</summary>
public sealed partial class SampleTests
{
    private static IEnumerable<string> Pages => Repo.FilesUnder("docs/guide/", ".md").Append("README.md");

    public static TheoryData<string, string> Configurations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var page in Pages)
            {
                foreach (var block in Block().Matches(Repo.Read(page)).Where(block => block.Groups["kind"].Value == "yaml config"))
                {
                    data.Add($"{page}:{Repo.Read(page)[..block.Index].Count(c => c == '\n') + 1}", block.Groups["text"].Value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_configuration_of_the_guide_loads_without_a_problem(string where, string text)
    {
        // Every variable that the sample names is set, as the reader would.
        var environment = Variable().Matches(text).Select(match => match.Groups["name"].Value).Distinct().ToDictionary(name => name, _ => "sk-0123456789abcdef0123456789abcdef", StringComparer.Ordinal);
        var folder = Directory.CreateTempSubdirectory("weir-sample");
        try
        {
            var file = Path.Combine(folder.FullName, "config.yaml");
            File.WriteAllText(file, text);
            Found.Nothing(ConfigCheck.Run(file, environment, new CheckOptions(Strict: true)).Problems.Select(problem => $"{where} {problem}"));

            var loaded = ConfigLoader.Load(file, new ConfigLoadOptions { Environment = environment, Check = new CheckOptions(Strict: true) });
            Found.Nothing(loaded.Report.Problems.Select(problem => $"{where} {problem}"));
            Assert.NotNull(loaded.Config);
            Assert.NotEmpty(loaded.Config.Deployments);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_yaml_block_of_the_guide_says_whether_it_is_a_whole_configuration()
    {
        var unmarked =
            from page in Pages
            from Match block in Block().Matches(Repo.Read(page))
            where block.Groups["kind"].Value is "yaml" or "yml" or ""
            select $"{page}: {block.Groups["text"].Value.Split('\n')[0]}";
        Found.Nothing(unmarked);
    }

    [Fact]
    public void Every_command_of_the_guide_names_a_program_of_the_checkout()
    {
        var commands =
            (from page in Pages.Append("CONTRIBUTING.md")
             from Match block in Block().Matches(Repo.Read(page))
             where block.Groups["kind"].Value == "sh"
             from Match command in Command().Matches(block.Groups["text"].Value)
             select command.Groups["program"].Value).Distinct().ToList();
        Assert.Contains("./weir", commands);
        Assert.DoesNotContain(commands, program => !File.Exists(Repo.Full(program)) || (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Repo.Full(program)) & UnixFileMode.UserExecute) == 0));
    }

    [Fact]
    public void The_readme_begins_with_two_commands()
    {
        var blocks = Block().Matches(Repo.Read("README.md")).Where(block => block.Groups["kind"].Value == "sh").Select(block => block.Groups["text"].Value.Trim());
        Assert.Equal(["./weir demo", "./weir serve --config config.yaml --port 4000"], blocks);
    }

    [GeneratedRegex(@"^```(?<kind>[^\n]*)\n(?<text>.*?)^```\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"os\.environ/(?<name>\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?<program>\./\w+|bench/\w+)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
