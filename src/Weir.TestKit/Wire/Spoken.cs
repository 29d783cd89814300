using System.Collections.Immutable;
using Weir.TestKit.Scripts;

namespace Weir.TestKit.Wire;

/// <summary>What the model says to one request, before a dialect puts it into its own form.</summary>
internal sealed class Spoken
{
    private const int LongestEcho = 200;

    private Spoken(ModelRequest request, ScriptedReply reply, string? text, string finish, string? stopSequence)
    {
        Text = text;
        Calls = reply.ToolCalls;
        Refusal = reply.Refusal;
        Reasoning = reply.Reasoning ?? (request.WantsReasoning ? "Thinking about: " + Tokens.Take(request.LastText, LongestEcho) : null);
        Redacted = reply.RedactedReasoning;
        Finish = reply.FinishReason ?? finish;
        StopSequence = stopSequence;
        var reasoning = Tokens.Count(Reasoning);
        Usage = reply.Usage ?? new ScriptedUsage(request.PromptTokens, (request.Choices * AnswerTokens()) + reasoning, ReasoningTokens: reasoning);
    }

    public string? Text { get; }

    /// <summary>Why the model does not answer; null = it does.</summary>
    public string? Refusal { get; }

    /// <summary>What the model thought; null = it did not, or nobody may see it.</summary>
    public string? Reasoning { get; }

    /// <summary>The thoughts are shown only encrypted.</summary>
    public bool Redacted { get; }

    public ImmutableArray<ScriptedToolCall> Calls { get; }

    /// <summary>In OpenAI's words: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>; or whatever the script says.</summary>
    public string Finish { get; }

    /// <summary>The stop sequence that ended the answer, or null.</summary>
    public string? StopSequence { get; }

    public ScriptedUsage Usage { get; }

    public static Spoken Of(ScriptedModelOptions options, ModelScript script, ModelRequest request)
    {
        var reply = script.Next(request.AfterTool, request.LastText) ?? OwnWords(options, request);
        var text = reply.Text;
        var finish = reply.ToolCalls.IsEmpty ? "stop" : "tool_calls";
        string? stopSequence = null;
        foreach (var stop in request.StopSequences)
        {
            if (text is not null && stop.Length > 0 && text.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var at)
            {
                text = text[..at];
                stopSequence = stop;
            }
        }

        if (text is not null && request.MaxTokens is { } max && Tokens.Count(text) > max)
        {
            text = Tokens.Take(text, max);
            finish = "length";
            stopSequence = null;
        }

        return new Spoken(request, reply, text, finish, stopSequence);
    }

    /// <summary>The tokens of a text, one after the other.</summary>
    public static IEnumerable<string> Words(string? text)
    {
        for (var at = 0; text is not null && at < text.Length;)
        {
            var length = Tokens.FirstLength(text.AsSpan(at));
            yield return text.Substring(at, length);
            at += length;
        }
    }

    /// <summary>Arguments arrive eight characters at a time, cut anywhere (never inside a surrogate pair).</summary>
    public static IEnumerable<string> Pieces(string arguments)
    {
        for (var at = 0; at < arguments.Length;)
        {
            var length = Math.Min(8, arguments.Length - at);
            if (at + length < arguments.Length && char.IsLowSurrogate(arguments[at + length]))
            {
                length++;
            }

            yield return arguments.Substring(at, length);
            at += length;
        }
    }

    private int AnswerTokens()
    {
        var tokens = Tokens.Count(Text) + Tokens.Count(Refusal);
        foreach (var call in Calls)
        {
            tokens += 1 + ((call.Arguments.Length + 7) / 8);
        }

        return tokens;
    }

    private static ScriptedReply OwnWords(ScriptedModelOptions options, ModelRequest request)
    {
        if (request.ForcedTool is { } tool)
        {
            return ScriptedReply.Call(tool.Name, SchemaSample.Of(tool.Schema));
        }

        if (request.Schema is { } schema)
        {
            return ScriptedReply.Say(SchemaSample.Of(schema));
        }

        return ScriptedReply.Say(request.WantsJson
            ? """{"answer": "scripted"}"""
            : (request.AfterTool ? "The tool answered: " : options.AnswerPrefix) + Tokens.Take(request.LastText, LongestEcho));
    }
}
