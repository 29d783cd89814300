using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>Turns messages into the flat items of <c>input</c>.</summary>
internal sealed class InputWriter(Utf8JsonWriter json, Dropped dropped)
{
    private readonly HashSet<string> _freeFormCalls = new(StringComparer.Ordinal);

    /// <summary>Writes the items of one message; <paramref name="index"/> is its number in the neutral list, for complaints.</summary>
    internal void Write(ChatMessage message, int index)
    {
        if (message.Name is not null)
        {
            dropped.Add("name");
        }
        var parts = message.Parts;
        for (var from = 0; from < parts.Count;)
        {
            if (WriteItem(message.Role, parts[from]))
            {
                from++;
                continue;
            }
            var to = from + 1;
            while (to < parts.Count && IsContent(message.Role, parts[to]))
            {
                to++;
            }
            WriteMessage(message.Role, parts, from, to, index);
            from = to;
        }
        if (parts.Count == 0 && message.Role is not (ChatRole.Tool or ChatRole.Assistant))
        {
            WriteMessage(message.Role, parts, 0, 0, index);
        }
    }

    /// <summary>What is no item of its own stands in a message.</summary>
    private static bool IsContent(ChatRole role, ContentPart part) => part switch
    {
        ToolCallPart or ToolResultPart or ThinkingPart => false,
        OpaquePart opaque => role is not (ChatRole.Assistant or ChatRole.Tool) || IsOutputPart(opaque),
        _ => true,
    };

    // Unknown parts within a message were read from there; unknown items have a kind that says what was done.
    private static bool IsOutputPart(OpaquePart opaque) => opaque.Kind.StartsWith("output_", StringComparison.Ordinal) || opaque.Kind.StartsWith("input_", StringComparison.Ordinal);

    private bool WriteItem(ChatRole role, ContentPart part)
    {
        if (IsContent(role, part))
        {
            return false;
        }
        if (!part.CacheControl.IsAbsent)
        {
            dropped.Add("cache_control");
        }
        switch (part)
        {
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
            case ThinkingPart thinking:
                WriteReasoning(thinking);
                break;
            case OpaquePart opaque when opaque.Dialect == WireFormat.OpenAIResponses:
                opaque.Value.WriteTo(json);
                break;
            case OpaquePart opaque:
                dropped.Add(opaque.Kind);
                break;
        }
        return true;
    }

    private void WriteCall(ToolCallPart call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, call.FreeForm ? "custom_tool_call"u8 : "function_call"u8);
        json.WriteString("call_id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        if (call.FreeForm)
        {
            _freeFormCalls.Add(call.Id);
            json.WriteString("input"u8, FreeForm.Unwrap(call.Arguments));
        }
        else
        {
            json.WriteString("arguments"u8, call.Arguments);
        }
        json.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result)
    {
        if (result.IsError)
        {
            dropped.Add("is_error");
        }
        json.WriteStartObject();
        json.WriteString("type"u8, _freeFormCalls.Contains(result.CallId) ? "custom_tool_call_output"u8 : "function_call_output"u8);
        json.WriteString("call_id"u8, result.CallId);
        if (result.Content.Count == 0)
        {
            json.WriteString("output"u8, ""u8);
        }
        else if (result.Content is [TextPart { CacheControl.IsAbsent: true } only])
        {
            json.WriteString("output"u8, only.Text);
        }
        else
        {
            json.WriteStartArray("output"u8);
            foreach (var part in result.Content)
            {
                ContentWriter.WriteInput(json, part, "tool result", dropped);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Thoughts without a seal and without an id come from a model that signs none. OpenAI takes back only its own, so they stay behind.</summary>
    private void WriteReasoning(ThinkingPart thinking)
    {
        if (thinking.Signature is null && thinking.Id is null)
        {
            dropped.Add("reasoning_content");
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        if (thinking.Id is not null)
        {
            json.WriteString("id"u8, thinking.Id);
        }
        json.WriteStartArray("summary"u8);
        ItemWriter.WriteSummary(json, thinking.Text);
        json.WriteEndArray();
        if (thinking.Signature is not null)
        {
            json.WriteString("encrypted_content"u8, SealedThoughts.Join(thinking.Signature, thinking.Redacted));
        }
        json.WriteEndObject();
    }

    private void WriteMessage(ChatRole role, List<ContentPart> parts, int from, int to, int index)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role switch
        {
            ChatRole.System => "system"u8,
            ChatRole.Developer => "developer"u8,
            ChatRole.Assistant => "assistant"u8,
            // Content beside the results of tools was put there by a dialect in which the user brings them.
            _ => "user"u8,
        });
        if (to == from + 1 && parts[from] is TextPart { CacheControl.IsAbsent: true, Citations.IsAbsent: true } only)
        {
            json.WriteString("content"u8, only.Text);
        }
        else
        {
            json.WriteStartArray("content"u8);
            for (var i = from; i < to; i++)
            {
                if (role == ChatRole.Assistant)
                {
                    WriteSaid(parts[i]);
                }
                else
                {
                    ContentWriter.WriteInput(json, parts[i], $"messages[{index}].content[{i}]", dropped);
                }
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private void WriteSaid(ContentPart part)
    {
        if (!part.CacheControl.IsAbsent)
        {
            dropped.Add("cache_control");
        }
        switch (part)
        {
            case TextPart or RefusalPart:
                ContentWriter.WriteOutput(json, part, complete: false);
                break;
            case OpaquePart opaque when opaque.Dialect == WireFormat.OpenAIResponses:
                opaque.Value.WriteTo(json);
                break;
            case OpaquePart opaque:
                dropped.Add(opaque.Kind);
                break;
            default:
                // Pictures and sounds that a model made: OpenAI takes back text only.
                dropped.Add(part is ImagePart ? "assistant image" : part is MediaPart ? "assistant audio" : "assistant document");
                break;
        }
    }
}
