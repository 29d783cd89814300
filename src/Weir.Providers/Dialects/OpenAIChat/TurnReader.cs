using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>Reads a whole request of OpenAI's chat, with what LiteLLM takes beyond it, into the neutral form.</summary>
internal static class TurnReader
{
    /// <summary>Reads <paramref name="body"/>.</summary>
    internal static ChatTurn Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body, tolerant: false);
        try
        {
            var turn = new ChatTurn();
            if (!reader.Json.Read() || reader.Json.TokenType != JsonTokenType.StartObject)
            {
                throw new DialectException("", "The request body must be a JSON object.");
            }
            var read = new Members();
            while (reader.NextMember())
            {
                ReadMember(ref reader, turn, ref read);
            }
            if (!read.Messages)
            {
                throw new DialectException("messages", "`messages` is missing.");
            }
            Settle(turn, read);
            return turn;
        }
        catch (JsonException)
        {
            throw new DialectException("", "The request body is not valid JSON.");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: no two readers agree on what it means.
            throw new DialectException("", "The request body holds an invalid \\u escape.");
        }
    }

    /// <summary>What has to wait for the end of the body, because members may come in any order.</summary>
    private struct Members
    {
        internal bool Messages;
        internal long? MaxTokens;
        internal long? MaxCompletionTokens;
        internal string? Effort;
        internal string? Summary;
        internal ReasoningWish? Thinking;
        internal ToolChoice? LegacyChoice;
    }

    private static void Settle(ChatTurn turn, in Members read)
    {
        turn.MaxTokens = read.MaxCompletionTokens ?? read.MaxTokens;
        turn.ToolChoice ??= read.LegacyChoice;
        if (read.Effort is null && read.Summary is null)
        {
            turn.Reasoning = read.Thinking;
            return;
        }
        var wish = read.Thinking ?? new ReasoningWish();
        turn.Reasoning = wish with
        {
            Effort = read.Effort,
            Summary = read.Summary,
            Enabled = wish.Enabled ?? (read.Effort is null ? null : read.Effort != "none"),
        };
    }

    private static void ReadMember(ref BodyReader reader, ChatTurn turn, ref Members read)
    {
        if (reader.Is("model"u8))
        {
            turn.Model = reader.Text("model") ?? "";
        }
        else if (reader.Is("messages"u8))
        {
            read.Messages = reader.EnterArray("messages");
            MessageReader.ReadAll(ref reader, turn.Messages);
        }
        else if (reader.Is("stream"u8))
        {
            turn.Stream = reader.Flag("stream") ?? false;
        }
        else if (reader.Is("stream_options"u8))
        {
            ReadStreamOptions(ref reader, turn);
        }
        else if (reader.Is("max_tokens"u8))
        {
            read.MaxTokens = reader.Whole("max_tokens");
        }
        else if (reader.Is("max_completion_tokens"u8))
        {
            read.MaxCompletionTokens = reader.Whole("max_completion_tokens");
        }
        else if (reader.Is("tools"u8))
        {
            ToolReader.ReadTools(ref reader, turn.Tools);
        }
        else if (reader.Is("functions"u8))
        {
            ToolReader.ReadFunctions(ref reader, turn.Tools);
        }
        else if (reader.Is("tool_choice"u8))
        {
            turn.ToolChoice = ToolReader.ReadChoice(ref reader, "tool_choice");
        }
        else if (reader.Is("function_call"u8))
        {
            read.LegacyChoice = ToolReader.ReadChoice(ref reader, "function_call");
        }
        else if (reader.Is("response_format"u8))
        {
            turn.Format = FormatReader.Read(ref reader);
        }
        else if (reader.Is("reasoning_effort"u8))
        {
            ReadEffort(ref reader, ref read);
        }
        else if (reader.Is("thinking"u8))
        {
            read.Thinking = ReadThinking(ref reader);
        }
        else
        {
            ReadSampling(ref reader, turn);
        }
    }

    private static void ReadSampling(ref BodyReader reader, ChatTurn turn)
    {
        if (reader.Is("temperature"u8))
        {
            turn.Temperature = reader.Number("temperature");
        }
        else if (reader.Is("top_p"u8))
        {
            turn.TopP = reader.Number("top_p");
        }
        else if (reader.Is("top_k"u8))
        {
            turn.TopK = reader.Whole("top_k");
        }
        else if (reader.Is("presence_penalty"u8))
        {
            turn.PresencePenalty = reader.Number("presence_penalty");
        }
        else if (reader.Is("frequency_penalty"u8))
        {
            turn.FrequencyPenalty = reader.Number("frequency_penalty");
        }
        else if (reader.Is("seed"u8))
        {
            turn.Seed = reader.Whole("seed");
        }
        else if (reader.Is("n"u8))
        {
            turn.Choices = (int?)reader.Whole("n") is { } n ? Math.Clamp(n, 0, 1024) : null;
        }
        else if (reader.Is("stop"u8))
        {
            ReadStop(ref reader, turn.Stop);
        }
        else if (reader.Is("parallel_tool_calls"u8))
        {
            turn.ParallelToolCalls = reader.Flag("parallel_tool_calls");
        }
        else if (reader.Is("user"u8))
        {
            turn.EndUser = reader.Text("user");
        }
        else if (reader.Is("service_tier"u8))
        {
            turn.ServiceTier = reader.Text("service_tier");
        }
        else
        {
            ReadExtra(ref reader, turn);
        }
    }

    /// <summary>What is not known stays under its name, except LiteLLM's own members, which no upstream must see.</summary>
    private static void ReadExtra(ref BodyReader reader, ChatTurn turn)
    {
        var name = reader.Json.GetString() ?? "";
        reader.Json.Read();
        var value = reader.RawUnlessNull();
        if (value.IsAbsent)
        {
            return;
        }
        var member = RequestMembers.Find(System.Text.Encoding.UTF8.GetBytes(name), out _);
        if (!RequestMembers.IsTakenOut(member, WireFormat.OpenAIChat) && !RequestMembers.NamesEndpointOrCredential(member))
        {
            turn.Extras.Add(new Extra(WireFormat.OpenAIChat, name, value));
        }
    }

    private static void ReadStreamOptions(ref BodyReader reader, ChatTurn turn)
    {
        if (!reader.EnterObject("stream_options"))
        {
            return;
        }
        while (reader.NextMember())
        {
            if (reader.Is("include_usage"u8))
            {
                turn.IncludeUsage = reader.Flag("stream_options.include_usage");
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    private static void ReadStop(ref BodyReader reader, List<string> stop)
    {
        if (reader.Json.TokenType == JsonTokenType.String)
        {
            stop.Add(reader.Text("stop") ?? "");
            return;
        }
        if (!reader.EnterArray("stop"))
        {
            return;
        }
        while (reader.NextItem())
        {
            stop.Add(reader.Text("stop") ?? throw reader.Wrong("stop", "a string or a list of strings"));
        }
    }

    /// <summary>A word, or LiteLLM's <c>{"effort":"high","summary":"auto"}</c>.</summary>
    private static void ReadEffort(ref BodyReader reader, ref Members read)
    {
        if (reader.Json.TokenType == JsonTokenType.String)
        {
            read.Effort = reader.Text("reasoning_effort");
            return;
        }
        if (!reader.EnterObject("reasoning_effort"))
        {
            return;
        }
        while (reader.NextMember())
        {
            if (reader.Is("effort"u8))
            {
                read.Effort = reader.Text("reasoning_effort.effort");
            }
            else if (reader.Is("summary"u8) || reader.Is("generate_summary"u8))
            {
                read.Summary = reader.Text("reasoning_effort.summary");
            }
            else
            {
                reader.SkipMember();
            }
        }
    }

    /// <summary>Anthropic's <c>thinking</c>, which LiteLLM takes in a chat.</summary>
    private static ReasoningWish? ReadThinking(ref BodyReader reader)
    {
        if (!reader.EnterObject("thinking"))
        {
            return null;
        }
        string? type = null, display = null;
        long? budget = null;
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
            {
                type = reader.Text("thinking.type");
            }
            else if (reader.Is("budget_tokens"u8))
            {
                budget = reader.Whole("thinking.budget_tokens");
            }
            else if (reader.Is("display"u8))
            {
                display = reader.Text("thinking.display");
            }
            else
            {
                reader.SkipMember();
            }
        }
        return new ReasoningWish { Enabled = type != "disabled", BudgetTokens = budget, Tell = display is null ? null : display != "omitted" };
    }
}
