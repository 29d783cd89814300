using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>One chunk of a stream at a time: an SSE event with Google's CRLF, or the next element of a JSON array where nobody asked for SSE.</summary>
internal sealed class GeminiFrame(bool array) : IDisposable
{
    public static readonly ReadOnlyMemory<byte> ArrayEnd = "\r\n]"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private Utf8JsonWriter? _json;
    private bool _first = true;

    public Utf8JsonWriter Start()
    {
        _bytes.ResetWrittenCount();
        _bytes.Write(!array ? "data: "u8 : _first ? "["u8 : ",\r\n"u8);
        _first = false;
        _json ??= new Utf8JsonWriter(_bytes, Answer.Lenient);
        _json.Reset(_bytes);
        _json.WriteStartObject();
        return _json;
    }

    public ReadOnlyMemory<byte> End()
    {
        _json?.WriteEndObject();
        _json?.Flush();
        if (!array)
        {
            _bytes.Write("\r\n\r\n"u8);
        }

        return _bytes.WrittenMemory;
    }

    public void Dispose() => _json?.Dispose();
}
