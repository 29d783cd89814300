using System.Buffers;

namespace Weir.Providers.Ids;

/// <summary>A place in a JSON text where an id is replaced.</summary>
/// <param name="Start">Its first byte, the quote included.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="Replacement">What stands there instead: a JSON string, quotes included.</param>
public readonly record struct IdEdit(int Start, int End, ReadOnlyMemory<byte> Replacement)
{
    /// <summary>Writes <paramref name="source"/> with the edits, which are in order.</summary>
    public static void Apply(ReadOnlySpan<byte> source, IReadOnlyList<IdEdit> edits, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(edits);
        var at = 0;
        for (var i = 0; i < edits.Count; i++)
        {
            target.Write(source[at..edits[i].Start]);
            target.Write(edits[i].Replacement.Span);
            at = edits[i].End;
        }
        target.Write(source[at..]);
    }
}
