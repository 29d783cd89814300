using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.BedrockConverse;

/// <summary>Reads a whole answer of Converse. It names neither itself nor the model.</summary>
internal static class AnswerReader
{
    internal static ChatResult Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadBody(body);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new DialectException("output", "The answer is not JSON.");
        }
    }

    private static ChatResult ReadBody(ReadOnlySpan<byte> body)
    {
        var result = new ChatResult();
        var choice = new ChatChoice();
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        var top = new Place("");
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new DialectException("output", "The answer is no JSON object.");
        }
        var any = false;
        while (Json.NextMember(ref json))
        {
            if (json.ValueTextEquals("output"u8))
            {
                any = true;
                json.Read();
                ReadOutput(ref json, body, choice);
            }
            else if (json.ValueTextEquals("stopReason"u8))
            {
                any = true;
                choice.Stop = Stops.Read(Json.Text(ref json, top, "stopReason"));
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                result.Usage = Usage.Read(ref json);
            }
            else if (json.ValueTextEquals("serviceTier"u8))
            {
                json.Read();
                result.ServiceTier = RequestReader.ReadType(ref json, new Place("serviceTier"));
            }
            else if (json.ValueTextEquals("additionalModelResponseFields"u8))
            {
                json.Read();
                choice.StopSequence = StopText(ref json);
            }
            else
            {
                Json.Skip(ref json);
            }
        }
        if (!any)
        {
            throw new DialectException("output", "The answer holds neither `output` nor `stopReason`.");
        }
        TakeJsonTool(choice);
        result.Choices.Add(choice);
        return result;
    }

    private static void ReadOutput(ref Utf8JsonReader json, ReadOnlySpan<byte> body, ChatChoice choice)
    {
        var place = new Place("output");
        if (!Json.IsObject(ref json, place, ""))
        {
            return;
        }
        while (Json.NextMember(ref json))
        {
            var message = json.ValueTextEquals("message"u8);
            json.Read();
            if (!message || !Json.IsObject(ref json, place, "message"))
            {
                json.Skip();
                continue;
            }
            while (Json.NextMember(ref json))
            {
                var content = json.ValueTextEquals("content"u8);
                json.Read();
                if (content && Json.IsArray(ref json, place, "message.content"))
                {
                    ContentReader.ReadBlocks(ref json, body, choice.Parts, new Place("output.message", -1));
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    /// <summary>The stop text, which callers can ask for by <c>additionalModelResponseFieldPaths: ["/stop_sequence"]</c>.</summary>
    internal static string? StopText(ref Utf8JsonReader json)
    {
        string? text = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        while (Json.NextMember(ref json))
        {
            var found = json.ValueTextEquals("stop_sequence"u8);
            json.Read();
            if (found && json.TokenType == JsonTokenType.String)
            {
                text = Json.TextHere(ref json, new Place("additionalModelResponseFields"), "stop_sequence");
            }
            else
            {
                json.Skip();
            }
        }
        return text;
    }

    /// <summary>A call of the tool that stands for JSON output is the answer itself.</summary>
    private static void TakeJsonTool(ChatChoice choice)
    {
        var (taken, others) = (false, false);
        for (var i = 0; i < choice.Parts.Count; i++)
        {
            if (choice.Parts[i] is ToolCallPart { Name: Names.JsonTool } call)
            {
                choice.Parts[i] = new TextPart(call.Arguments);
                taken = true;
            }
            else
            {
                others |= choice.Parts[i] is ToolCallPart;
            }
        }
        if (taken && !others && choice.Stop == StopReason.ToolUse)
        {
            choice.Stop = StopReason.EndTurn;
        }
    }
}
