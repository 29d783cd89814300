using System.Text.Json;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What the gateway reads in an unstreamed answer.</summary>
/// <param name="IsJsonObject">False for garbage, a cut body, or anything after the object.</param>
/// <param name="HasError">A success status that carries an error object.</param>
/// <param name="Usage">Span of the usage object; empty when there is none.</param>
public readonly record struct Answer(bool IsJsonObject, bool HasError, ByteSpan Usage)
{
    /// <summary>Reads <paramref name="body"/> whole, in one pass.</summary>
    public static Answer Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        var usage = default(ByteSpan);
        var error = false;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueTextEquals("usage"u8);
                var isError = !isUsage && reader.ValueTextEquals("error"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                error |= isError && reader.TokenType is JsonTokenType.StartObject;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (isUsage && isObject)
                {
                    usage = new ByteSpan(start, (int)reader.BytesConsumed);
                }
            }
            reader.Read();
            return new Answer(true, error, usage);
        }
        catch (JsonException)
        {
            return default;
        }
        catch (InvalidOperationException)
        {
            return new Answer(true, error, usage);
        }
    }
}
