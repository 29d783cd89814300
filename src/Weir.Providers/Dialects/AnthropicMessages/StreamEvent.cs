using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Kinds of events of a stream.</summary>
internal enum StreamEventKind
{
    /// <summary>Ping, and what came later.</summary>
    Other,
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
}

/// <summary>Kinds of pieces of a block.</summary>
internal enum BlockDeltaKind
{
    Other,
    Text,
    Thinking,
    Input,
    Signature,
    Citation,
}

/// <summary>The members of one event, whole before any of it counts: an event that breaks in the middle changes nothing.</summary>
internal ref struct StreamEvent
{
    internal StreamEventKind Kind;

    // message_start
    internal string? Id;
    internal string? Model;

    // content_block_start
    internal BlockKind Block;
    internal string? BlockId;
    internal string? BlockName;
    internal string? BlockInput;
    internal ReadOnlySpan<byte> WholeBlock;

    // content_block_delta, and the same members of a block that does not open empty
    internal BlockDeltaKind Delta;
    internal string? Text;
    internal string? Signature;
    internal ReadOnlySpan<byte> Citation;

    // message_delta
    internal StopReason Stop;
    internal string? StopSequence;
    internal string? Refusal;

    internal UsageCounts Usage;

    private string? _typeName;

    /// <summary>Reads an event. <see cref="Usage"/> continues what it was given.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    internal void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, Wire.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }
        var kindTold = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                kindTold = reader.TokenType == JsonTokenType.String;
                Kind = kindTold ? KindOf(reader.ValueSpan) : Kind;
                reader.Skip();
            }
            else if (RequestReader.Takes(ref reader, "delta"u8))
            {
                ReadDelta(ref reader, data);
            }
            else if (RequestReader.Takes(ref reader, "content_block"u8))
            {
                ReadBlock(ref reader, data);
            }
            else if (RequestReader.Takes(ref reader, "message"u8))
            {
                ReadMessage(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "usage"u8))
            {
                Usage.Read(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        reader.Read();
        if (!kindTold)
        {
            Kind = KindOf(name);
        }
    }

    /// <summary>The name of a block's kind that the neutral form does not know.</summary>
    internal readonly string UnknownKind => _typeName ?? "";

    private static StreamEventKind KindOf(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("content_block_delta"u8) ? StreamEventKind.BlockDelta
        : word.SequenceEqual("content_block_start"u8) ? StreamEventKind.BlockStart
        : word.SequenceEqual("content_block_stop"u8) ? StreamEventKind.BlockStop
        : word.SequenceEqual("message_delta"u8) ? StreamEventKind.MessageDelta
        : word.SequenceEqual("message_start"u8) ? StreamEventKind.MessageStart
        : word.SequenceEqual("message_stop"u8) ? StreamEventKind.MessageStop
        : StreamEventKind.Other;

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "id"u8))
            {
                Id = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "model"u8))
            {
                Model = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "usage"u8))
            {
                Usage.Read(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadBlock(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                Block = reader.TokenType == JsonTokenType.String ? AnthropicMessages.Block.KindOf(ref reader) : BlockKind.Unknown;
                _typeName = Block == BlockKind.Unknown ? Wire.TextOrNull(ref reader) : null;
            }
            else if (RequestReader.Takes(ref reader, "id"u8))
            {
                BlockId = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "name"u8))
            {
                BlockName = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "input"u8))
            {
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                var input = data[from..(int)reader.BytesConsumed];
                BlockInput = input.Length <= 2 ? null : Encoding.UTF8.GetString(input);
            }
            else
            {
                ReadWords(ref reader);
            }
        }
        WholeBlock = data[start..(int)reader.BytesConsumed];
    }

    private void ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (RequestReader.Takes(ref reader, "type"u8))
            {
                Delta = reader.TokenType == JsonTokenType.String ? DeltaOf(ref reader) : BlockDeltaKind.Other;
                reader.Skip();
            }
            else if (RequestReader.Takes(ref reader, "partial_json"u8))
            {
                Text = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "stop_reason"u8))
            {
                Stop = Wire.ReadStop(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "stop_sequence"u8))
            {
                StopSequence = Wire.TextOrNull(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "stop_details"u8))
            {
                Refusal = AnswerReader.ReadExplanation(ref reader);
            }
            else if (RequestReader.Takes(ref reader, "citation"u8))
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                Citation = data[start..(int)reader.BytesConsumed];
            }
            else
            {
                ReadWords(ref reader);
            }
        }
    }

    private static BlockDeltaKind DeltaOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("text_delta"u8) ? BlockDeltaKind.Text
        : reader.ValueTextEquals("input_json_delta"u8) ? BlockDeltaKind.Input
        : reader.ValueTextEquals("thinking_delta"u8) ? BlockDeltaKind.Thinking
        : reader.ValueTextEquals("signature_delta"u8) ? BlockDeltaKind.Signature
        : reader.ValueTextEquals("citations_delta"u8) ? BlockDeltaKind.Citation
        : BlockDeltaKind.Other;

    private void ReadWords(ref Utf8JsonReader reader)
    {
        if (RequestReader.Takes(ref reader, "text"u8) || RequestReader.Takes(ref reader, "thinking"u8))
        {
            Text = Wire.TextOrNull(ref reader);
        }
        else if (RequestReader.Takes(ref reader, "signature"u8) || RequestReader.Takes(ref reader, "data"u8))
        {
            Signature = Wire.TextOrNull(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }
}
