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

    internal static ConfigMap Read(string yaml)
    {
        var problems = new ConfigProblems();
        var node = YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "c.yaml", problems);
        Assert.Empty(problems.Items);
        return Assert.IsType<ConfigMap>(node);
    }
}
