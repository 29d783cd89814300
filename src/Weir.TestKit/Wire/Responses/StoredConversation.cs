using System.Text.Json;

namespace Weir.TestKit.Wire.Responses;

/// <summary>A conversation that the server keeps: its items in the order of their coming.</summary>
internal sealed class StoredConversation(string id)
{
    public string Id => id;

    public JsonElement? Metadata { get; set; }

    public List<(string Id, JsonElement Item)> Items { get; } = [];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "conversation");
        json.WriteNumber("created_at", Answer.Created);
        json.WritePropertyName("metadata");
        if (Metadata is { } metadata)
        {
            metadata.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
