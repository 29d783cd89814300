using System.Collections.Immutable;
using Weir.Gateway.Config.Check;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Gateway.Config.Yaml;

/// <summary>
/// Turns parser events into nodes. An alias shares its anchor's node and adds that node's whole size to the count,
/// so a bomb is refused at the first alias that crosses the limit, without being written out.
/// </summary>
internal sealed class YamlTreeReader
{
    private readonly YamlSource _source;
    private readonly ConfigProblems _problems;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Stack<ConfigPosition> _openFlows = new();
    private readonly Dictionary<string, ConfigNode?> _anchors = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Starts at the beginning of a source.</summary>
    public YamlTreeReader(YamlSource source, ConfigProblems problems)
    {
        _source = source;
        _problems = problems;
        _scanner = new Scanner(new StringReader(source.Text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>How far the scanner has read.</summary>
    public Mark Reached => _scanner.CurrentPosition;

    /// <summary>The innermost <c>[</c> or <c>{</c> that is still open; null when there is none.</summary>
    public ConfigPosition? OpenFlow => _openFlows.TryPeek(out var open) ? open : null;

    /// <summary>Every document; ends early, with a problem, where one is refused.</summary>
    public ImmutableArray<ConfigNode> ReadAll()
    {
        var documents = ImmutableArray.CreateBuilder<ConfigNode>();
        while (_parser.MoveNext())
        {
            switch (_parser.Current)
            {
                case DocumentStart:
                    _anchors.Clear();
                    break;
                case NodeEvent or AnchorAlias:
                    if (ReadNode(1) is not { } node)
                    {
                        return [];
                    }

                    documents.Add(node);
                    break;
            }
        }

        return documents.ToImmutable();
    }

    /// <summary>Reads the node at the parser's current event; null when it was refused.</summary>
    private ConfigNode? ReadNode(int depth)
    {
        var position = _source.At(Event().Start);
        if (depth > YamlLimits.Depth)
        {
            return Refuse("too-deep", position, $"The YAML is nested deeper than {YamlLimits.Depth} levels.");
        }

        if (!Count(1, position))
        {
            return null;
        }

        if (Event() is AnchorAlias alias)
        {
            return ReadAlias(alias.Value.Value, position, depth);
        }

        if (Event() is not NodeEvent current)
        {
            return Refuse("yaml-syntax", position, "This is not YAML: a key or a value is missing here.");
        }

        if (!current.Tag.IsEmpty)
        {
            var tag = current.Tag.IsNonSpecific ? "!" : current.Tag.Value.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
            return Refuse(
                "yaml-tag", position,
                $"The YAML tag '{tag}' is refused: a configuration holds plain data only. Write the value without it (in quotes for text).");
        }

        var anchor = current.Anchor.IsEmpty ? null : current.Anchor.Value;
        if (anchor is not null)
        {
            _anchors[anchor] = null;
        }

        ConfigNode? node = current switch
        {
            Scalar scalar => ReadScalar(scalar, position),
            SequenceStart list => ReadOpen(list.Style == SequenceStyle.Flow, position, depth, ReadList),
            MappingStart map => ReadOpen(map.Style == MappingStyle.Flow, position, depth, ReadMap),
            _ => throw new InvalidOperationException($"Unexpected YAML event {current.GetType().Name}."),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private ConfigNode? ReadAlias(string name, ConfigPosition position, int depth)
    {
        if (!_anchors.TryGetValue(name, out var node))
        {
            return Refuse(
                "unknown-alias", position,
                $"'*{name}' refers to an anchor '&{name}' that is not defined above. For a text that starts with a star, write quotes around it.");
        }

        if (node is null)
        {
            return Refuse("recursive-alias", position, $"'*{name}' stands inside the value that it names.");
        }

        if (depth + node.Height - 1 > YamlLimits.Depth)
        {
            return Refuse("too-deep", position, $"With its aliases written out the YAML is nested deeper than {YamlLimits.Depth} levels.");
        }

        return Count(node.ExpandedCount - 1, position) ? node : null;
    }

    private ConfigScalar ReadScalar(Scalar scalar, ConfigPosition position)
    {
        WarnOfTab(scalar, position);
        var style = scalar.Style switch
        {
            YamlDotNet.Core.ScalarStyle.SingleQuoted or YamlDotNet.Core.ScalarStyle.DoubleQuoted => ScalarStyle.Quoted,
            YamlDotNet.Core.ScalarStyle.Literal or YamlDotNet.Core.ScalarStyle.Folded => ScalarStyle.Block,
            _ => ScalarStyle.Plain,
        };
        return new ConfigScalar(position, scalar.Value, style)
        {
            BlockIndent = scalar.Style == YamlDotNet.Core.ScalarStyle.Literal ? FindIndent(scalar) : -1,
        };
    }

    /// <summary>PyYAML refuses a tab after a value; it is harmless here, but the file does not start LiteLLM.</summary>
    private void WarnOfTab(Scalar scalar, ConfigPosition position)
    {
        if (scalar.Style is YamlDotNet.Core.ScalarStyle.Literal or YamlDotNet.Core.ScalarStyle.Folded)
        {
            return;
        }

        var line = _source.Line(scalar.Start.Line);
        var end = line.TrimEnd().Length;
        if (line[end..].Contains('\t') && scalar.Start.Column <= end)
        {
            _problems.Warning("tab-after-value", position with { Column = position.Column + end - (int)scalar.Start.Column + 1 }, "", "A tab stands after the value; LiteLLM does not load such a file. Delete it.");
        }
    }

    /// <summary>The first content line's own indentation in the file, less what of it belongs to the text.</summary>
    private int FindIndent(Scalar scalar)
    {
        var line = scalar.Start.Line;
        foreach (var content in scalar.Value.AsSpan().EnumerateLines())
        {
            line++;
            if (!content.IsWhiteSpace())
            {
                return _source.Line(line).IndexOfAnyExcept(' ') - content.IndexOfAnyExcept(' ');
            }
        }

        return -1;
    }

    private ConfigNode? ReadOpen(bool flow, ConfigPosition position, int depth, Func<ConfigPosition, int, ConfigNode?> read)
    {
        if (flow)
        {
            _openFlows.Push(position);
        }

        var node = read(position, depth);
        if (flow)
        {
            _openFlows.Pop();
        }

        return node;
    }

    private ConfigList? ReadList(ConfigPosition position, int depth)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new ConfigList(position, items.ToImmutable());
    }

    private ConfigMap? ReadMap(ConfigPosition position, int depth)
    {
        var map = new MapContent();
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not { } keyNode)
            {
                return null;
            }

            if (keyNode is not ConfigScalar key)
            {
                Refuse(
                    "key-not-text", keyNode.Position,
                    "A key must be text. Curly braces without quotes make a map: write quotes around a template, and render it before the start.");
                return null;
            }

            _parser.MoveNext();
            if (ReadNode(depth + 1) is not { } value)
            {
                return null;
            }

            if (value is ConfigScalar { Style: ScalarStyle.Plain, Text: "" })
            {
                value = new ConfigScalar(key.Position, "", ScalarStyle.Plain);
            }

            if (key is { Style: ScalarStyle.Plain, Text: "<<" })
            {
                if (!Merge(map, value))
                {
                    return null;
                }
            }
            else
            {
                map.Add(new ConfigEntry(key, value));
            }
        }

// YamlDotNet gives a single pair inside [ ] no mark of its own.
        return map.Build(depth > 1 && position == _source.At(1, 1) ? map.First ?? position : position);
    }

    /// <summary><c>&lt;&lt;</c>: the keys of another map, or of several of which the first wins; the map's own keys win over all.</summary>
    private bool Merge(MapContent map, ConfigNode value)
    {
        var parts = value is ConfigList list ? list.Items : [value];
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] is not ConfigMap part)
            {
                Refuse("bad-merge", parts[i].Position, "'<<' takes a map, or a list of maps.");
                return false;
            }

            foreach (var entry in part.Entries)
            {
                if (!Count(1 + entry.Value.ExpandedCount, value.Position))
                {
                    return false;
                }

                map.AddMerged(entry);
            }
        }

        return true;
    }

    private bool Count(long nodes, ConfigPosition position)
    {
        _count += nodes;
        if (_count <= YamlLimits.Nodes)
        {
            return true;
        }

        Refuse("too-many-nodes", position, $"The YAML holds more than {YamlLimits.Nodes:N0} nodes with its aliases written out.");
        return false;
    }

    private ConfigNode? Refuse(string code, ConfigPosition position, string message)
    {
        _problems.Error(code, position, "", message);
        return null;
    }

    private ParsingEvent Event() => _parser.Current ?? throw new InvalidOperationException("The parser has no event.");
}
