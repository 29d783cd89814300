using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Ids;

/// <summary>
/// Finds the containers of Anthropic's code execution in requests and answers that pass through. A container holds what its conversation has
/// written, and a request that names it goes on in it: so it is its owner's alone.
/// </summary>
/// <param name="ids">Wraps and unwraps.</param>
/// <param name="owner">Whose call it is.</param>
public sealed class MessageContainerIds(WrappedIds ids, string owner) : IAnswerIds
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    /// <summary>Whether a request can have to do with containers: a search that costs next to nothing.</summary>
    public static bool Concerns(ReadOnlySpan<byte> body) => body.IndexOf("container"u8) >= 0 || body.IndexOf("code_execution"u8) >= 0 || body.IndexOf("\\u"u8) >= 0;

    /// <summary>Finds the container that a request names and unwraps it.</summary>
    /// <param name="body">The body, known to be a JSON object.</param>
    /// <param name="edits">Takes the edits.</param>
    /// <param name="deployment">The only deployment that knows it; null when the request names none.</param>
    /// <returns>Null, or why the request has to be refused.</returns>
    public IdRefusal? ReadRequest(ReadOnlySpan<byte> body, List<IdEdit> edits, out string? deployment)
    {
        ArgumentNullException.ThrowIfNull(edits);
        deployment = null;
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContainer = reader.ValueTextEquals("container"u8);
            reader.Read();
            if (!isContainer || reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartObject))
            {
                reader.Skip();
                continue;
            }
            var refusal = reader.TokenType == JsonTokenType.StartObject ? UnwrapIn(ref reader, edits, ref deployment) : Unwrap(ref reader, edits, ref deployment);
            if (refusal is not null)
            {
                return refusal;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public bool MayBeIn(ReadOnlySpan<byte> events) => events.IndexOf("\"container\""u8) >= 0;

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlySpan<byte> answer, string deployment, List<IdEdit> edits) => Read(answer, deployment, edits, isEvent: false);

    /// <inheritdoc/>
    public void ReadEvent(ReadOnlySpan<byte> data, string deployment, List<IdEdit> edits) => Read(data, deployment, edits, isEvent: true);

    private void Read(ReadOnlySpan<byte> json, string deployment, List<IdEdit> edits, bool isEvent)
    {
        ArgumentNullException.ThrowIfNull(edits);
        if (!MayBeIn(json))
        {
            return;
        }
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                Members(ref reader, deployment, edits, isEvent);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not an answer: what is broken holds no id that a client could use.
            edits.Clear();
        }
    }

    /// <summary>In an event the container stands in its <c>message</c> or <c>delta</c>.</summary>
    private void Members(ref Utf8JsonReader reader, string deployment, List<IdEdit> edits, bool isEvent)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInner = isEvent && (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("delta"u8));
            var isContainer = !isEvent && reader.ValueTextEquals("container"u8);
            reader.Read();
            if (isInner && reader.TokenType == JsonTokenType.StartObject)
            {
                Members(ref reader, deployment, edits, isEvent: false);
            }
            else if (isContainer && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isId = reader.ValueTextEquals("id"u8);
                    reader.Read();
                    if (isId && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } id)
                    {
                        edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Quoted(ids.Wrap(id, owner, deployment))));
                    }
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>The id in <c>{"id": ..., "skills": ...}</c>; moves to the object's end.</summary>
    private IdRefusal? UnwrapIn(ref Utf8JsonReader reader, List<IdEdit> edits, ref string? deployment)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String && Unwrap(ref reader, edits, ref deployment) is { } refusal)
            {
                return refusal;
            }
            reader.Skip();
        }
        return null;
    }

    private IdRefusal? Unwrap(ref Utf8JsonReader reader, List<IdEdit> edits, ref string? deployment)
    {
        var id = reader.GetString() ?? "";
        if (!ids.TryUnwrap(id, owner, out var issued))
        {
            return new IdRefusal("container", "'container' names nothing that is known here: it has expired, or was not handed out to this key.") { UnknownId = id };
        }
        deployment = issued.Deployment;
        edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Quoted(issued.Id)));
        return null;
    }

    private static byte[] Quoted(string id) => [(byte)'"', .. JsonEncodedText.Encode(id).EncodedUtf8Bytes, (byte)'"'];
}
