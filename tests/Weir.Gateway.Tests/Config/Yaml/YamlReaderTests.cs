using System.Globalization;
using System.Text;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Tests.Config.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Values_keep_their_place_and_kind()
    {
        var map = Read("a: 1\nb:\n  - x\n  - 'true'\nc: {d: True}\n");

        Assert.Equal(new ConfigPosition("c.yaml", 1, 4), map.Find("a")!.Position);
        Assert.Equal(ScalarKind.Int, map.FindScalar("a")!.Kind);
        var list = map.FindList("b")!;
        Assert.Equal(new ConfigPosition("c.yaml", 4, 5), list.Items[1].Position);
        Assert.Equal(ScalarKind.String, ((ConfigScalar)list.Items[1]).Kind);
        Assert.True(((ConfigScalar)list.Items[1]).TryGetBool(out var quoted) && quoted);
        Assert.Equal(ScalarKind.Bool, map.FindMap("c")!.FindScalar("d")!.Kind);
        Assert.Equal(new ConfigPosition("c.yaml", 5, 5), map.FindMap("c")!.FindEntry("d")!.Key.Position);
    }

    [Fact]
    public void A_list_may_stand_at_its_keys_own_indentation()
    {
        var map = Read("model_list:\n- a\n- b\nother: 1\n");

        Assert.Equal(2, map.FindList("model_list")!.Items.Length);
        Assert.Equal("1", map.FindScalar("other")!.Text);
    }

    [Fact]
    public void The_last_of_two_equal_keys_wins_at_the_place_of_the_first()
    {
        var map = Read("a: 1\nb: 2\na: 3\n");

        Assert.Equal(["a", "b"], map.Entries.Select(entry => entry.Name));
        Assert.Equal("3", map.FindScalar("a")!.Text);
        var duplicate = Assert.Single(map.Duplicates);
        Assert.Equal((1, 3), (duplicate.Ignored.Line, duplicate.InForce.Line));
    }

    [Fact]
    public void A_null_section_is_there_but_counts_as_absent()
    {
        var map = Read("a:\nb: ~\nc: null\nd: {}\n");

        Assert.NotNull(map.FindEntry("a"));
        Assert.Equal(new ConfigPosition("c.yaml", 1, 1), map.FindEntry("a")!.Value.Position);
        Assert.All(new[] { "a", "b", "c" }, name => Assert.Null(map.Find(name)));
        Assert.Empty(map.FindMap("d")!.Entries);
    }

    [Fact]
    public void Carriage_returns_a_byte_order_mark_and_other_scripts_are_read()
    {
        var text = "# Kommentar: größer, 模型\r\na: ü\r\nb:\r\n  - x # é\r\n";
        var problems = new ConfigProblems();
        var map = (ConfigMap)YamlReader.Read([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)], "c.yaml", problems)!;

        Assert.Empty(problems.Items);
        Assert.Equal("ü", map.FindScalar("a")!.Text);
        Assert.Equal(new ConfigPosition("c.yaml", 4, 5), map.FindList("b")!.Items[0].Position);
    }

    [Fact]
    public void An_alias_is_the_node_of_its_anchor_and_a_merge_gives_way_to_own_keys()
    {
        var map = Read("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\na: {<<: [*b, *m], x: 9}\nc: *b\n");

        Assert.Same(map.Find("base"), map.Find("c"));
        var merged = map.FindMap("a")!;
        Assert.Equal("9", merged.FindScalar("x")!.Text);
        Assert.Equal("2", merged.FindScalar("y")!.Text);
        Assert.Equal("4", merged.FindScalar("z")!.Text);
        Assert.Empty(merged.Duplicates);
    }

    [Fact]
    public void A_single_pair_inside_brackets_has_the_place_of_its_key()
    {
        var list = Read("fallbacks: [{a: [b]}, c: [d]]\n").FindList("fallbacks")!;

        Assert.Equal(new ConfigPosition("c.yaml", 1, 13), list.Items[0].Position);
        Assert.Equal(new ConfigPosition("c.yaml", 1, 23), list.Items[1].Position);
    }

    [Fact]
    public void A_large_map_finds_its_keys()
    {
        var map = Read(string.Concat(Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"k{i}: {i}\n"))));

        Assert.Equal("777", map.FindScalar("k777")!.Text);
        Assert.Null(map.Find("k1000"));
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_without_being_written_out()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 60; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        AssertRefused(yaml.ToString(), "too-many-nodes");
    }

    [Fact]
    public void A_bomb_of_merge_keys_is_refused()
    {
        var yaml = new StringBuilder("a0: &a0 {" + string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"k{i}: x")) + "}\n");
        for (var i = 1; i < 2000; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"a{i}: {{<<: [*a0]}}\n");
        }

        AssertRefused(yaml.ToString(), "too-many-nodes");
    }

    [Fact]
    public void A_million_plain_nodes_are_the_most()
    {
        var most = "a: [" + string.Concat(Enumerable.Repeat("x,", YamlLimits.Nodes - 3)) + "]\n";
        Assert.Equal(YamlLimits.Nodes, Read(most).ExpandedCount);

        AssertRefused("a: [" + string.Concat(Enumerable.Repeat("x,", YamlLimits.Nodes - 2)) + "]\n", "too-many-nodes");
    }

    [Fact]
    public void Nesting_is_bounded_also_through_aliases()
    {
        Assert.Equal(YamlLimits.Depth, Read($"a: {new string('[', 62)}x{new string(']', 62)}\n").Height);
        AssertRefused($"a: {new string('[', 63)}x{new string(']', 63)}\n", "too-deep");
        AssertRefused(new string('[', 100_000), "too-deep");
        AssertRefused($"a: &a {new string('[', 40)}x{new string(']', 40)}\nb: {new string('[', 40)}*a{new string(']', 40)}\n", "too-deep");
    }

    [Fact]
    public void A_file_beyond_32_megabytes_is_refused()
    {
        var problems = new ConfigProblems();

        Assert.Null(YamlReader.Read(new byte[YamlLimits.Bytes + 1], "c.yaml", problems));
        Assert.Equal("too-large", Assert.Single(problems.Items).Code);
    }

    [Theory]
    [InlineData("a: !!python/object/apply:os.system [x]\n", "!!python/object/apply:os.system")]
    [InlineData("a: !!str 1\n", "!!str")]
    [InlineData("a: !custom {}\n", "!custom")]
    [InlineData("a: !!binary aGk=\n", "!!binary")]
    public void A_tag_is_refused_by_its_name(string yaml, string name)
    {
        Assert.Contains(name, AssertRefused(yaml, "yaml-tag").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused_at_their_line()
    {
        var problems = new ConfigProblems();

        Assert.Null(YamlReader.Read("a: 1\nb: \u00ff"u8.ToArray()[..8].Concat(new byte[] { 0xff }).ToArray(), "c.yaml", problems));
        Assert.Equal(new ConfigPosition("c.yaml", 2, 4), Assert.Single(problems.Items).Position);
        Assert.Equal("not-utf8", problems.Items[0].Code);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem_and_no_exception()
    {
        var problems = new ConfigProblems();

        Assert.Null(YamlReader.Read(Path.Combine(AppContext.BaseDirectory, "absent.yaml"), problems));
        Assert.Contains("no such file", Assert.Single(problems.Items).Message, StringComparison.Ordinal);
        Assert.Null(YamlReader.Read(AppContext.BaseDirectory, problems));
        Assert.Equal(2, problems.Items.Count);
    }

    [Fact]
    public void A_second_document_is_an_error_and_the_first_is_read()
    {
        var problems = new ConfigProblems();
        var node = YamlReader.Read("a: 1\n---\nb: 2\n"u8, "c.yaml", problems);

        Assert.Equal("second-document", Assert.Single(problems.Items).Code);
        Assert.NotNull(((ConfigMap)node!).Find("a"));
    }

    internal static ConfigMap Read(string yaml)
    {
        var problems = new ConfigProblems();
        var node = YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "c.yaml", problems);
        Assert.Empty(problems.Items);
        return Assert.IsType<ConfigMap>(node);
    }

    private static ConfigProblem AssertRefused(string yaml, string code)
    {
        var problems = new ConfigProblems();
        Assert.Null(YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "c.yaml", problems));
        var problem = Assert.Single(problems.Items);
        Assert.Equal(code, problem.Code);
        return problem;
    }
}
