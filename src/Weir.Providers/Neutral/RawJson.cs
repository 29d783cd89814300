using System.Text.Json;

namespace Weir.Providers.Neutral;

/// <summary>One JSON value that is carried, not looked into: its UTF-8 text. Owns its bytes.</summary>
/// <param name="Utf8">The text; empty means "absent".</param>
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>True when there is no value.</summary>
    public bool IsAbsent => Utf8.IsEmpty;

    /// <summary>Copies the value at which <paramref name="reader"/> stands and moves the reader to its end.</summary>
    /// <param name="reader">Stands on the first token of the value.</param>
    /// <param name="source">The text that the reader reads.</param>
    public static RawJson Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new RawJson(source[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>The value of a text that is known to be JSON.</summary>
    public static RawJson Of(ReadOnlySpan<byte> json) => new(json.ToArray());

    /// <summary>Writes the value, or null when it is absent.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (IsAbsent)
        {
            json.WriteNullValue();
        }
        else
        {
            // Read by a Utf8JsonReader before it got here: checking it again would double the cost of every tool schema.
            json.WriteRawValue(Utf8.Span, skipInputValidation: true);
        }
    }

    /// <summary>The text, for people.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8.Span);
}
