using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.TestKit.Wire;

/// <summary>One SSE event at a time in one reused buffer.</summary>
internal sealed class EventBuffer : IDisposable
{
    public static readonly ReadOnlyMemory<byte> Done = "data: [DONE]\n\n"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    public EventBuffer() => Json = new Utf8JsonWriter(_bytes, Answer.Lenient);

    public Utf8JsonWriter Json { get; }

    /// <summary>Starts an event; its JSON is then written to <see cref="Json"/>.</summary>
    public void Start()
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("data: "u8);
        Json.Reset(_bytes);
    }

    /// <summary>Starts an event with a name and the object whose <c>type</c> is that name, as Anthropic and OpenAI's Responses write them.</summary>
    public Utf8JsonWriter Start(string name)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, _bytes);
        _bytes.Write("\ndata: "u8);
        Json.Reset(_bytes);
        Json.WriteStartObject();
        Json.WriteString("type", name);
        return Json;
    }

    /// <summary>Ends an event that <see cref="Start()"/> began.</summary>
    public ReadOnlyMemory<byte> End()
    {
        Json.Flush();
        _bytes.Write("\n\n"u8);
        return _bytes.WrittenMemory;
    }

    /// <summary>Ends an event that <see cref="Start(string)"/> began.</summary>
    public ReadOnlyMemory<byte> EndObject()
    {
        Json.WriteEndObject();
        return End();
    }

    public void Dispose() => Json.Dispose();
}
