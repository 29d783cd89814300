using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Ids;

/// <summary>Finds the ids of parts with which an upload is completed (<c>part_ids</c>) and unwraps them.</summary>
public static class UploadPartIds
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    /// <summary>Finds and unwraps.</summary>
    /// <param name="body">The body, known to be a JSON object.</param>
    /// <param name="ids">Unwraps.</param>
    /// <param name="owner">Whose call it is.</param>
    /// <param name="edits">Takes the edits.</param>
    /// <param name="deployment">The only deployment that knows the parts; null = none is named.</param>
    /// <returns>Null, or why the request has to be refused.</returns>
    public static IdRefusal? Read(ReadOnlySpan<byte> body, WrappedIds ids, string owner, List<IdEdit> edits, ref string? deployment)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(edits);
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isParts = reader.ValueTextEquals("part_ids"u8);
            reader.Read();
            if (!isParts || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    return new IdRefusal("part_ids", "'part_ids' must be a list of strings.");
                }
                var id = reader.GetString() ?? "";
                if (!ids.TryUnwrap(id, owner, out var issued))
                {
                    return new IdRefusal("part_ids", "'part_ids' names no part that is known here.") { UnknownId = id };
                }
                if (deployment is not null && deployment != issued.Deployment)
                {
                    return new IdRefusal("part_ids", "'part_ids' names parts of different deployments.");
                }
                deployment = issued.Deployment;
                edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(issued.Id)}\"")));
            }
        }
        return null;
    }
}
