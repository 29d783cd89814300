using System.Text.Json;

namespace Weir.Server.Tests.Cli;

/// <summary><c>weir check</c>, <c>weir version</c> and the help.</summary>
public sealed class CheckTests
{
    private const string Clean = """
        model_list:
          - model_name: parrot
            litellm_params: {model: openai/parrot, api_base: "http://127.0.0.1:9/v1", api_key: sk-upstream}
        """;

    private const string Warned = Clean + "\nlitellm_setings:\n  drop_params: true\n";

    private const string Wrong = Clean + "\ngeneral_settings:\n  master_key: os.environ/NO_SUCH_VARIABLE_HERE\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Clean, 0, 0, "The configuration is clean.")]
    [InlineData(Warned, 0, 1, "litellm_settings")]
    [InlineData(Wrong, 1, 1, "NO_SUCH_VARIABLE_HERE")]
    public async Task The_exit_code_tells_errors_and_strict_makes_warnings_errors(string yaml, int exit, int strictly, string said)
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", yaml);

        var plain = await WeirRun.ToEndAsync(folder, null, Token, "check", "config.yaml");
        var strict = await WeirRun.ToEndAsync(folder, null, Token, "check", "--config", "config.yaml", "--strict");

        Assert.Equal((exit, strictly), (plain.Exit, strict.Exit));
        Assert.Contains(said, plain.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_for_machines()
    {
        using var folder = new Scratch();
        var path = folder.Write("config.yaml", Wrong);

        var (exit, output, error) = await WeirRun.ToEndAsync(folder, new Dictionary<string, string> { ["CONFIG_FILE_PATH"] = path }, Token, "check", "--json");

        Assert.Equal((1, ""), (exit, error));
        using var report = JsonDocument.Parse(output);
        Assert.False(report.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(1, report.RootElement.GetProperty("errors").GetInt32());
        var problem = report.RootElement.GetProperty("problems").EnumerateArray().Single(p => p.GetProperty("severity").GetString() == "error");
        Assert.Equal((path, 5), (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32()));
        Assert.Contains("NO_SUCH_VARIABLE_HERE", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_is_not_enforced_refuses_until_it_is_allowed()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Clean + "\nlitellm_settings:\n  max_internal_user_budget: 10\n");

        var refused = await WeirRun.ToEndAsync(folder, null, Token, "check", "config.yaml");
        var allowed = await WeirRun.ToEndAsync(folder, null, Token, "check", "config.yaml", "--allow-unenforced");

        Assert.Equal((1, 0), (refused.Exit, allowed.Exit));
        Assert.Contains("max_internal_user_budget", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_without_a_file_ends_with_2()
    {
        using var folder = new Scratch();

        Assert.Equal(2, (await WeirRun.ToEndAsync(folder, null, Token, "check")).Exit);
    }

    [Fact]
    public async Task Version_and_help_tell_a_newcomer_where_he_is()
    {
        using var folder = new Scratch();

        var version = await WeirRun.ToEndAsync(folder, null, Token, "version");
        var help = await WeirRun.ToEndAsync(folder, null, Token, "--help");

        Assert.Equal((0, 0), (version.Exit, help.Exit));
        Assert.StartsWith("weir ", version.Out, StringComparison.Ordinal);
        foreach (var word in (string[])["serve", "check", "demo", "version", "--config", "--port", "--host"])
        {
            Assert.Contains(word, help.Out, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("--num_workers", help.Out, StringComparison.Ordinal);
    }
}
