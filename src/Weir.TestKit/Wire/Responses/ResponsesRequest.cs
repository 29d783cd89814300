using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.TestKit.Faults;

namespace Weir.TestKit.Wire.Responses;

/// <summary>A response as it is asked for, with the conversation that it goes on from.</summary>
internal sealed class ResponsesRequest : ModelRequest
{
    /// <summary>Kind of the seal on encrypted reasoning.</summary>
    public const string Encrypted = "reasoning";

    public ResponsesRequest(ModelRoute route, JsonElement? root, int number, ServerMemory<StoredResponse> memory)
        : base(route, root, number)
    {
        Tools = [.. Root.Items("tools").Where(t => t.Is("type", "function") && t.Text("name") is not null)
            .Select(t => new OfferedTool(t.Text("name") ?? "", t.Member("parameters")))];
        Previous = memory.Find(Text("previous_response_id"));
        Input = Member("input") is { ValueKind: JsonValueKind.String } text ? [Message(text.GetString() ?? "")] : [.. Root.Items("input")];
        if (Text("instructions") is { } instructions)
        {
            PromptTokens += Tokens.PerMessage + Tokens.Count(instructions);
        }

        foreach (var item in Conversation)
        {
            var output = item.Is("type", "function_call_output");
            var said = output ? item.Member("output").Joined() : item.Member("content").Joined();
            PromptTokens += Tokens.PerMessage + Tokens.Count(said);
            if (output || item.Is("role", "user"))
            {
                LastText = said;
                AfterTool = output;
            }
        }

        AddTools();
    }

    /// <summary>The stored response that this one goes on from, or null.</summary>
    public StoredResponse? Previous { get; }

    /// <summary>The items of this request.</summary>
    public IReadOnlyList<JsonElement> Input { get; }

    /// <summary>Everything that was said before the answer.</summary>
    public IEnumerable<JsonElement> Conversation => (Previous?.Conversation ?? []).Concat(Input);

    public bool Store => Member("store") is not { ValueKind: JsonValueKind.False };

    public bool Background => Root.Flag("background");

    /// <summary>Reasoning goes out encrypted, so that a client that stores nothing here can bring it back.</summary>
    public bool WantsEncrypted => Root.Items("include").Any(i => i.ValueKind == JsonValueKind.String && i.ValueEquals("reasoning.encrypted_content"));

    /// <summary>Reasoning is told in a summary.</summary>
    public bool WantsSummary => Member("reasoning")?.Member("summary") is not null;

    public override int? MaxTokens => Number32("max_output_tokens");

    public override ImmutableArray<OfferedTool> Tools { get; }

    public override OfferedTool? ForcedTool => AfterTool || Tools.IsEmpty || Member("tool_choice") is not { } choice ? null
        : choice.ValueKind == JsonValueKind.String ? (choice.ValueEquals("required") ? Tools[0] : null)
        : ToolNamed(choice.Text("name"));

    public override JsonElement? Schema => Format is { } format && format.Is("type", "json_schema") ? format.Member("schema") : null;

    public override bool WantsJson => Format?.Text("type") is "json_object";

    public override bool WantsReasoning => Member("reasoning") is { } reasoning && !reasoning.Is("effort", "none");

    private JsonElement? Format => Member("text")?.Member("format");

    public override Fault? Refusal(HttpRequest http) => ResponsesRules.Refusal(this);

    private static JsonElement Message(string text)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Answer.Lenient))
        {
            json.WriteStartObject();
            json.WriteString("type", "message");
            json.WriteString("role", "user");
            json.WriteStartArray("content");
            json.WriteStartObject();
            json.WriteString("type", "input_text");
            json.WriteString("text", text);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        return document.RootElement.Clone();
    }
}
