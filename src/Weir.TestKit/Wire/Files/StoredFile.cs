using System.Text.Json;

namespace Weir.TestKit.Wire.Files;

/// <summary>A file that the server keeps.</summary>
internal sealed record StoredFile(string Id, string FileName, string Purpose, byte[] Content)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "file");
        json.WriteNumber("bytes", Content.Length);
        json.WriteNumber("created_at", Answer.Created);
        json.WriteString("filename", FileName);
        json.WriteString("purpose", Purpose);
        json.WriteString("status", "processed");
        json.WriteNull("status_details");
        json.WriteNull("expires_at");
        json.WriteEndObject();
    }
}
