using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Gateway.Errors;
using Weir.Providers.Dialects.OpenAIChat;
using Weir.Providers.Upstream;

namespace Weir.Gateway.Pipeline;

/// <summary>What a caller may decide for one request: LiteLLM's own body members and <c>x-litellm-*</c> headers. The header wins.</summary>
internal sealed record CallOptions
{
    /// <summary>A request that decides nothing.</summary>
    internal static readonly CallOptions None = new();

    /// <summary>Retries inside a group.</summary>
    internal int? Retries { get; init; }

    /// <summary>The whole call.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Until the first chunk.</summary>
    internal TimeSpan? StreamTimeout { get; init; }

    /// <summary>Tags to route by.</summary>
    internal string[] Tags { get; init; } = [];

    /// <summary>Fallback groups that the caller names, instead of the configured ones; null = the configured ones.</summary>
    internal string[]? Fallbacks { get; init; }

    /// <summary>The same for prompts that are too long.</summary>
    internal string[]? ContextWindowFallbacks { get; init; }

    /// <summary>The same for refused content.</summary>
    internal string[]? ContentPolicyFallbacks { get; init; }

    /// <summary>No fallback at all.</summary>
    internal bool DisableFallbacks { get; init; }

    /// <summary>Answer this instead of asking anyone.</summary>
    internal string? MockResponse { get; init; }

    /// <summary>Fail the first group in this way instead of asking it (<c>mock_testing_*</c>); null = no such wish.</summary>
    internal FaultKind? MockFault { get; init; }

    /// <summary>Drop what the provider does not take.</summary>
    internal bool? DropParams { get; init; }

    /// <summary>Members to take out for this request.</summary>
    internal string[] AdditionalDropParams { get; init; } = [];

    /// <summary>What the headers alone decide, for requests whose body is not a model's.</summary>
    /// <exception cref="GatewayException">A value of the wrong type.</exception>
    internal static CallOptions Of(IHeaderDictionary headers) => Read(default, new RequestView(), headers);

    /// <summary>Reads them. Most requests have none and cost a few look-ups.</summary>
    /// <exception cref="GatewayException">A value of the wrong type.</exception>
    internal static CallOptions Read(ReadOnlySpan<byte> body, RequestView view, IHeaderDictionary headers)
    {
        var fromBody = false;
        foreach (ref readonly var member in view.Members)
        {
            fromBody |= member.Member is (>= RequestMember.Metadata and <= RequestMember.AllowedOpenAiParams) or RequestMember.MockTesting;
        }
        var retries = Header(headers, "x-litellm-num-retries");
        var timeout = Header(headers, "x-litellm-timeout");
        var streamTimeout = Header(headers, "x-litellm-stream-timeout");
        var tags = Header(headers, "x-litellm-tags");
        if (!fromBody && retries is null && timeout is null && streamTimeout is null && tags is null)
        {
            return None;
        }
        return new CallOptions
        {
            Retries = retries is null ? Whole(view.Number(body, RequestMember.NumRetries), "num_retries") : Whole(Number(retries, "x-litellm-num-retries"), "x-litellm-num-retries"),
            Timeout = Seconds(timeout is null ? view.Number(body, RequestMember.Timeout) : Number(timeout, "x-litellm-timeout"), "timeout"),
            StreamTimeout = Seconds(streamTimeout is null ? view.Number(body, RequestMember.StreamTimeout) : Number(streamTimeout, "x-litellm-stream-timeout"), "stream_timeout"),
            Tags = ReadTags(body, view, tags),
            Fallbacks = Texts(body, view, RequestMember.Fallbacks, "fallbacks"),
            ContextWindowFallbacks = Texts(body, view, RequestMember.ContextWindowFallbacks, "context_window_fallbacks"),
            ContentPolicyFallbacks = Texts(body, view, RequestMember.ContentPolicyFallbacks, "content_policy_fallbacks"),
            DisableFallbacks = view.Flag(body, RequestMember.DisableFallbacks) ?? false,
            MockResponse = view.Text(body, RequestMember.MockResponse),
            MockFault = ReadMockFault(body, view),
            DropParams = view.Flag(body, RequestMember.DropParams),
            AdditionalDropParams = Texts(body, view, RequestMember.AdditionalDropParams, "additional_drop_params") ?? [],
        };
    }

    /// <summary>Whether such members are allowed at all is checked before a request gets here.</summary>
    private static FaultKind? ReadMockFault(ReadOnlySpan<byte> body, RequestView view)
    {
        foreach (ref readonly var member in view.Members)
        {
            if (member.Member != RequestMember.MockTesting || !body[member.Value.Start..member.Value.End].SequenceEqual("true"u8))
            {
                continue;
            }
            switch (RequestPatcher.NameOf(body, member.NameStart))
            {
                case "mock_testing_fallbacks":
                    return FaultKind.ServerError;
                case "mock_testing_context_fallbacks" or "mock_testing_context_window_fallbacks":
                    return FaultKind.ContextWindowExceeded;
                case "mock_testing_content_policy_fallbacks":
                    return FaultKind.ContentPolicyViolation;
                case "mock_testing_rate_limit_error":
                    return FaultKind.RateLimited;
                case "mock_timeout":
                    return FaultKind.Timeout;
                default:
                    break;
            }
        }
        return null;
    }

    private static string? Header(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    private static double Number(string text, string name) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Wrong(name, "a number");

    private static int? Whole(double? number, string name) =>
        number is null ? null : number is >= 0 and <= 100 && number == Math.Truncate(number.Value) ? (int)number : throw Wrong(name, "a whole number from 0 to 100");

    private static TimeSpan? Seconds(double? number, string name) =>
        number is null ? null : number is > 0 and <= 86_400 ? TimeSpan.FromSeconds(number.Value) : throw Wrong(name, "a number of seconds above 0 and up to 86400");

    private static string[] ReadTags(ReadOnlySpan<byte> body, RequestView view, string? header)
    {
        var tags = new List<string>();
        if (header is not null)
        {
            tags.AddRange(header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
        tags.AddRange(Texts(body, view, RequestMember.Tags, "tags") ?? []);
        foreach (var member in (ReadOnlySpan<RequestMember>)[RequestMember.Metadata, RequestMember.LiteLlmMetadata])
        {
            if (view.Value(member) is { } span && body[span.Start] == (byte)'{')
            {
                AddMetadataTags(body[span.Start..span.End], tags);
            }
        }
        return [.. tags.Distinct(StringComparer.Ordinal)];
    }

    private static void AddMetadataTags(ReadOnlySpan<byte> metadata, List<string> tags)
    {
        var reader = new Utf8JsonReader(metadata, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTags = reader.ValueTextEquals("tags"u8);
            reader.Read();
            if (isTags && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.String)
                    {
                        throw Wrong("metadata.tags", "a list of strings");
                    }
                    tags.Add(reader.GetString() ?? "");
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>A list of strings; for fallbacks also <c>{"group": [..]}</c> maps and <c>{"model": ..}</c> objects, of which the names count.</summary>
    private static string[]? Texts(ReadOnlySpan<byte> body, RequestView view, RequestMember member, string name)
    {
        if (view.Value(member) is not { } span || body[span.Start] == (byte)'n')
        {
            return null;
        }
        var reader = new Utf8JsonReader(body[span.Start..span.End], new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(name, "a list of strings");
        }
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString() ?? "");
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadFallbackObject(ref reader, texts, name);
            }
            else
            {
                throw Wrong(name, "a list of strings");
            }
        }
        return [.. texts];
    }

    private static void ReadFallbackObject(ref Utf8JsonReader reader, List<string> texts, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals("model"u8);
            var group = reader.GetString() ?? "";
            reader.Read();
            if (isModel && reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString() ?? "");
            }
            else if (!isModel && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.String)
                    {
                        throw Wrong(name, "a list of model names");
                    }
                    texts.Add(reader.GetString() ?? "");
                }
            }
            else
            {
                throw Wrong(name, $"a list of model names; '{group}' inside a fallback object can't be honoured: only its 'model' can");
            }
        }
    }

    private static GatewayException Wrong(string name, string expected) =>
        new(new GatewayError(ErrorKind.InvalidMember, $"'{name}' must be {expected}.") { Param = name });
}
