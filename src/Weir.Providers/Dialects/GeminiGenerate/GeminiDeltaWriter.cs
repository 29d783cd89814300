using System.Buffers;
using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.GeminiGenerate;

/// <summary>
/// Writes a stream (<c>alt=sse</c>): each event is a whole answer with what is new. A tool call goes out in one piece when it is complete, as Gemini sends it. The last
/// event holds the finish reasons and the usage.
/// </summary>
internal sealed class GeminiDeltaWriter(AnswerContext context) : IDeltaWriter
{
    private sealed class Choice(int index)
    {
        internal int Index { get; } = index;

        internal StopReason Stop { get; set; }

        internal string CallId { get; set; } = "";

        internal string CallName { get; set; } = "";

        internal string? CallSeal { get; set; }

        internal StringBuilder Arguments { get; } = new();

        /// <summary>The open text.</summary>
        internal StringBuilder Said { get; } = new();

        /// <summary>The texts so far, with their sources, which the last event tells.</summary>
        internal List<TextPart> Texts { get; } = [];
    }

    private readonly List<Choice> _choices = [];
    private string _id = context.Id;
    private string _model = context.Turn.Model;
    private TokenUsage _usage;
    private Utf8JsonWriter? _json;
    private bool _ended;

    /// <inheritdoc/>
    public void Write(in ChatDelta delta, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (_ended)
        {
            return;
        }

        switch (delta.Kind)
        {
            case DeltaKind.Start:
                _id = string.IsNullOrEmpty(delta.Id) ? _id : delta.Id;
                _model = string.IsNullOrEmpty(delta.Name) ? _model : delta.Name;
                _usage = delta.Usage;
                break;
            case DeltaKind.PartStart when delta.Part == DeltaPart.ToolCall:
                var starts = Of(delta.Choice);
                (starts.CallId, starts.CallName, starts.CallSeal) = (delta.Id ?? "", delta.Name ?? "", delta.Signature);
                starts.Arguments.Clear();
                break;
            case DeltaKind.Text when delta.Part == DeltaPart.ToolCall:
                Of(delta.Choice).Arguments.Append(delta.Text);
                break;
            case DeltaKind.Text when delta.Text is { Length: > 0 } text:
                Of(delta.Choice).Said.Append(delta.Part is DeltaPart.Text or DeltaPart.Refusal ? text : null);
                var json = Open(target, Of(delta.Choice).Index);
                GeminiPartWriter.Text(json, text, delta.Part is DeltaPart.Thinking or DeltaPart.RedactedThinking);
                Close(json, target);
                break;
            case DeltaKind.Signature when delta.Text is { Length: > 0 } seal:
                json = Open(target, Of(delta.Choice).Index);
                GeminiPartWriter.Thinking(json, "", seal, delta.Part == DeltaPart.RedactedThinking);
                Close(json, target);
                break;
            case DeltaKind.PartEnd when delta.Part == DeltaPart.ToolCall:
                var ends = Of(delta.Choice);
                json = Open(target, ends.Index);
                GeminiPartWriter.Call(json, ends.CallId, ends.CallName, ends.Arguments.ToString(), ends.CallSeal);
                Close(json, target);
                ends.Arguments.Clear();
                break;
            case DeltaKind.PartEnd:
                var said = Of(delta.Choice);
                if (said.Said.Length > 0)
                {
                    said.Texts.Add(new TextPart(said.Said.ToString()) { Citations = delta.Opaque?.Value ?? default, CitationsFrom = delta.Opaque?.Dialect ?? default });
                    said.Said.Clear();
                }
                break;
            case DeltaKind.Media when delta.Media is { } media:
                json = Open(target, Of(delta.Choice).Index);
                GeminiPartWriter.Raw(media).WriteTo(json);
                Close(json, target);
                break;
            case DeltaKind.Opaque when delta.Opaque is { Dialect: WireFormat.GeminiGenerate } opaque:
                Opaque(opaque, Of(delta.Choice).Index, target);
                break;
            case DeltaKind.Stop:
                Of(delta.Choice).Stop = delta.Stop;
                break;
            case DeltaKind.Usage:
                _usage = delta.Usage;
                break;
            case DeltaKind.End:
                _ended = true;
                End(target);
                break;
        }
    }

    private void Opaque(OpaquePart opaque, int choice, IBufferWriter<byte> target)
    {
        if (opaque.Kind is not ("groundingMetadata" or "citationMetadata"))
        {
            var json = Open(target, choice);
            opaque.Value.WriteTo(json);
            Close(json, target);
            return;
        }

        var writer = Begin(target);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice);
        Nothing(writer);
        writer.WritePropertyName(opaque.Kind);
        opaque.Value.WriteTo(writer);
        writer.WriteEndObject();
        Finish(writer, target, last: false);
    }

    private void End(IBufferWriter<byte> target)
    {
        if (_choices.Count == 0)
        {
            _choices.Add(new(0));
        }

        var json = Begin(target);
        foreach (var choice in _choices)
        {
            json.WriteStartObject();
            Nothing(json);
            json.WriteString("finishReason"u8, GeminiStop.Write(choice.Stop));
            json.WriteNumber("index"u8, choice.Index);
            GeminiCitations.WriteStreamed(json, choice.Texts);
            json.WriteEndObject();
        }

        Finish(json, target, last: true);
        json.Dispose();
    }

    /// <summary>An empty text, as Google ends its streams: the SDKs' chats forget a whole turn in which one event has no part.</summary>
    private static void Nothing(Utf8JsonWriter json)
    {
        json.WriteStartObject("content"u8);
        json.WriteStartArray("parts"u8);
        GeminiPartWriter.Text(json, "", thought: false);
        json.WriteEndArray();
        json.WriteString("role"u8, "model"u8);
        json.WriteEndObject();
    }

    private Utf8JsonWriter Open(IBufferWriter<byte> target, int choice)
    {
        var json = Begin(target);
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice);
        json.WriteStartObject("content"u8);
        json.WriteString("role"u8, "model"u8);
        json.WriteStartArray("parts"u8);
        return json;
    }

    private void Close(Utf8JsonWriter json, IBufferWriter<byte> target)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        Finish(json, target, last: false);
    }

    private Utf8JsonWriter Begin(IBufferWriter<byte> target)
    {
        target.Write("data: "u8);
        if (_json is null)
        {
            _json = new(target, GeminiJson.WriterOptions);
        }
        else
        {
            _json.Reset(target);
        }

        _json.WriteStartObject();
        _json.WriteStartArray("candidates"u8);
        return _json;
    }

    private void Finish(Utf8JsonWriter json, IBufferWriter<byte> target, bool last)
    {
        json.WriteEndArray();
        if (last)
        {
            GeminiUsage.Write(json, _usage);
        }

        json.WriteString("modelVersion"u8, _model);
        json.WriteString("responseId"u8, _id);
        json.WriteEndObject();
        json.Flush();
        target.Write("\n\n"u8);
    }

    private Choice Of(int index)
    {
        foreach (var choice in _choices)
        {
            if (choice.Index == index)
            {
                return choice;
            }
        }

        var made = new Choice(index);
        _choices.Add(made);
        return made;
    }
}
