using System.Text;
using System.Text.Json;
using CsCheck;
using Weir.Gateway.Config.Check;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Tests.Config.Yaml;

public sealed class YamlPropertyTests
{
    private const string Alphabet = "ab1: -\n\n  []{},\"'#&*!|>%@`?~\t<\\\r";

    [Fact]
    public void A_random_tree_survives_being_written_and_read()
    {
        Tree(3).Sample(
            static tree =>
            {
                var text = new StringBuilder("root:");
                tree.WriteBlock(text, 1);
                var problems = new ConfigProblems();
                var read = ((ConfigMap?)YamlReader.Read(Encoding.UTF8.GetBytes(text.ToString()), "c.yaml", problems))?.FindEntry("root")?.Value;
                return problems.Items.Count == 0 && read is not null && tree.Equals(read) && read.ExpandedCount == tree.Count;
            },
            iter: 2000, print: static tree => { var text = new StringBuilder(); tree.WriteBlock(text, 0); return text.ToString(); });
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place_but_never_throws()
    {
        Gen.String[Gen.Int[0, Alphabet.Length - 1].Select(static i => Alphabet[i]), 0, 60].Sample(
            static text =>
            {
                var problems = new ConfigProblems();
                var documents = YamlReader.ReadDocuments(Encoding.UTF8.GetBytes(text), "c.yaml", problems);
                var report = ConfigCheck.Run(Encoding.UTF8.GetBytes(text), "c.yaml", new Dictionary<string, string>(), new CheckOptions());
                return (documents.Length > 0 || problems.HasErrors || text.AsSpan().Trim("\n\r \t").IsEmpty || problems.Items.Count == 0)
                    && report.Problems.All(static problem => problem.Position is { Line: > 0, Column: > 0 });
            },
            iter: 10_000);
    }

    private static Gen<Node> Tree(int depth)
    {
        var text = Gen.String[Gen.Char[" abcXYZ01:#-'\"{}[],&*!|>%@`~.\\üß模/="], 0, 12];
        var leaf = text.Select(static value => new Node(value, null, null));
        if (depth == 0)
        {
            return leaf;
        }

        var list = Tree(depth - 1).Array[0, 4].Select(static items => new Node(null, items, null));
        var map = Gen.Select(text, Tree(depth - 1)).Array[0, 4].Select(static pairs => new Node(null, null, [.. pairs.DistinctBy(static pair => pair.Item1)]));
        return Gen.OneOf(leaf, list, map);
    }

    private sealed record Node(string? Text, Node[]? Items, (string Key, Node Value)[]? Pairs)
    {
        public long Count => 1 + (Items?.Sum(static item => item.Count) ?? 0) + (Pairs?.Sum(static pair => 1 + pair.Value.Count) ?? 0);

        public void WriteBlock(StringBuilder text, int indent)
        {
            if (Text is not null || Items?.Length == 0 || Pairs?.Length == 0)
            {
                text.Append(' ').Append(Text is not null ? JsonSerializer.Serialize(Text) : Items is not null ? "[]" : "{}").Append('\n');
                return;
            }

            text.Append('\n');
            foreach (var item in Items ?? [])
            {
                text.Append(' ', indent * 2).Append('-');
                item.WriteBlock(text, indent + 1);
            }

            foreach (var (key, value) in Pairs ?? [])
            {
                text.Append(' ', indent * 2).Append(JsonSerializer.Serialize(key)).Append(':');
                value.WriteBlock(text, indent + 1);
            }
        }

        public bool Equals(ConfigNode other) => other switch
        {
            ConfigScalar scalar => Text == scalar.Text && scalar.Kind == ScalarKind.String,
            ConfigList list => Items?.Length == list.Items.Length && Items.Zip(list.Items).All(static pair => pair.First.Equals(pair.Second)),
            ConfigMap map => Pairs?.Length == map.Entries.Length
                && Pairs.Zip(map.Entries).All(static pair => pair.First.Key == pair.Second.Name && pair.First.Value.Equals(pair.Second.Value)),
            _ => false,
        };
    }
}
