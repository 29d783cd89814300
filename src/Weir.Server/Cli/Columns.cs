namespace Weir.Server.Cli;

/// <summary>Prints rows in columns as wide as their widest text.</summary>
internal static class Columns
{
    internal static void Print(TextWriter output, string[] head, IReadOnlyList<string[]> rows)
    {
        var widths = head.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(head))
        {
            output.WriteLine(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }
}
