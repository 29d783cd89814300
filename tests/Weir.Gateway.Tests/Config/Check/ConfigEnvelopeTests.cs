using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Check;

public sealed class ConfigEnvelopeTests
{
    private const string Inner = "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-4o\nlitellm_settings:\n  drop_parms: true\n";

    [Fact]
    public void A_ConfigMaps_block_text_is_unwrapped_and_keeps_the_outer_lines()
    {
        var yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: litellm\ndata:\n  other: x\n  config.yaml: |\n" + Indent(Inner, 4);

        AssertTypoAt(yaml, 13, 7, "the ConfigMap's data 'config.yaml'");
    }

    [Fact]
    public void A_block_text_with_its_own_leading_blanks_keeps_its_columns()
    {
        var yaml = "apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |4\n\n" + Indent(Inner, 6).Replace("      model_list", "      model_list", StringComparison.Ordinal);

        AssertTypoAt(yaml, 11, 9, "the ConfigMap's data 'config.yaml'");
    }

    [Fact]
    public void A_ConfigMap_among_other_documents_is_found()
    {
        var yaml = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  c.yml: |-\n" + Indent(Inner, 4);

        AssertTypoAt(yaml, 14, 7, "the ConfigMap's data 'c.yml'");
    }

    [Fact]
    public void Helm_values_are_unwrapped_at_proxy_config()
    {
        AssertTypoAt("replicaCount: 2\nimage: {tag: x}\nproxy_config:\n" + Indent(Inner, 2), 9, 5, "the Helm values' 'proxy_config'");
        AssertTypoAt("litellm-helm:\n  proxy_config:\n" + Indent(Inner, 4), 8, 7, "the Helm values' 'proxy_config'");
    }

    [Fact]
    public void Helm_values_with_the_model_list_at_the_top_are_read_there()
    {
        var report = PlantedMistakesTests.Check("replicaCount: 2\n" + Inner);

        Assert.Contains(report.Problems, problem => problem.Code == "helm-value" && problem.Position.Line == 1);
        Assert.Contains(report.Problems, problem => problem.Code == "unknown-key" && problem.Position.Line == 7);
    }

    [Fact]
    public void An_Argo_CD_Application_is_unwrapped_from_text_and_from_an_object()
    {
        const string head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n";

        AssertTypoAt(head + "      values: |\n        proxy_config:\n" + Indent(Inner, 10), 13, 13, "the Argo CD Application, the Helm values' 'proxy_config'");
        AssertTypoAt(head + "      valuesObject:\n        proxy_config:\n" + Indent(Inner, 10), 13, 13, "the Argo CD Application, the Helm values' 'proxy_config'");
    }

    [Fact]
    public void A_key_of_ones_own_is_unwrapped()
    {
        AssertTypoAt("litellm:\n" + Indent(Inner, 2), 7, 5, "the key 'litellm'");
    }

    [Fact]
    public void A_syntax_error_inside_a_block_text_has_the_outer_line()
    {
        var report = PlantedMistakesTests.Check("apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |\n    model_list:\n      - model_name: *\n");

        var problem = Assert.Single(report.Problems, problem => problem.Code == "yaml-syntax");
        Assert.Equal((6, 21), (problem.Position.Line, problem.Position.Column));
    }

    [Fact]
    public void A_plain_configuration_is_not_unwrapped()
    {
        Assert.DoesNotContain(PlantedMistakesTests.Check(Inner).Problems, problem => problem.Code == "unwrapped");
    }

    private static string Indent(string text, int blanks) =>
        string.Concat(text.TrimEnd('\n').Split('\n').Select(line => new string(' ', blanks) + line + "\n"));

    private static void AssertTypoAt(string yaml, int line, int column, string where)
    {
        var report = PlantedMistakesTests.Check(yaml);

        var typo = Assert.Single(report.Problems, problem => problem.Code == "unknown-key");
        Assert.Equal((line, column), (typo.Position.Line, typo.Position.Column));
        Assert.Equal("litellm_settings.drop_parms", typo.Path);
        Assert.Contains(where, Assert.Single(report.Problems, problem => problem.Code == "unwrapped").Message, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Problems, problem => problem.Severity == ProblemSeverity.Error);
    }
}
