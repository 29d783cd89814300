using System.Buffers;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>OpenAI's <c>audio</c> wish as Gemini's <c>speechConfig</c>.</summary>
internal static class GeminiVoice
{
    /// <summary>The speech configuration for <paramref name="audio"/>; null when it names no voice. Its <c>format</c> has no counterpart: Gemini always speaks PCM.</summary>
    public static RawJson? From(RawJson audio)
    {
        var json = new Utf8JsonReader(audio.Utf8.Span, GeminiJson.ReaderOptions);
        string? voice = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isVoice = json.ValueSpan.SequenceEqual("voice"u8);
            json.Read();
            voice = isVoice && json.TokenType == JsonTokenType.String ? GeminiJson.Name(ref json) : voice;
            json.Skip();
        }

        if (voice is null)
        {
            return null;
        }

        var target = new ArrayBufferWriter<byte>(96);
        using var writer = new Utf8JsonWriter(target, GeminiJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("voiceConfig"u8);
        writer.WriteStartObject("prebuiltVoiceConfig"u8);
        writer.WriteString("voiceName"u8, voice);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return new RawJson(target.WrittenMemory);
    }
}
