using System.Buffers;
using System.Text;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>Speech: bytes that come as they are "spoken", a piece per token of the input; as events when these are asked for.</summary>
internal sealed class SpeechAnswer(ScriptedModelOptions options, ModelRequest request) : OpenAIAnswer(options, request)
{
    private readonly string _input = request.Text("input") ?? "";

    private bool AsEvents => Request.Text("stream_format") == "sse";

    public override WireShape Shape => AsEvents ? base.Shape : SoundShape.Instance;

    public override bool Streams => true;

    public override string ContentType => AsEvents ? base.Shape.StreamType : Request.Text("response_format") switch
    {
        "wav" => "audio/wav",
        "opus" => "audio/opus",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "pcm" => "audio/pcm",
        _ => "audio/mpeg",
    };

    public override void WriteBody(IBufferWriter<byte> output)
    {
        foreach (var piece in Events())
        {
            output.Write(piece.Span);
        }
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        if (!AsEvents)
        {
            foreach (var word in Spoken.Words(_input))
            {
                yield return Sound(word);
            }

            yield break;
        }

        using var buffer = new EventBuffer();
        foreach (var word in Spoken.Words(_input))
        {
            buffer.Start();
            buffer.Json.WriteStartObject();
            buffer.Json.WriteString("type", "speech.audio.delta");
            buffer.Json.WriteBase64String("audio", Sound(word));
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        var tokens = Tokens.Count(_input);
        buffer.Start();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("type", "speech.audio.done");
        buffer.Json.WriteStartObject("usage");
        buffer.Json.WriteNumber("input_tokens", tokens);
        buffer.Json.WriteNumber("output_tokens", 10 * tokens);
        buffer.Json.WriteNumber("total_tokens", 11 * tokens);
        buffer.Json.WriteEndObject();
        buffer.Json.WriteEndObject();
        yield return buffer.End();
    }

    /// <summary>No sound, but bytes from which a test sees what was spoken.</summary>
    private static byte[] Sound(string word) => [0xFF, 0xFB, .. Encoding.UTF8.GetBytes(word)];
}
