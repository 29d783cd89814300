using System.Text.Json;
using Weir.Providers.Neutral;
using Weir.Providers.Tokens;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads a whole answer of an OpenAI-shaped server.</summary>
internal static class ResultReader
{
    internal static ChatResult Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body, tolerant: true);
        try
        {
            if (!reader.Json.Read() || reader.Json.TokenType != JsonTokenType.StartObject)
            {
                throw new DialectException("", "The upstream's answer is not a JSON object.");
            }
            return ReadMembers(ref reader);
        }
        catch (JsonException)
        {
            throw new DialectException("", "The upstream's answer is not valid JSON.");
        }
        catch (InvalidOperationException)
        {
            throw new DialectException("", "The upstream's answer holds an invalid \\u escape in a member's name.");
        }
    }

    private static ChatResult ReadMembers(ref BodyReader reader)
    {
        var result = new ChatResult();
        var choices = false;
        while (reader.NextMember())
        {
            if (reader.Is("id"u8))
            {
                result.Id = reader.Text("id") ?? "";
            }
            else if (reader.Is("model"u8))
            {
                result.Model = reader.Text("model") ?? "";
            }
            else if (reader.Is("created"u8))
            {
                result.Created = reader.Whole("created") ?? 0;
            }
            else if (reader.Is("service_tier"u8))
            {
                result.ServiceTier = reader.Text("service_tier");
            }
            else if (reader.Is("choices"u8))
            {
                choices = reader.EnterArray("choices");
                while (choices && reader.NextItem())
                {
                    if (reader.EnterObject("choice"))
                    {
                        result.Choices.Add(ReadChoice(ref reader, result));
                    }
                }
            }
            else if (reader.Is("usage"u8))
            {
                var usage = default(TokenUsage);
                UsageReader.TryRead(reader.RawUnlessNull().Utf8.Span, ref usage);
                result.Usage = usage;
            }
            else
            {
                reader.SkipMember();
            }
        }
        return choices ? result : throw new DialectException("choices", "The upstream's answer has no `choices`.");
    }

    private static ChatChoice ReadChoice(ref BodyReader reader, ChatResult result)
    {
        var position = result.Choices.Count;
        var choice = new ChatChoice { Index = position };
        string? finish = null;
        while (reader.NextMember())
        {
            if (reader.Is("index"u8))
            {
                choice.Index = (int)Math.Clamp(reader.Whole("index") ?? position, 0, int.MaxValue);
            }
            else if (reader.Is("message"u8))
            {
                if (reader.EnterObject("message"))
                {
                    MessageReader.ReadAnswer(ref reader, choice.Parts);
                }
            }
            else if (reader.Is("finish_reason"u8))
            {
                finish = reader.Text("finish_reason");
            }
            else if (reader.Is("logprobs"u8))
            {
                if (!reader.RawUnlessNull().IsAbsent && !result.Untold.Contains("logprobs"))
                {
                    result.Untold.Add("logprobs");
                }
            }
            else if (reader.Is("stop_reason"u8))
            {
                // vLLM's: the stop text that was met.
                choice.StopSequence = reader.Text("stop_reason");
            }
            else
            {
                reader.SkipMember();
            }
        }
        choice.Stop = StopWords.Read(finish, choice.Parts.Exists(part => part is ToolCallPart));
        if (choice.Stop == StopReason.EndTurn && choice.StopSequence is not null)
        {
            choice.Stop = StopReason.StopSequence;
        }
        return choice;
    }
}
