using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Ids;

/// <summary>Finds the ids in an answer about a file, an upload or a batch, and what has to stand there instead. The rest of the bytes stays as it is.</summary>
public static class KeptObjectIds
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    /// <summary>Finds the ids: the object's own, those of a batch's files, and that of an upload's file. False when the answer is not one JSON object.</summary>
    /// <param name="answer">The upstream's answer.</param>
    /// <param name="wrap">What stands in the place of an id.</param>
    /// <param name="edits">Takes the edits.</param>
    public static bool Read(ReadOnlySpan<byte> answer, Func<string, string> wrap, List<IdEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(wrap);
        ArgumentNullException.ThrowIfNull(edits);
        var reader = new Utf8JsonReader(answer, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }
            ReadObject(ref reader, wrap, edits, isWhole: true);
            // One more read proves that nothing follows the object.
            reader.Read();
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            edits.Clear();
            return false;
        }
    }

    private static byte[] Quoted(string id) => [(byte)'"', .. JsonEncodedText.Encode(id).EncodedUtf8Bytes, (byte)'"'];

    private static void ReadObject(ref Utf8JsonReader reader, Func<string, string> wrap, List<IdEdit> edits, bool isWhole)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("input_file_id"u8) || reader.ValueTextEquals("output_file_id"u8)
                || reader.ValueTextEquals("error_file_id"u8) || reader.ValueTextEquals("upload_id"u8);
            var isFile = isWhole && !isId && reader.ValueTextEquals("file"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } id)
            {
                edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Quoted(wrap(id))));
            }
            if (isFile && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, wrap, edits, isWhole: false);
            }
            reader.Skip();
        }
    }
}
