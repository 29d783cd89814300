using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>What all readers and writers of the dialect share: options, and the words that stand for neutral ones.</summary>
internal static class Wire
{
    /// <summary>
    /// The tool by which models without schemas are made to answer in JSON. Its call is read back as text, so a tool of the caller's may
    /// not have this name. The name is LiteLLM's.
    /// </summary>
    internal const string JsonTool = "json_tool_call";

    internal static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 128 };

    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 256,
        // What is written is decided here or was read from JSON; checking it again would cost a third of the time.
        SkipValidation = true,
    };

    /// <summary>Why the model stopped, from the word at which <paramref name="reader"/> stands.</summary>
    internal static StopReason ReadStop(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return StopReason.None;
        }
        return reader.ValueTextEquals("end_turn"u8) ? StopReason.EndTurn
            : reader.ValueTextEquals("tool_use"u8) ? StopReason.ToolUse
            : reader.ValueTextEquals("max_tokens"u8) ? StopReason.MaxTokens
            : reader.ValueTextEquals("stop_sequence"u8) ? StopReason.StopSequence
            : reader.ValueTextEquals("pause_turn"u8) ? StopReason.Pause
            : reader.ValueTextEquals("refusal"u8) ? StopReason.ContentFilter
            : reader.ValueTextEquals("model_context_window_exceeded"u8) ? StopReason.ContextWindow
            // A word that came later: the answer is there, and nothing says that it was cut.
            : StopReason.EndTurn;
    }

    /// <summary>The word for <paramref name="stop"/>. Vendors that don't tell a wanted tool from a done answer are corrected by <paramref name="calls"/>.</summary>
    internal static string StopWord(StopReason stop, bool calls, bool refused) => stop switch
    {
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.Pause => "pause_turn",
        StopReason.ContentFilter => "refusal",
        StopReason.ContextWindow => "model_context_window_exceeded",
        StopReason.ToolUse => "tool_use",
        _ => calls ? "tool_use" : refused ? "refusal" : "end_turn",
    };

    /// <summary>The string at which <paramref name="reader"/> stands; null, and passed over, for anything else.</summary>
    internal static string? TextOrNull(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }
        reader.Skip();
        return null;
    }

    /// <summary>Whether <paramref name="text"/> is one JSON object.</summary>
    internal static bool IsObject(ReadOnlySpan<byte> text) => StartsAs(text) == JsonTokenType.StartObject;

    /// <summary>The first token of a text that is one JSON value; <see cref="JsonTokenType.None"/> when it is not one.</summary>
    internal static JsonTokenType StartsAs(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, ReaderOptions);
            if (!reader.Read())
            {
                return JsonTokenType.None;
            }
            var first = reader.TokenType;
            reader.Skip();
            return reader.Read() ? JsonTokenType.None : first;
        }
        catch (JsonException)
        {
            return JsonTokenType.None;
        }
    }
}
