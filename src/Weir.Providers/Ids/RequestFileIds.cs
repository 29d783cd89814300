using System.Text;
using System.Text.Json;
using Weir.Providers.Dialects.OpenAIChat;

namespace Weir.Providers.Ids;

/// <summary>
/// Finds the ids of uploaded files in the content of a chat (OpenAI's two formats) and unwraps them: <c>input_file</c>, <c>input_image</c>,
/// <c>file</c>, a code interpreter's container and its files. A file that is only cited is unwrapped when it is the caller's, and else left: a
/// citation opens nothing. An address (<c>https:</c>, <c>gs:</c>), which LiteLLM takes in the same place,
/// is no id and passes.
/// </summary>
public ref struct RequestFileIds
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestReader.MaxDepth };

    private readonly WrappedIds _ids;
    private readonly string _owner;
    private readonly List<IdEdit> _edits;
    private string? _deployment;
    private IdRefusal? _refusal;

    private RequestFileIds(WrappedIds ids, string owner, List<IdEdit> edits, string? deployment)
    {
        _ids = ids;
        _owner = owner;
        _edits = edits;
        _deployment = deployment;
    }

    /// <summary>Whether a body can hold one at all: a search that costs next to nothing.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> body) => body.IndexOf("file_id"u8) >= 0 || body.IndexOf("\"container"u8) >= 0 || body.IndexOf("\\u"u8) >= 0;

    /// <summary>Finds and unwraps.</summary>
    /// <param name="body">The body, known to be a JSON object.</param>
    /// <param name="ids">Unwraps.</param>
    /// <param name="owner">Whose call it is.</param>
    /// <param name="edits">Takes the edits and is sorted.</param>
    /// <param name="deployment">The only deployment that knows what the request names; null = it names nothing so far.</param>
    /// <returns>Null, or why the request has to be refused.</returns>
    public static IdRefusal? Read(ReadOnlySpan<byte> body, WrappedIds ids, string owner, List<IdEdit> edits, ref string? deployment)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(edits);
        var found = new RequestFileIds(ids, owner, edits, deployment);
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (found._refusal is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var content = reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("items"u8);
            reader.Read();
            if (content)
            {
                found.Value(ref reader, isFile: false);
            }
            else
            {
                reader.Skip();
            }
        }
        edits.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        deployment = found._deployment;
        return found._refusal;
    }

    /// <summary>Looks into the value on whose first token the reader stands, and moves to its end.</summary>
    private void Value(ref Utf8JsonReader reader, bool isFile)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Value(ref reader, isFile: false);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            Object(ref reader, isFile);
        }
    }

    private void Object(ref Utf8JsonReader reader, bool isFile)
    {
        // What a file_id means follows from the type, which may come after it.
        List<(int Start, int End, string Id)>? named = null;
        var isCitation = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isId = !isType && reader.ValueTextEquals("file_id"u8);
            var isList = !isType && !isId && reader.ValueTextEquals("file_ids"u8);
            var isNested = !isType && !isId && !isList && reader.ValueTextEquals("file"u8);
            var isContainer = !isType && (reader.ValueTextEquals("container"u8) || reader.ValueTextEquals("container_id"u8));
            var isOwn = ResponseIdRewriter.IsOfTheCaller(ref reader);
            reader.Read();
            if (isOwn)
            {
                reader.Skip();
                continue;
            }
            if (isContainer && reader.TokenType == JsonTokenType.String)
            {
                Unwrap((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.GetString() ?? "", "container");
                continue;
            }
            if (isId && reader.TokenType == JsonTokenType.String)
            {
                (named ??= []).Add(((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.GetString() ?? ""));
            }
            else if (isList && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        Unwrap((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.GetString() ?? "", "file_ids");
                    }
                    reader.Skip();
                }
            }
            else
            {
                isCitation |= isType && reader.TokenType == JsonTokenType.String
                    && (reader.ValueTextEquals("file_citation"u8) || reader.ValueTextEquals("container_file_citation"u8) || reader.ValueTextEquals("file_path"u8));
                isFile |= isType && reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("input_file"u8) || reader.ValueTextEquals("input_image"u8));
                Value(ref reader, isNested);
            }
        }
        if (isFile && named is not null)
        {
            foreach (var (start, end, id) in named)
            {
                Unwrap(start, end, id, "file_id");
            }
        }
        else if (isCitation && named is not null)
        {
            foreach (var (start, end, id) in named)
            {
                if (_ids.TryUnwrap(id, _owner, out var issued))
                {
                    _edits.Add(new IdEdit(start, end, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(issued.Id)}\"")));
                }
            }
        }
    }

    private void Unwrap(int start, int end, string id, string member)
    {
        if (id.AsSpan().ContainsAny(':', '/') || id.Length == 0)
        {
            return;
        }
        if (!_ids.TryUnwrap(id, _owner, out var issued))
        {
            _refusal ??= new IdRefusal(member, $"'{member}' names no file that is known here: it was deleted, or was not uploaded with this key.") { UnknownId = id };
        }
        else if (_deployment is not null && _deployment != issued.Deployment)
        {
            _refusal ??= new IdRefusal(member, $"'{member}' is kept by another deployment than something else in this request, so none can serve both.");
        }
        else
        {
            _deployment = issued.Deployment;
            _edits.Add(new IdEdit(start, end, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(issued.Id)}\"")));
        }
    }
}
