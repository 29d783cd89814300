using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Kinds of events that say something to a reader.</summary>
internal enum StreamEventKind
{
    None,
    Started,
    ItemAdded,
    ItemDone,
    PartAdded,
    PartDone,
    TextDelta,
    TextDone,
    RefusalDelta,
    RefusalDone,
    ArgumentsDelta,
    ArgumentsDone,
    CustomInputDelta,
    CustomInputDone,
    SummaryDelta,
    ReasoningDelta,
    Terminal,
    Error,
}

/// <summary>One event, taken apart.</summary>
internal ref struct StreamEvent
{
    internal StreamEventKind Kind;

    /// <summary>The item; -1 when the event does not say.</summary>
    internal long Output;

    /// <summary>The part of its content or of its summary.</summary>
    internal long Part;

    /// <summary>What is added.</summary>
    internal string? Delta;

    /// <summary>All of it, in the events that end a part.</summary>
    internal string? Whole;

    /// <summary>Where the <c>item</c> lies; empty when there is none.</summary>
    internal ByteSpan Item;

    /// <summary>Where the whole <c>part</c> lies; empty when there is none.</summary>
    internal ByteSpan Content;

    /// <summary>Where the <c>response</c> lies; empty when there is none.</summary>
    internal ByteSpan Response;

    /// <summary>The kind by the event's name, or by its <c>type</c>.</summary>
    internal static StreamEventKind KindOf(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith("response."u8))
        {
            return name.SequenceEqual("error"u8) ? StreamEventKind.Error : StreamEventKind.None;
        }
        name = name["response."u8.Length..];
        return name.SequenceEqual("output_text.delta"u8) ? StreamEventKind.TextDelta
            : name.SequenceEqual("function_call_arguments.delta"u8) ? StreamEventKind.ArgumentsDelta
            : name.SequenceEqual("reasoning_summary_text.delta"u8) ? StreamEventKind.SummaryDelta
            : name.SequenceEqual("reasoning_text.delta"u8) ? StreamEventKind.ReasoningDelta
            : name.SequenceEqual("custom_tool_call_input.delta"u8) ? StreamEventKind.CustomInputDelta
            : name.SequenceEqual("refusal.delta"u8) ? StreamEventKind.RefusalDelta
            : name.SequenceEqual("created"u8) || name.SequenceEqual("in_progress"u8) || name.SequenceEqual("queued"u8) ? StreamEventKind.Started
            : name.SequenceEqual("output_item.added"u8) ? StreamEventKind.ItemAdded
            : name.SequenceEqual("output_item.done"u8) ? StreamEventKind.ItemDone
            : name.SequenceEqual("content_part.added"u8) ? StreamEventKind.PartAdded
            : name.SequenceEqual("content_part.done"u8) ? StreamEventKind.PartDone
            : name.SequenceEqual("output_text.done"u8) ? StreamEventKind.TextDone
            : name.SequenceEqual("refusal.done"u8) ? StreamEventKind.RefusalDone
            : name.SequenceEqual("function_call_arguments.done"u8) ? StreamEventKind.ArgumentsDone
            : name.SequenceEqual("custom_tool_call_input.done"u8) ? StreamEventKind.CustomInputDone
            : IsTerminal(name) ? StreamEventKind.Terminal
            : StreamEventKind.None;
    }

    /// <summary>Reads an event. The name may be missing or say nothing: then the data's <c>type</c> decides.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    internal static StreamEvent Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var found = new StreamEvent { Kind = KindOf(name), Output = -1 };
        var reader = new Utf8JsonReader(data, Fields.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return new StreamEvent { Output = -1 };
        }
        var error = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (found.Kind == StreamEventKind.None && reader.TokenType == JsonTokenType.String)
                {
                    found.Kind = KindOf(reader.ValueSpan);
                }
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                found.Delta = Fields.Text(ref reader, Place.InAnswer, "delta");
            }
            else if (reader.ValueTextEquals("output_index"u8))
            {
                found.Output = Fields.Loose(ref reader, -1);
            }
            else if (reader.ValueTextEquals("content_index"u8) || reader.ValueTextEquals("summary_index"u8))
            {
                found.Part = Fields.Loose(ref reader, 0);
            }
            else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8))
            {
                found.Whole = Fields.Text(ref reader, Place.InAnswer, "text") ?? found.Whole;
            }
            else if (reader.ValueTextEquals("item"u8))
            {
                found.Item = Object(ref reader);
            }
            else if (reader.ValueTextEquals("part"u8))
            {
                found.Content = Object(ref reader);
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                found.Response = Object(ref reader);
            }
            else
            {
                var isError = reader.ValueTextEquals("error"u8);
                reader.Read();
                error |= isError && reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
            }
        }
        if (found.Kind == StreamEventKind.None && error)
        {
            // An error that a server wraps around the dialect instead of saying it in the dialect.
            found.Kind = StreamEventKind.Error;
        }
        return found;
    }

    private static bool IsTerminal(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("completed"u8) || name.SequenceEqual("incomplete"u8) || name.SequenceEqual("failed"u8) || name.SequenceEqual("cancelled"u8);

    private static ByteSpan Object(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        return isObject ? new ByteSpan(start, (int)reader.BytesConsumed) : default;
    }
}
