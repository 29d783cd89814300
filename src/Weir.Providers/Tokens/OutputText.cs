using System.Buffers;
using System.Text.Json;

namespace Weir.Providers.Tokens;

/// <summary>
/// Keeps the generated text of a stream (still JSON-escaped, a few bytes per token), so that it can be counted should the upstream never
/// tell its usage. A dialect names the members to look for: one vectorised search each, nothing is parsed.
/// </summary>
public sealed class OutputText : IDisposable
{
    /// <summary>More than this is not kept; the count is then scaled up from what was.</summary>
    private const int MostKept = 4 << 20;

    private byte[] _kept = [];
    private int _length;
    private long _seen;

    /// <summary>Nothing was generated.</summary>
    public bool IsEmpty => _seen == 0;

    /// <summary>The tokens in the text so far, by <paramref name="count"/> over the decoded text.</summary>
    public long Count(Func<string, long> count)
    {
        if (_length == 0)
        {
            return 0;
        }
        var tokens = count(Decode());
        return _seen == _length ? tokens : (long)Math.Ceiling(tokens * ((double)_seen / _length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }
        _kept = [];
        _length = 0;
        _seen = 0;
    }

    /// <summary>Keeps the non-empty strings that are values of <paramref name="name"/> (quotes and colon included: <c>"text":</c>); false when there is none.</summary>
    public bool Take(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name)
    {
        var found = false;
        while (data.IndexOf(name) is var at and >= 0)
        {
            data = data[(at + name.Length)..].TrimStart((byte)' ');
            if (data.IsEmpty || data[0] != (byte)'"')
            {
                continue;
            }
            data = data[1..];
            var end = EndOfString(data);
            Keep(data[..end]);
            data = data[end..];
            found |= end > 0;
        }
        return found;
    }

    private static int EndOfString(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (at < data.Length)
        {
            var step = data[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return data.Length;
            }
            at += step;
            if (data[at] == (byte)'"')
            {
                return at;
            }
            at += 2;
        }
        return data.Length;
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        _seen += text.Length;
        text = text[..Math.Min(text.Length, MostKept - _length)];
        if (_length + text.Length > _kept.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(512, (_length + text.Length) * 2));
            _kept.AsSpan(0, _length).CopyTo(larger);
            if (_kept.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_kept);
            }
            _kept = larger;
        }
        text.CopyTo(_kept.AsSpan(_length));
        _length += text.Length;
    }

    private string Decode()
    {
        var quoted = new byte[_length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        _kept.AsSpan(0, _length).CopyTo(quoted.AsSpan(1));
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A pair of surrogates may be split over two chunks of a careless upstream: count the text as it lies.
            return System.Text.Encoding.UTF8.GetString(_kept.AsSpan(0, _length));
        }
    }
}
