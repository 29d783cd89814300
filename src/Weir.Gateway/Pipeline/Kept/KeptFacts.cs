using System.Text.Json;

namespace Weir.Gateway.Pipeline.Kept;

/// <summary>What lists have to know of a file or a batch.</summary>
/// <param name="Id">Its id; null when the text is not about one.</param>
/// <param name="Purpose">What a file is for.</param>
/// <param name="Status">How far it is.</param>
internal readonly record struct KeptFacts(string? Id, string? Purpose, string? Status)
{
    /// <summary>Whether a batch will not change any more.</summary>
    internal bool HasEnded => Status is "completed" or "failed" or "expired" or "cancelled";

    /// <summary>Reads them from a JSON object.</summary>
    internal static KeptFacts Read(ReadOnlySpan<byte> body)
    {
        var facts = default(KeptFacts);
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return facts;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isPurpose, isStatus) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("purpose"u8), reader.ValueTextEquals("status"u8));
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                facts = isId ? facts with { Id = reader.GetString() } : isPurpose ? facts with { Purpose = reader.GetString() }
                    : isStatus ? facts with { Status = reader.GetString() } : facts;
            }
            reader.Skip();
        }
        return facts;
    }

    /// <summary>The object under <c>file</c>; empty when there is none.</summary>
    internal static ReadOnlyMemory<byte> FileIn(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFile = reader.ValueTextEquals("file"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (isFile && isObject)
            {
                return body[start..(int)reader.BytesConsumed];
            }
        }
        return default;
    }
}
