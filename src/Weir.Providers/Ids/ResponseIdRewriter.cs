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
/// Finds the ids of stored responses, conversations, containers and files in bodies of OpenAI Responses that pass through, and what has to
/// stand there instead. Ids of items stay: an item is reached through its response or conversation alone.
/// The rest of the bytes stays as it is. For one call: it remembers the last id, which a stream repeats.
/// </summary>
/// <param name="ids">Wraps and unwraps.</param>
/// <param name="owner">Whose call it is.</param>
public sealed class ResponseIdRewriter(WrappedIds ids, string owner) : IAnswerIds
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

    /// <summary>
    /// Whether the member whose name the reader stands on holds the caller's own words, in which nothing is an id: metadata, schemas.
    /// </summary>
    internal static bool IsOfTheCaller(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("metadata"u8) || reader.ValueTextEquals("attributes"u8) || reader.ValueTextEquals("parameters"u8) || reader.ValueTextEquals("schema"u8)
        || reader.ValueTextEquals("input_schema"u8);

    /// <inheritdoc/>
    public bool MayBeIn(ReadOnlySpan<byte> events) =>
        events.IndexOf("\"response\""u8) >= 0 || events.IndexOf("\"file_id\""u8) >= 0 || events.IndexOf("\"container_id\""u8) >= 0;

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlySpan<byte> answer, string deployment, List<IdEdit> edits) => ReadAnswer(answer, deployment, edits, isItem: false);

    /// <summary>Finds the ids of a whole answer and wraps them: its own, the one before, the conversation's, those of containers and files.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="deployment">Who gave it.</param>
    /// <param name="edits">Takes the edits, in order.</param>
    /// <param name="isItem">The answer is one item, whose own id stays. So do those of a list.</param>
    public void ReadAnswer(ReadOnlySpan<byte> answer, string deployment, List<IdEdit> edits, bool isItem)
    {
        var reader = new Utf8JsonReader(answer, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                WrapIn(ref reader, deployment, edits, isItem || IsList(reader));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not an answer. What is broken is not passed on as one, and holds no id that a client could use.
            edits.Clear();
        }
    }

    /// <summary>Finds the ids in one event of a stream. Events without any cost three searches.</summary>
    public void ReadEvent(ReadOnlySpan<byte> data, string deployment, List<IdEdit> edits)
    {
        // An escaped name would slip through the search. No server writes one, and the id in it would be of no use to anybody: it is not wrapped.
        if (!MayBeIn(data))
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
                    WrapIn(ref reader, deployment, edits, isItem: false);
                }
                else
                {
                    WrapNested(ref reader, deployment, edits);
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

    /// <summary>A list says so in its first member, a response in its second.</summary>
    private static bool IsList(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isObject)
            {
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("list"u8);
            }
            reader.Skip();
        }
        return false;
    }

    /// <summary>Wraps the ids of the object on whose brace the reader stands, and moves to its end.</summary>
    private void WrapIn(ref Utf8JsonReader reader, string deployment, List<IdEdit> edits, bool isItem)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = !isItem && (reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("previous_response_id"u8));
            var isConversation = !isItem && !isId && reader.ValueTextEquals("conversation"u8);
            var isOwn = IsOfTheCaller(ref reader);
            var isNested = IsNestedId(ref reader);
            reader.Read();
            if (isId || (isNested && IsId(reader)) || (isConversation && reader.TokenType == JsonTokenType.String))
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
            else if (isOwn)
            {
                reader.Skip();
            }
            else
            {
                WrapNested(ref reader, deployment, edits);
            }
        }
    }

    /// <summary>An address that stands in a file's place is no id.</summary>
    private static bool IsId(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.IndexOfAny((byte)':', (byte)'/') < 0;

    private static bool IsNestedId(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("container_id"u8) || reader.ValueTextEquals("file_id"u8) || reader.ValueTextEquals("container"u8);

    /// <summary>Wraps ids of containers and files anywhere in the value on whose first token the reader stands, and moves to its end.</summary>
    private void WrapNested(ref Utf8JsonReader reader, string deployment, List<IdEdit> edits)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                WrapNested(ref reader, deployment, edits);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isNested, isList, isOwn) = (IsNestedId(ref reader), reader.ValueTextEquals("file_ids"u8), IsOfTheCaller(ref reader));
                reader.Read();
                if (isOwn)
                {
                    reader.Skip();
                }
                else if (isNested && IsId(reader))
                {
                    Wrap(ref reader, deployment, edits);
                }
                else if (isList && reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        Wrap(ref reader, deployment, edits);
                    }
                }
                else
                {
                    WrapNested(ref reader, deployment, edits);
                }
            }
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
