using YamlDotNet.Core;

namespace Weir.Gateway.Config.Yaml;

/// <summary>
/// The text of one YAML document and how its marks map to the file that the user edits:
/// a configuration inside a ConfigMap's block string keeps the outer file's lines and columns.
/// </summary>
internal sealed class YamlSource
{
    private readonly int _lineOffset;
    private readonly int _columnOffset;
    private readonly ConfigPosition? _fixed;
    private string[]? _lines;

    private YamlSource(string file, string text, int lineOffset, int columnOffset, ConfigPosition? position)
    {
        File = file;
        Text = text;
        _lineOffset = lineOffset;
        _columnOffset = columnOffset;
        _fixed = position;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>The YAML text.</summary>
    public string Text { get; }

    /// <summary>The lines, without their ends.</summary>
    public string[] Lines => _lines ??= Text.Split('\n');

    /// <summary>A whole file.</summary>
    public static YamlSource OfFile(string file, string text) => new(file, text, 0, 0, null);

    /// <summary>The text of a block string: its lines start below the key, indented. Folded and quoted strings keep only the key's place.</summary>
    public static YamlSource Inside(ConfigScalar scalar) => scalar.BlockIndent >= 0
        ? new(scalar.Position.File, scalar.Text, scalar.Position.Line, scalar.BlockIndent, null)
        : new(scalar.Position.File, scalar.Text, 0, 0, scalar.Position);

    /// <summary>The place in the user's file of a mark in this text.</summary>
    public ConfigPosition At(Mark mark) => At((int)Math.Min(mark.Line, int.MaxValue), (int)Math.Min(mark.Column, int.MaxValue));

    /// <summary>The place in the user's file of a line and column of this text, both from 1.</summary>
    public ConfigPosition At(int line, int column) => _fixed ?? new ConfigPosition(File, line + _lineOffset, column + _columnOffset);

    /// <summary>The text of a line, from 1; empty beyond the end.</summary>
    public ReadOnlySpan<char> Line(long number) =>
        number >= 1 && number <= Lines.Length ? Lines[number - 1].AsSpan().TrimEnd('\r') : [];
}
