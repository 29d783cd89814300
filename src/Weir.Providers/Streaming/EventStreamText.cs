using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Providers.Streaming;

/// <summary>Writes one message of an AWS event stream as a server-sent event.</summary>
internal static class EventStreamText
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes it; false when the headers are malformed. Messages that are no events (of a kind that came later) say nothing.</summary>
    internal static bool TryWrite(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, IBufferWriter<byte> target)
    {
        ReadOnlySpan<byte> message = default, type = default, code = default, text = default;
        while (!headers.IsEmpty)
        {
            if (!EventStreamMessage.TryTake(ref headers, out var name, out var value))
            {
                return false;
            }
            if (name.SequenceEqual(":message-type"u8))
            {
                message = value;
            }
            else if (name.SequenceEqual(":event-type"u8) || name.SequenceEqual(":exception-type"u8))
            {
                type = value;
            }
            else if (name.SequenceEqual(":error-code"u8))
            {
                code = value;
            }
            else if (name.SequenceEqual(":error-message"u8))
            {
                text = value;
            }
        }
        if (type.IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            return false;
        }
        if (message.SequenceEqual("exception"u8))
        {
            WriteError(type, MessageIn(payload), target);
        }
        else if (message.SequenceEqual("error"u8))
        {
            WriteError(code, Encoding.UTF8.GetString(text), target);
        }
        else if (message.SequenceEqual("event"u8) && type.SequenceEqual("chunk"u8))
        {
            WriteChunk(payload, target);
        }
        else if (message.SequenceEqual("event"u8))
        {
            Write(type, payload.IsEmpty ? "{}"u8 : payload, target);
        }
        return true;
    }

    private static void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> target)
    {
        if (!name.IsEmpty)
        {
            target.Write("event: "u8);
            target.Write(name);
            target.Write("\n"u8);
        }
        target.Write("data: "u8);
        var line = target.GetSpan(data.Length)[..data.Length];
        data.CopyTo(line);

        // Between the tokens of JSON a line break is a space; inside of strings there is none.
        line.Replace((byte)'\n', (byte)' ');
        line.Replace((byte)'\r', (byte)' ');
        target.Advance(data.Length);
        target.Write("\n\n"u8);
    }

    /// <summary>InvokeModelWithResponseStream wraps the model's own event: <c>{"bytes":"base64"}</c>. Its name is its <c>type</c>, where it has one.</summary>
    private static void WriteChunk(ReadOnlySpan<byte> payload, IBufferWriter<byte> target)
    {
        try
        {
            if (Member(payload, "bytes"u8, out var reader) && reader.TryGetBytesFromBase64(out var inner))
            {
                Write(Member(inner, "type"u8, out var type) && !type.ValueIsEscaped ? type.ValueSpan : default, inner, target);
                return;
            }
        }
        catch (JsonException)
        {
            // No JSON inside of the wrapping: whoever reads the event says so.
        }
        Write(default, payload, target);
    }

    /// <summary>In OpenAI's shape; the code is the HTTP status that the exception has when it comes before a stream.</summary>
    private static void WriteError(ReadOnlySpan<byte> type, string message, IBufferWriter<byte> target)
    {
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data, Plain))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, message);
            json.WriteString("type"u8, type);
            json.WriteNumber("code"u8, Status(type));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        Write("error"u8, data.WrittenSpan, target);
    }

    private static int Status(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("throttlingException"u8) ? 429
        : type.SequenceEqual("validationException"u8) ? 400
        : type.SequenceEqual("accessDeniedException"u8) ? 403
        : type.SequenceEqual("modelTimeoutException"u8) ? 408
        : type.SequenceEqual("serviceUnavailableException"u8) ? 503

        // Also modelStreamErrorException, which has 424 of its own: the model failed, and another try may succeed.
        : 500;

    private static string MessageIn(ReadOnlySpan<byte> payload)
    {
        try
        {
            if (Member(payload, "message"u8, out var reader) || Member(payload, "Message"u8, out reader))
            {
                return reader.GetString() ?? "";
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or half a surrogate pair: shown as it is.
        }
        return Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, 4096)]);
    }

    /// <summary>Moves to a text that is a member of the outermost object.</summary>
    private static bool Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out Utf8JsonReader reader)
    {
        reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.String;
            }
            reader.Skip();
        }
        return false;
    }
}
