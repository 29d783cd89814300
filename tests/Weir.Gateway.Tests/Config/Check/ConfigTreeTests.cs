using System.Text;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Tests.Config.Check;

public sealed class ConfigTreeTests : IDisposable
{
    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal)
    {
        ["MODEL"] = "azure/gpt", ["PORT"] = "6379", ["ON"] = "True", ["SHARED"] = "process", ["SECRET"] = "canary-7f3a",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void References_are_replaced_before_anything_is_typed()
    {
        var root = Load("a: os.environ/MODEL\nb: [os.environ/PORT, {c: os.environ/ON}]\n");

        Assert.Equal("azure/gpt", root.FindScalar("a")!.Text);
        Assert.Equal("MODEL", root.FindScalar("a")!.Variable);
        Assert.True(((ConfigScalar)root.FindList("b")!.Items[0]).TryGetInt(out var port) && port == 6379);
        Assert.True(((ConfigMap)root.FindList("b")!.Items[1]).FindScalar("c")!.TryGetBool(out var on) && on);
    }

    [Fact]
    public void The_section_environment_variables_is_looked_up_first()
    {
        var root = Load("environment_variables:\n  SHARED: file\n  COPY: os.environ/PORT\na: os.environ/SHARED\nb: os.environ/COPY\n");

        Assert.Equal("file", root.FindScalar("a")!.Text);
        Assert.Equal("6379", root.FindScalar("b")!.Text);
    }

    [Fact]
    public void A_reference_through_an_alias_is_replaced_everywhere()
    {
        var root = Load("a: &x {k: os.environ/MODEL}\nb: *x\nc: {<<: *x}\n");

        Assert.All(new[] { "a", "b", "c" }, name => Assert.Equal("azure/gpt", root.FindMap(name)!.FindScalar("k")!.Text));
    }

    [Fact]
    public void Only_a_written_choice_leaves_a_deployment_with_an_unset_variable_out()
    {
        const string list = "model_list:\n  - model_name: a\n    litellm_params: {model: os.environ/ABSENT}\n  - model_name: b\n    litellm_params: {model: os.environ/MODEL}\n";
        var problems = new ConfigProblems();
        var root = Load(list + "router_settings: {ignore_invalid_deployments: true}\n", problems);

        Assert.False(problems.HasErrors);
        Assert.Equal("ABSENT", EnvironmentReferences.FindMissing(root.FindList("model_list")!.Items[0])!.MissingVariable);
        Assert.Null(EnvironmentReferences.FindMissing(root.FindList("model_list")!.Items[1]));

        problems = new ConfigProblems();
        Load(list, problems);
        Assert.True(problems.HasErrors);

        problems = new ConfigProblems();
        Load(list + "general_settings: {master_key: os.environ/ABSENT}\nrouter_settings: {ignore_invalid_deployments: true}\n", problems);
        Assert.Equal("general_settings.master_key", Assert.Single(problems.Items, problem => problem.Severity == ProblemSeverity.Error).Path);
    }

    [Fact]
    public void A_secret_from_the_environment_is_in_no_message()
    {
        const string yaml = "general_settings:\n  master_key: os.environ/SECRET\n  database_url: os.environ/SECRET\nrouter_settings:\n  num_retries: os.environ/SECRET\n  routing_strategy: os.environ/SECRET\n"
            + "litellm_settings:\n  default_fallbacks: os.environ/SECRET\n  fallbacks: os.environ/SECRET\n  cache: os.environ/SECRET\n";
        var report = PlantedMistakesTests.Check(yaml, environment: Environment);

        Assert.True(report.Problems.Length >= 5);
        Assert.DoesNotContain("canary", PlantedMistakesTests.Print(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_concatenate_lists_and_merge_maps()
    {
        Write("models.yaml", "model_list:\n  - model_name: b\nlitellm_settings:\n  callbacks: [otel]\n  num_retries: 3\n");
        var problems = new ConfigProblems();
        var root = LoadFile("include: [models.yaml]\nmodel_list:\n  - model_name: a\nlitellm_settings:\n  callbacks: [prometheus]\n  drop_params: true\n  num_retries: 1\n", problems);

        Assert.Equal(["a", "b"], root.FindList("model_list")!.Items.Select(item => ((ConfigMap)item).FindScalar("model_name")!.Text));
        Assert.Equal(2, root.FindMap("litellm_settings")!.FindList("callbacks")!.Items.Length);
        Assert.Equal("3", root.FindMap("litellm_settings")!.FindScalar("num_retries")!.Text);
        Assert.NotNull(root.FindMap("litellm_settings")!.Find("drop_params"));
        Assert.Equal(("include-overrides", 5), (problems.Items[0].Code, problems.Items[0].Position.Line));
        Assert.EndsWith("models.yaml", root.FindList("model_list")!.Items[1].Position.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_that_form_a_circle_or_are_absent_are_refused()
    {
        Write("a.yaml", "include: b.yaml\n");
        Write("b.yaml", "include: [a.yaml]\n");
        var problems = new ConfigProblems();
        LoadFile("include: [a.yaml, gone.yaml]\n", problems);

        Assert.Equal(["include-cycle", "include-missing"], problems.Items.Select(problem => problem.Code));
    }

    [Fact]
    public void Includes_together_stay_within_the_bound_of_nodes()
    {
        Write("big.yaml", "model_list: [" + string.Concat(Enumerable.Repeat("x,", 600_000)) + "]\n");
        var problems = new ConfigProblems();
        LoadFile("include: [big.yaml, big.yaml]\n", problems);

        Assert.Contains(problems.Items, problem => problem.Code == "too-many-nodes");
    }

    private static ConfigMap Load(string yaml) => Load(yaml, new ConfigProblems());

    private static ConfigMap Load(string yaml, ConfigProblems problems) =>
        ConfigTree.Load(Encoding.UTF8.GetBytes(yaml), "config.yaml", Environment, problems) ?? throw new InvalidOperationException("Nothing was loaded.");

    private string Write(string name, string yaml)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, yaml);
        return path;
    }

    private ConfigMap LoadFile(string yaml, ConfigProblems problems) =>
        ConfigTree.Load(Write("config.yaml", yaml), Environment, problems) ?? throw new InvalidOperationException("Nothing was loaded.");
}
