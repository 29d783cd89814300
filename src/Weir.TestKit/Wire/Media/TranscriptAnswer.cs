using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.TestKit.Scripts;
using Weir.TestKit.Wire.Files;
using Weir.TestKit.Wire.OpenAI;

namespace Weir.TestKit.Wire.Media;

/// <summary>Audio written down, in the form that is asked for: json, text, srt, vtt, verbose_json; as events when streamed.</summary>
internal sealed class TranscriptAnswer : OpenAIAnswer
{
    /// <summary>A second of the audio for every so many bytes.</summary>
    public const int BytesPerSecond = 16_000;

    private readonly UploadRequest _request;
    private readonly Spoken _spoken;

    public TranscriptAnswer(ScriptedModelOptions options, ModelScript script, UploadRequest request)
        : base(options, request)
    {
        _request = request;
        _spoken = Spoken.Of(options, script, request);
    }

    public override bool Streams => Request.Stream;

    public override string ContentType => Streams ? base.ContentType
        : Form is "text" or "srt" or "vtt" ? "text/plain; charset=utf-8" : "application/json";

    private string Form => _request.Field("response_format") ?? "json";

    private string Text => _spoken.Text ?? "";

    private int Seconds => (int)Math.Max(1, ((_request.File?.Length ?? 0) + BytesPerSecond - 1) / BytesPerSecond);

    public override void WriteBody(IBufferWriter<byte> output)
    {
        switch (Form)
        {
            case "text":
                Encoding.UTF8.GetBytes(Text + "\n", output);
                return;
            case "srt":
                Encoding.UTF8.GetBytes($"1\n00:00:00,000 --> 00:00:{Seconds:D2},000\n{Text}\n\n", output);
                return;
            case "vtt":
                Encoding.UTF8.GetBytes($"WEBVTT\n\n00:00:00.000 --> 00:00:{Seconds:D2}.000\n{Text}\n\n", output);
                return;
        }

        using var json = new Utf8JsonWriter(output, Lenient);
        json.WriteStartObject();
        if (Form == "verbose_json")
        {
            WriteSegments(json);
        }
        else
        {
            json.WriteString("text", Text);
            WriteUsage(json);
        }

        json.WriteEndObject();
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        using var buffer = new EventBuffer();
        foreach (var word in Spoken.Words(Text))
        {
            buffer.Start();
            buffer.Json.WriteStartObject();
            buffer.Json.WriteString("type", "transcript.text.delta");
            buffer.Json.WriteString("delta", word);
            buffer.Json.WriteEndObject();
            yield return buffer.End();
        }

        buffer.Start();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("type", "transcript.text.done");
        buffer.Json.WriteString("text", Text);
        WriteUsage(buffer.Json);
        buffer.Json.WriteEndObject();
        yield return buffer.End();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        var output = Tokens.Count(Text);
        json.WriteStartObject("usage");
        json.WriteString("type", "tokens");
        json.WriteNumber("input_tokens", 10 * Seconds);
        json.WriteStartObject("input_token_details");
        json.WriteNumber("text_tokens", 0);
        json.WriteNumber("audio_tokens", 10 * Seconds);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", output);
        json.WriteNumber("total_tokens", (10 * Seconds) + output);
        json.WriteEndObject();
    }

    private void WriteSegments(Utf8JsonWriter json)
    {
        json.WriteString("task", Request.Kind == RouteKind.Translation ? "translate" : "transcribe");
        json.WriteString("language", "english");
        json.WriteNumber("duration", Seconds);
        json.WriteString("text", Text);
        json.WriteStartArray("segments");
        json.WriteStartObject();
        json.WriteNumber("id", 0);
        json.WriteNumber("seek", 0);
        json.WriteNumber("start", 0);
        json.WriteNumber("end", Seconds);
        json.WriteString("text", Text);
        json.WriteStartArray("tokens");
        json.WriteEndArray();
        json.WriteNumber("temperature", 0);
        json.WriteNumber("avg_logprob", 0);
        json.WriteNumber("compression_ratio", 1);
        json.WriteNumber("no_speech_prob", 0);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("usage");
        json.WriteString("type", "duration");
        json.WriteNumber("seconds", Seconds);
        json.WriteEndObject();
    }
}
