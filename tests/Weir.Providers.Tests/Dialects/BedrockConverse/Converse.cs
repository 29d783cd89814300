using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects;
using Weir.Providers.Dialects.BedrockConverse;
using Weir.Providers.Neutral;

namespace Weir.Providers.Tests.Dialects.BedrockConverse;

/// <summary>Short ways through the dialect.</summary>
internal static class Converse
{
    internal static readonly BedrockConverseDialect Dialect = new();

    internal static IEnumerable<DialectCase> Cases(string kind) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Cases, kind, nameof(WireFormat.BedrockConverse)), "*.json").Order(StringComparer.Ordinal)
            .Select(file => DialectCase.Find($"{kind}/{WireFormat.BedrockConverse}/{Path.GetFileNameWithoutExtension(file)}"));

    /// <summary>A request, written, with the names that were dropped.</summary>
    internal static (JsonElement Body, string Dropped) Write(ChatTurn turn)
    {
        var dropped = new Dropped();
        var body = Crossing.WriteRequest(Dialect, turn, dropped);
        return (JsonDocument.Parse(body).RootElement, string.Join(", ", dropped.Names));
    }

    /// <summary>A request of one question to <paramref name="model"/>.</summary>
    internal static ChatTurn Ask(string model) => new() { Model = model, Messages = { new ChatMessage(ChatRole.User, [new TextPart("Hi")]) } };

    /// <summary>A JSON text with the members of its objects in order, for comparing.</summary>
    internal static string Sorted(JsonElement json)
    {
        var text = new StringBuilder();
        Append(json);
        return text.ToString();

        void Append(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                text.Append('{');
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    text.Append('"').Append(member.Name).Append("\":");
                    Append(member.Value);
                    text.Append(',');
                }
                text.Append('}');
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Append(item);
                    text.Append(',');
                }
                text.Append(']');
            }
            else
            {
                text.Append(value.ValueKind == JsonValueKind.String ? JsonSerializer.Serialize(value.GetString(), Text.Default.String) : value.GetRawText());
            }
        }
    }

    internal static string Sorted(string json) => Sorted(JsonDocument.Parse(json).RootElement);

    /// <summary>Parts as text, for comparing: records with lists and raw JSON do not compare by value.</summary>
    internal static string Describe(IEnumerable<ContentPart> parts) => string.Join('\n', parts.Select(part => (part switch
    {
        ToolResultPart result => $"result {result.CallId} {result.Name} {result.IsError} [{Describe(result.Content)}]",
        TextPart text => $"text {text.Text} {text.Citations}",
        OpaquePart opaque => $"opaque {opaque.Kind} {opaque.Value}",
        _ => (part with { CacheControl = default }).ToString(),
    }) + (part.CacheControl.IsAbsent ? "" : $" <{part.CacheControl}>")));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class Text : System.Text.Json.Serialization.JsonSerializerContext;
