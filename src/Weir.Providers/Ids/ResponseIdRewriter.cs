using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Ids;

/// <summary>Why the ids in a request can't be used.</summary>
/// <param name="Member">The member that holds it.</param>
/// <param name="Message">For the caller; the same for an id that never was and for one of somebody else.</param>
public sealed record IdRefusal(string Member, string Message)
{
    /// <summary>The id that is unknown, as the caller wrote it; null when the trouble is another.</summary>
    public string? UnknownId { get; init; }
}

/// <summary>
/// Finds the ids of stored responses and conversations in bodies of OpenAI Responses that pass through, and what has to stand there instead.
/// The rest of the bytes stays as it is. For one call: it remembers the last id, which a stream repeats.
/// </summary>
/// <param name="ids">Wraps and unwraps.</param>
/// <param name="owner">Whose call it is.</param>
public sealed class ResponseIdRewriter(WrappedIds ids, string owner)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    private string _lastId = "";
    private string _lastDeployment = "";
    private byte[] _lastWrapped = [];

    /// <summary>
    /// Finds the wrapped ids of a request (<c>previous_response_id</c>, <c>conversation</c>) and unwraps them. Every occurrence is replaced, so
    /// none reaches the upstream as the caller wrote it.
    /// </summary>
    /// <param name="body">The body, known to be a JSON object.</param>
    /// <param name="edits">Takes the edits.</param>
    /// <param name="deployment">The only deployment that knows them; null when the request names none.</param>
    /// <returns>Null, or why the request has to be refused.</returns>
    public IdRefusal? ReadRequest(ReadOnlySpan<byte> body, List<IdEdit> edits, out string? deployment)
    {
        deployment = null;
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueTextEquals("previous_response_id"u8) ? "previous_response_id" : reader.ValueTextEquals("conversation"u8) ? "conversation" : null;
            reader.Read();
            if (member is null)
            {
                reader.Skip();
            }
            else if (Unwrap(ref reader, member, edits, ref deployment) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    /// <summary>Finds the ids of a whole answer and wraps them: its own, the one before, and the conversation's. A list (of input items) has none.</summary>
    public void ReadAnswer(ReadOnlySpan<byte> answer, string deployment, List<IdEdit> edits)
    {
        var reader = new Utf8JsonReader(answer, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                WrapIn(ref reader, deployment, edits);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not an answer. What is broken is not passed on as one, and holds no id that a client could use.
            edits.Clear();
        }
    }

    /// <summary>Finds the ids in one event of a stream. Only events that hold a <c>response</c> have any; the others cost one search.</summary>
    public void ReadEvent(ReadOnlySpan<byte> data, string deployment, List<IdEdit> edits)
    {
        // An escaped name would slip through the search. No server writes one, and the id in it would be of no use to anybody: it is not wrapped.
        if (data.IndexOf("\"response\""u8) < 0)
        {
            return;
        }
        var reader = new Utf8JsonReader(data, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var response = reader.ValueTextEquals("response"u8);
                reader.Read();
                if (response && reader.TokenType == JsonTokenType.StartObject)
                {
                    WrapIn(ref reader, deployment, edits);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // See above.
            edits.Clear();
        }
    }

    private IdRefusal? Unwrap(ref Utf8JsonReader reader, string member, List<IdEdit> edits, ref string? deployment)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType == JsonTokenType.String)
        {
            return UnwrapString(ref reader, member, edits, ref deployment);
        }
        if (member != "conversation" || reader.TokenType != JsonTokenType.StartObject)
        {
            return new IdRefusal(member, $"'{member}' must be a string.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (!isId)
            {
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.String)
            {
                return new IdRefusal("conversation.id", "'conversation.id' must be a string.");
            }
            else if (UnwrapString(ref reader, "conversation.id", edits, ref deployment) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private IdRefusal? UnwrapString(ref Utf8JsonReader reader, string member, List<IdEdit> edits, ref string? deployment)
    {
        var id = reader.GetString() ?? "";
        if (!ids.TryUnwrap(id, owner, out var issued))
        {
            return new IdRefusal(member, $"'{member}' names nothing that is known here: it has expired, was deleted, or was not handed out to this key.") { UnknownId = id };
        }
        if (deployment is not null && deployment != issued.Deployment)
        {
            return new IdRefusal(member, $"'{member}' is kept by another deployment than the other id in this request, so none can serve both.");
        }
        deployment = issued.Deployment;
        edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Quoted(issued.Id)));
        return null;
    }

    /// <summary>Wraps the ids of the object on whose brace the reader stands, and moves to its end.</summary>
    private void WrapIn(ref Utf8JsonReader reader, string deployment, List<IdEdit> edits)
    {
        var first = edits.Count;
        var isList = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("previous_response_id"u8);
            var isConversation = !isId && reader.ValueTextEquals("conversation"u8);
            var isObject = !isId && !isConversation && reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isId || (isConversation && reader.TokenType == JsonTokenType.String))
            {
                Wrap(ref reader, deployment, edits);
            }
            else if (isConversation && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isInner = reader.ValueTextEquals("id"u8);
                    reader.Read();
                    if (isInner)
                    {
                        Wrap(ref reader, deployment, edits);
                    }
                    reader.Skip();
                }
            }
            else
            {
                isList |= isObject && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("list"u8);
                reader.Skip();
            }
        }
        if (isList)
        {
            edits.RemoveRange(first, edits.Count - first);
        }
    }

    private void Wrap(ref Utf8JsonReader reader, string deployment, List<IdEdit> edits)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            reader.Skip();
            return;
        }
        if (!reader.ValueTextEquals(_lastId) || deployment != _lastDeployment)
        {
            _lastId = reader.GetString() ?? "";
            _lastDeployment = deployment;
            _lastWrapped = Quoted(ids.Wrap(_lastId, owner, deployment));
        }
        edits.Add(new IdEdit((int)reader.TokenStartIndex, (int)reader.BytesConsumed, _lastWrapped));
    }

    private static byte[] Quoted(string id) => [(byte)'"', .. JsonEncodedText.Encode(id).EncodedUtf8Bytes, (byte)'"'];
}
