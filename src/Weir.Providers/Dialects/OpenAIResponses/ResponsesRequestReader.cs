using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// Reads a request that crosses to another API. What only OpenAI's own servers can honour, because they keep state or run the tool, is refused
/// here when the answer would be another one without it.
/// </summary>
internal static class ResponsesRequestReader
{
    /// <summary>The seal of the thoughts: it comes with every crossing, so a wish for it alone is fulfilled.</summary>
    internal const string EncryptedReasoning = "reasoning.encrypted_content";

    internal static ChatTurn Read(ReadOnlySpan<byte> body)
    {
        var turn = new ChatTurn();
        var reader = new Utf8JsonReader(body, Fields.Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new DialectException("", "The request body must be a JSON object.");
            }
            string? instructions = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, body, turn, ref instructions);
            }
            if (reader.TokenType != JsonTokenType.EndObject)
            {
                throw new JsonException();
            }
            if (!string.IsNullOrEmpty(instructions))
            {
                turn.Messages.Insert(0, new ChatMessage(ChatRole.System, [new TextPart(instructions)]));
            }
            return turn;
        }
        catch (JsonException)
        {
            throw new DialectException("", "The request body is not valid JSON, or is nested too deeply.");
        }
        catch (InvalidOperationException)
        {
            throw new DialectException("", "A name in the request body is not valid Unicode.");
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn, ref string? instructions)
    {
        var name = reader.GetString() ?? "";
        switch (name)
        {
            case "model":
                turn.Model = Fields.Text(ref reader, name) ?? "";
                break;
            case "input":
                InputReader.Read(ref reader, body, turn.Messages);
                break;
            case "instructions":
                instructions = Fields.Text(ref reader, name);
                break;
            case "tools":
                ToolReader.ReadTools(ref reader, body, turn.Tools);
                break;
            case "tool_choice":
                turn.ToolChoice = ToolReader.ReadChoice(ref reader);
                break;
            case "parallel_tool_calls":
                turn.ParallelToolCalls = Fields.Flag(ref reader, name);
                break;
            case "stream":
                turn.Stream = Fields.Flag(ref reader, name) ?? false;
                break;
            case "max_output_tokens":
                turn.MaxTokens = Fields.Count(ref reader, name);
                break;
            case "temperature":
                turn.Temperature = Fields.Number(ref reader, name);
                break;
            case "top_p":
                turn.TopP = Fields.Number(ref reader, name);
                break;
            case "text":
                ReadText(ref reader, body, turn);
                break;
            case "reasoning":
                turn.Reasoning = ReadReasoning(ref reader);
                break;
            case "service_tier":
                turn.ServiceTier = Fields.Text(ref reader, name);
                break;
            case "user":
                // The newer name wins where both are sent; the older one often holds the same.
                var user = Fields.Text(ref reader, name);
                turn.EndUser ??= user;
                break;
            case "safety_identifier":
                turn.EndUser = Fields.Text(ref reader, name) ?? turn.EndUser;
                break;
            default:
                ReadOther(ref reader, body, turn, name);
                break;
        }
    }

    private static void ReadOther(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        switch (name)
        {
            case "previous_response_id":
                throw new DialectException(name,
                    "'previous_response_id' continues a response that only the server that stored it knows. This model is reached through another API: " +
                    "send the whole conversation in 'input' instead.");
            case "conversation":
                throw new DialectException(name,
                    "'conversation' names a conversation that OpenAI stores. This model is reached through another API: send the whole conversation in 'input' instead.");
            case "prompt":
                throw new DialectException(name,
                    "'prompt' names a prompt that OpenAI stores. This model is reached through another API: send its text in 'instructions' and 'input' instead.");
            case "background" when reader.TokenType == JsonTokenType.True:
                throw new DialectException(name, "'background' runs a request on OpenAI's servers. This model is reached through another API: leave it out, and stream the answer.");
            case "background" or "store" when reader.TokenType == JsonTokenType.False:
            case "truncation" when reader.ValueTextEquals("disabled"u8):
                // What happens anyway.
                return;
            case "include" when IsEncryptedReasoning(reader):
                reader.Skip();
                return;
            default:
                turn.Extras.Add(new Extra(WireFormat.OpenAIResponses, name, RawJson.Copy(ref reader, body)));
                return;
        }
    }

    // By value: the copy looks ahead.
    private static bool IsEncryptedReasoning(Utf8JsonReader ahead)
    {
        if (ahead.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }
        while (ahead.Read() && ahead.TokenType == JsonTokenType.String)
        {
            if (!ahead.ValueTextEquals("reasoning.encrypted_content"u8))
            {
                return false;
            }
        }
        return ahead.TokenType == JsonTokenType.EndArray;
    }

    private static void ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ChatTurn turn)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fields.Wrong("text", "an object");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("format"u8))
            {
                turn.Format = ReadFormat(ref reader, body);
                continue;
            }
            var name = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                // OpenAI's chat knows "verbosity" at the top level; that is the name by which others look for it, too.
                turn.Extras.Add(new Extra(WireFormat.OpenAIResponses, name == "verbosity" ? name : "text." + name, RawJson.Copy(ref reader, body)));
            }
        }
    }

    private static OutputFormat? ReadFormat(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fields.Wrong("text.format", "an object");
        }
        string? type = null, name = null, description = null;
        bool? strict = null;
        RawJson schema = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = Fields.Text(ref reader, "text.format.type");
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = Fields.Text(ref reader, "text.format.name");
            }
            else if (reader.ValueTextEquals("description"u8))
            {
                description = Fields.Text(ref reader, "text.format.description");
            }
            else if (reader.ValueTextEquals("strict"u8))
            {
                strict = Fields.Flag(ref reader, "text.format.strict");
            }
            else if (reader.ValueTextEquals("schema"u8))
            {
                reader.Read();
                schema = reader.TokenType == JsonTokenType.StartObject ? RawJson.Copy(ref reader, body) : throw Fields.Wrong("text.format.schema", "an object");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return type switch
        {
            "text" => null,
            "json_object" => new OutputFormat(default(RawJson)),
            "json_schema" when !schema.IsAbsent => new OutputFormat(schema) { Name = name, Description = description, Strict = strict },
            "json_schema" => throw new DialectException("text.format.schema", "'text.format.schema' is missing."),
            _ => throw new DialectException("text.format.type", "'text.format.type' must be 'text', 'json_object' or 'json_schema'."),
        };
    }

    private static ReasoningWish? ReadReasoning(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fields.Wrong("reasoning", "an object");
        }
        string? effort = null, summary = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("effort"u8))
            {
                effort = Fields.Text(ref reader, "reasoning.effort");
            }
            else if (reader.ValueTextEquals("summary"u8))
            {
                summary = Fields.Text(ref reader, "reasoning.summary") ?? summary;
            }
            else if (reader.ValueTextEquals("generate_summary"u8))
            {
                var older = Fields.Text(ref reader, "reasoning.generate_summary");
                summary ??= older;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        summary = summary == "none" ? null : summary;
        return effort is null && summary is null
            ? null
            : new ReasoningWish { Effort = effort, Enabled = effort is null ? null : effort != "none", Summary = summary, Tell = summary is null ? null : true };
    }
}
