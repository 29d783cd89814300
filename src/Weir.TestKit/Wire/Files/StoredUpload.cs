using System.Text.Json;

namespace Weir.TestKit.Wire.Files;

/// <summary>A file that comes in parts.</summary>
internal sealed class StoredUpload(string id, string fileName, string purpose)
{
    public string Id => id;

    public string FileName => fileName;

    public string Purpose => purpose;

    public string Status { get; set; } = "pending";

    public Dictionary<string, byte[]> Parts { get; } = new(StringComparer.Ordinal);

    public StoredFile? File { get; set; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "upload");
        json.WriteNumber("created_at", Answer.Created);
        json.WriteString("filename", FileName);
        json.WriteString("purpose", Purpose);
        json.WriteString("status", Status);
        json.WritePropertyName("file");
        if (File is { } file)
        {
            file.Write(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }
}
