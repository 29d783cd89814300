using System.Buffers;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>One SSE event at a time in one reused buffer.</summary>
internal sealed class EventBuffer : IDisposable
{
    public static readonly ReadOnlyMemory<byte> Done = "data: [DONE]\n\n"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    public EventBuffer(JsonWriterOptions options) => Json = new Utf8JsonWriter(_bytes, options);

    public Utf8JsonWriter Json { get; }

    /// <summary>Starts an event; its JSON is then written to <see cref="Json"/>.</summary>
    public void Start()
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("data: "u8);
        Json.Reset(_bytes);
    }

    public ReadOnlyMemory<byte> End()
    {
        Json.Flush();
        _bytes.Write("\n\n"u8);
        return _bytes.WrittenMemory;
    }

    public void Dispose() => Json.Dispose();
}
