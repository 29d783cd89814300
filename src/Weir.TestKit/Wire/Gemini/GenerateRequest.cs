using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Gemini;

/// <summary>A generation, or a count of tokens, as it is asked for. Members come in camel or in snake case.</summary>
internal sealed class GenerateRequest : ModelRequest
{
    /// <summary>Kind of the seal on a function call.</summary>
    public const string Sealed = "call";

    private readonly bool _stream;
    private readonly JsonElement _config;

    public GenerateRequest(ModelRoute route, JsonElement? root, int number, HttpRequest http)
        : base(route, root, number)
    {
        _stream = route.Kind == RouteKind.GenerateStream;
        AsArray = _stream && http.Query["alt"] != "sse";
        Asked = Member("generateContentRequest") ?? Root;
        _config = Asked.Member("generationConfig", "generation_config") ?? default;
        Tools = [.. Asked.Items("tools").SelectMany(t => t.Member("functionDeclarations", "function_declarations").Items())
            .Select(f => new OfferedTool(f.Text("name") ?? "", f.Member("parameters") ?? f.Member("parametersJsonSchema", "parameters_json_schema")))];
        if (Asked.Member("systemInstruction", "system_instruction") is { } system)
        {
            PromptTokens += Tokens.PerMessage + Tokens.Count(system.Member("parts").Joined());
        }

        foreach (var content in Asked.Items("contents"))
        {
            var results = content.Items("parts").Select(p => p.Member("functionResponse", "function_response")).Where(r => r is not null).ToList();
            var text = results.Count > 0 ? string.Join('\n', results.Select(r => Result(r?.Member("response")))) : content.Member("parts").Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(text);
            if (content.Text("role") is null or "user" or "function")
            {
                LastText = text;
                AfterTool = results.Count > 0;
            }
        }

        AddTools();
    }

    /// <summary>The request proper: it may stand inside a count's.</summary>
    public JsonElement Asked { get; }

    /// <summary>A stream that nobody asked to be SSE is one JSON array.</summary>
    public bool AsArray { get; }

    public override bool Stream => _stream;

    public override int Choices => Math.Clamp(Config("candidateCount", "candidate_count")?.GetInt32() ?? 1, 1, 8);

    public override int? MaxTokens => Config("maxOutputTokens", "max_output_tokens")?.GetInt32();

    public override ImmutableArray<OfferedTool> Tools { get; }

    public override OfferedTool? ForcedTool
    {
        get
        {
            var calling = Asked.Member("toolConfig", "tool_config")?.Member("functionCallingConfig", "function_calling_config");
            if (AfterTool || Tools.IsEmpty || calling?.Text("mode")?.ToUpperInvariant() is not "ANY")
            {
                return null;
            }

            var allowed = calling.Value.Member("allowedFunctionNames", "allowed_function_names").Items().FirstOrDefault();
            return allowed.ValueKind == JsonValueKind.String ? ToolNamed(allowed.GetString()) : Tools[0];
        }
    }

    public override JsonElement? Schema => Config("responseSchema", "response_schema") ?? Config("responseJsonSchema", "response_json_schema") ?? _config.Member("_responseJsonSchema");

    public override bool WantsJson => Config("responseMimeType", "response_mime_type") is { } type && type.ValueEquals("application/json");

    public override bool WantsReasoning => Config("thinkingConfig", "thinking_config")?.Member("includeThoughts", "include_thoughts") is { ValueKind: JsonValueKind.True };

    public override ImmutableArray<string> StopSequences => [.. Config("stopSequences", "stop_sequences").Items().Select(s => s.GetString() ?? "")];

    public override Fault? Refusal(HttpRequest http) => GenerateRules.Refusal(this);

    private JsonElement? Config(string name, string snake) => _config.Member(name, snake);

    /// <summary>The text of a function's result: its <c>result</c>, <c>output</c> or <c>content</c> when it has one, else the whole object.</summary>
    private static string Result(JsonElement? response) =>
        response is not { } given ? "" : given.Text("result") ?? given.Text("output") ?? given.Text("content") ?? given.GetRawText();
}
