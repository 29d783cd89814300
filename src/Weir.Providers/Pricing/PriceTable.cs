using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Weir.Providers.Pricing;

/// <summary>
/// The embedded prices: one line per model, sorted by the bytes of its name, searched in place. The file stays in the mapped
/// image of the assembly; nothing is read, parsed or allocated until a model is asked for.
/// </summary>
/// <remarks>
/// A line is <c>name TAB provider TAB mode TAB max input TAB max output TAB retirement day TAB abilities TAB prices</c>; prices
/// are <c>code=USD per million units</c>, separated by spaces. Lines that begin with <c>#</c> stand before the first row.
/// </remarks>
internal static unsafe class PriceTable
{
    private static readonly Image Embedded = Image.Open();

    /// <summary>Every byte of the file.</summary>
    internal static ReadOnlySpan<byte> Bytes => Embedded.Bytes;

    /// <summary>The row of exactly that name, or null.</summary>
    internal static ModelPrice? Find(string key)
    {
        Span<byte> name = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(key, name, out var length) && Search(Bytes, name[..length]) is { Length: > 0 } line ? Parse(line) : null;
    }

    /// <summary>Calls <paramref name="visit"/> with each row, in order.</summary>
    internal static void ForEach(Action<ModelPrice> visit)
    {
        var rest = Bytes;
        while (!rest.IsEmpty)
        {
            var line = Line(rest);
            if (!line.StartsWith("#"u8))
            {
                visit(Parse(line));
            }

            rest = rest[Math.Min(rest.Length, line.Length + 1)..];
        }
    }

    /// <summary>The line whose name is <paramref name="key"/>, or empty. Binary search over the bytes between two line ends.</summary>
    internal static ReadOnlySpan<byte> Search(ReadOnlySpan<byte> file, ReadOnlySpan<byte> key)
    {
        int low = 0, high = file.Length;
        while (low < high)
        {
            var start = file[..((low + high) / 2)].LastIndexOf((byte)'\n') + 1;
            var line = Line(file[start..]);
            var order = line.StartsWith("#"u8) ? 1 : key.SequenceCompareTo(Name(line));
            if (order == 0)
            {
                return line;
            }

            if (order < 0)
            {
                high = start;
            }
            else
            {
                low = start + line.Length + 1;
            }
        }

        return default;
    }

    /// <summary>Reads one line.</summary>
    internal static ModelPrice Parse(ReadOnlySpan<byte> line)
    {
        var cells = Encoding.UTF8.GetString(line).Split('\t');
        if (cells.Length != 8)
        {
            throw new InvalidDataException($"price table: '{cells[0]}' has {cells.Length} cells, 8 are expected");
        }

        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var pair in cells[7].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var name = PriceField.Name(pair[..at]) ?? throw new InvalidDataException($"price table: '{cells[0]}' has the unknown code '{pair}'");
            prices[name] = decimal.Parse(pair.AsSpan(at + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / 1_000_000m;
        }

        var facts = new ModelFacts
        {
            Key = cells[0],
            Provider = cells[1],
            Mode = cells[2].Length == 0 ? null : cells[2],
            MaxInputTokens = Count(cells[3]),
            MaxOutputTokens = Count(cells[4]),
            DeprecationDate = cells[5].Length == 0 ? null : DateOnly.ParseExact(cells[5], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Supports = cells[6].Select(PriceField.Ability).OfType<string>().ToFrozenDictionary(static name => name, static _ => true, StringComparer.Ordinal),
        };
        return new ModelPrice(facts, prices.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static long? Count(string cell) => cell.Length == 0 ? null : long.Parse(cell, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> from)
    {
        var end = from.IndexOf((byte)'\n');
        return end < 0 ? from : from[..end];
    }

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)'\t');
        return end < 0 ? line : line[..end];
    }

    /// <summary>The resource's bytes where the loader mapped them; the stream is held so that they stay.</summary>
    private sealed class Image(UnmanagedMemoryStream stream)
    {
        private readonly byte* start = stream.PositionPointer;
        private readonly int length = checked((int)stream.Length);

        internal ReadOnlySpan<byte> Bytes => new(start, length);

        internal static Image Open()
        {
            const string name = "Weir.Providers.Pricing.prices.tsv";
            return typeof(PriceTable).Assembly.GetManifestResourceStream(name) is UnmanagedMemoryStream mapped
                ? new Image(mapped)
                : throw new InvalidOperationException($"the resource {name} is not in the assembly: the build is broken");
        }
    }
}
