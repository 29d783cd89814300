using System.Text.Json;
using Weir.Providers;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Gateway.Pipeline.Spending;

/// <summary>How long an answer may become, and how many there may be.</summary>
internal static class AnswerLimit
{
    /// <summary>What the request itself allows; null when it says nothing.</summary>
    internal static long? Of(GatewayCall call)
    {
        var body = call.Bytes.Span;
        long? most = null;
        foreach (var member in (ReadOnlySpan<RequestMember>)[RequestMember.MaxTokens, RequestMember.MaxCompletionTokens, RequestMember.MaxOutputTokens])
        {
            if (call.View.Number(body, member) is > 0 and { } number)
            {
                most = Math.Max(most ?? 0, Bounded(number));
            }
        }
        return most ?? call.Format switch
        {
            WireFormat.GeminiGenerate => Inside(call, RequestMember.GenerationConfig, "maxOutputTokens"u8, "max_output_tokens"u8),
            _ => null,
        };
    }

    /// <summary>What the deployment's configuration puts into a request that says nothing.</summary>
    internal static long? OfDefaults(UpstreamDeployment deployment)
    {
        long? most = null;
        foreach (var name in (ReadOnlySpan<string>)["max_tokens", "max_completion_tokens", "max_output_tokens"])
        {
            if (deployment.Config.DefaultParams.TryGetValue(name, out var value) && Number(value.Span) is > 0 and { } number)
            {
                most = Math.Max(most ?? 0, Bounded(number));
            }
        }
        return most;
    }

    /// <summary>Answers that are made, and charged, for one question.</summary>
    internal static long Answers(GatewayCall call)
    {
        var body = call.Bytes.Span;
        var answers = call.View.Number(body, RequestMember.N) is > 1 and { } n ? Bounded(n) : 1;
        if (call.Operation == Operation.Completion)
        {
            answers = Math.Max(answers, Top(body, "best_of"u8) is > 1 and { } best ? Bounded(best) : 1);
            answers *= Math.Max(1, Items(call, RequestMember.Prompt));
        }
        if (call.Format == WireFormat.GeminiGenerate)
        {
            answers = Math.Max(answers, Inside(call, RequestMember.GenerationConfig, "candidateCount"u8, "candidate_count"u8) ?? 1);
        }
        return Math.Min(answers, 1_000_000);
    }

    /// <summary>Elements of a member that is a list; 0 when it is none.</summary>
    internal static long Items(GatewayCall call, RequestMember member)
    {
        if (call.View.Value(member) is not { } span || call.Bytes.Span[span.Start] != (byte)'[')
        {
            return 0;
        }
        var reader = new Utf8JsonReader(call.Bytes.Span[span.Start..span.End]);
        var items = 0L;
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            items++;
        }
        return items;
    }

    private static long? Inside(GatewayCall call, RequestMember member, ReadOnlySpan<byte> name, ReadOnlySpan<byte> otherName)
    {
        if (call.View.Value(member) is not { } span)
        {
            return null;
        }
        var value = call.Bytes.Span[span.Start..span.End];
        return (Top(value, name) ?? Top(value, otherName)) is > 0 and { } number ? Bounded(number) : null;
    }

    private static double? Top(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) ? number : null;
            }
            reader.Skip();
        }
        return null;
    }

    private static double? Number(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) ? number : null;
    }

    private static long Bounded(double number) => number >= 1e12 ? 1_000_000_000_000 : (long)Math.Ceiling(number);
}
