using System.Text.Json;
using Weir.Providers.Pricing;

namespace Weir.Providers.Dialects.OpenAIChat;

/// <summary>What the gateway reads in an unstreamed answer.</summary>
/// <param name="IsJsonObject">False for garbage, a cut body, or anything after the object.</param>
/// <param name="HasError">A success status that carries an error object.</param>
/// <param name="Usage">Span of the usage object; empty when there is none.</param>
/// <param name="Tier">The service tier that was served.</param>
public readonly record struct Answer(bool IsJsonObject, bool HasError, ByteSpan Usage, ServiceTier Tier)
{
    /// <summary>Reads <paramref name="body"/> whole, in one pass.</summary>
    public static Answer Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = RequestReader.MaxDepth });
        var usage = default(ByteSpan);
        var error = false;
        var tier = ServiceTier.Standard;
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
                var isTier = !isUsage && !isError && reader.ValueTextEquals("service_tier"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                error |= isError && reader.TokenType is JsonTokenType.StartObject;
                if (isTier && reader.TokenType == JsonTokenType.String)
                {
                    tier = ServiceTiers.Parse(reader.ValueSpan);
                }
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (isUsage && isObject)
                {
                    usage = new ByteSpan(start, (int)reader.BytesConsumed);
                }
            }
            reader.Read();
            return new Answer(true, error, usage, tier);
        }
        catch (JsonException)
        {
            return default;
        }
        catch (InvalidOperationException)
        {
            return new Answer(true, error, usage, tier);
        }
    }
}
