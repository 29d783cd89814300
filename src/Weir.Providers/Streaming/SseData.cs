namespace Weir.Providers.Streaming;

/// <summary>The data of an event that is spread over several <c>data</c> lines. No known model server does so; the wire format allows it.</summary>
internal static class SseData
{
    /// <summary>The values of the data lines of <paramref name="lines"/>, joined by LF.</summary>
    /// <param name="lines">From the first data line's value to the last one's end.</param>
    internal static byte[] Join(ReadOnlySpan<byte> lines)
    {
        var joined = new byte[lines.Length];
        var length = 0;
        var first = true;
        while (true)
        {
            var end = lines.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? lines : lines[..end];
            if (first || TakeName(ref line))
            {
                if (!first)
                {
                    joined[length++] = (byte)'\n';
                }
                line.CopyTo(joined.AsSpan(length));
                length += line.Length;
                first = false;
            }
            if (end < 0)
            {
                return joined[..length];
            }
            lines = lines[(end + 1)..];
        }
    }

    private static bool TakeName(ref ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data"u8) || (line.Length > 4 && line[4] != (byte)':'))
        {
            return false;
        }
        line = line.Length == 4 ? default : line.Length > 5 && line[5] == (byte)' ' ? line[6..] : line[5..];
        return true;
    }
}
