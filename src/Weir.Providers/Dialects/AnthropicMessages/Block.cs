using System.Text;
using System.Text.Json;
using Weir.Providers.Neutral;

namespace Weir.Providers.Dialects.AnthropicMessages;

/// <summary>Kinds of blocks that the neutral form has a name for.</summary>
internal enum BlockKind
{
    Unknown,
    Text,
    Thinking,
    RedactedThinking,
    ToolUse,
    ToolResult,
    Image,
    Document,
}

/// <summary>
/// One content block, its members as they were met: <c>type</c> need not come first. Sources and contents are kept as readers that stand on
/// their first token, for they are read by what the type says.
/// </summary>
internal ref struct Block
{
    private BlockKind _kind;
    private string? _kindName;
    private string? _text;
    private string? _thinking;
    private string? _signature;
    private string? _data;
    private string? _id;
    private string? _name;
    private string? _resultOf;
    private string? _title;
    private string? _context;
    private string? _input;
    private bool? _isError;
    private bool? _cites;
    private RawJson _citations;
    private RawJson _cache;
    private Utf8JsonReader _source;
    private Utf8JsonReader _content;
    private bool _hasSource;
    private bool _hasContent;

    /// <summary>Reads the block on whose first token <paramref name="reader"/> stands.</summary>
    internal static ContentPart Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BodyPlace place)
    {
        var start = (int)reader.TokenStartIndex;
        var block = default(Block);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            block.ReadMember(ref reader, source, place);
        }
        return block.ToPart(source[start..(int)reader.BytesConsumed], source, place);
    }

    internal static BlockKind KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("text"u8) ? BlockKind.Text
        : reader.ValueTextEquals("tool_use"u8) ? BlockKind.ToolUse
        : reader.ValueTextEquals("tool_result"u8) ? BlockKind.ToolResult
        : reader.ValueTextEquals("thinking"u8) ? BlockKind.Thinking
        : reader.ValueTextEquals("redacted_thinking"u8) ? BlockKind.RedactedThinking
        : reader.ValueTextEquals("image"u8) ? BlockKind.Image
        : reader.ValueTextEquals("document"u8) ? BlockKind.Document
        : BlockKind.Unknown;

    private void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BodyPlace place)
    {
        if (Takes(ref reader, "type"u8))
        {
            _kind = reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : throw place.Wrong("type", "a string");
            _kindName = _kind == BlockKind.Unknown ? reader.GetString() : "";
        }
        else if (Takes(ref reader, "text"u8))
        {
            _text = place.Text(ref reader, "text");
        }
        else if (Takes(ref reader, "id"u8))
        {
            _id = place.Text(ref reader, "id");
        }
        else if (Takes(ref reader, "name"u8))
        {
            _name = place.Text(ref reader, "name");
        }
        else if (Takes(ref reader, "input"u8))
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            _input = Encoding.UTF8.GetString(source[start..(int)reader.BytesConsumed]);
        }
        else if (Takes(ref reader, "tool_use_id"u8))
        {
            _resultOf = place.Text(ref reader, "tool_use_id");
        }
        else if (Takes(ref reader, "is_error"u8))
        {
            _isError = place.Flag(ref reader, "is_error");
        }
        else if (Takes(ref reader, "content"u8))
        {
            _content = reader;
            _hasContent = true;
            reader.Skip();
        }
        else if (Takes(ref reader, "source"u8))
        {
            // A search result's source is an address, not an object.
            _source = reader;
            _hasSource = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
        }
        else if (Takes(ref reader, "cache_control"u8))
        {
            _cache = ObjectOrAbsent(ref reader, source);
        }
        else
        {
            ReadRareMember(ref reader, source, place);
        }
    }

    private void ReadRareMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, BodyPlace place)
    {
        if (Takes(ref reader, "thinking"u8))
        {
            _thinking = place.Text(ref reader, "thinking");
        }
        else if (Takes(ref reader, "signature"u8))
        {
            _signature = place.Text(ref reader, "signature");
        }
        else if (Takes(ref reader, "data"u8))
        {
            _data = Wire.TextOrNull(ref reader);
        }
        else if (Takes(ref reader, "title"u8))
        {
            _title = Wire.TextOrNull(ref reader);
        }
        else if (Takes(ref reader, "context"u8))
        {
            _context = Wire.TextOrNull(ref reader);
        }
        else if (Takes(ref reader, "citations"u8))
        {
            ReadCitations(ref reader, source);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    /// <summary>A list of sources on a text; a switch on a document.</summary>
    private void ReadCitations(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var value = RawJson.Copy(ref reader, source);
            _citations = value.Utf8.Length > 2 ? value : default;
            return;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Takes(ref reader, "enabled"u8))
            {
                _cites = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Read();
            }
            reader.Skip();
        }
    }

    private readonly ContentPart ToPart(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> source, BodyPlace place)
    {
        switch (_kind)
        {
            case BlockKind.Text:
                return new TextPart(_text ?? Missing(place, "text")) { CacheControl = _cache, Citations = _citations, CitationsFrom = WireFormat.AnthropicMessages };
            case BlockKind.ToolUse:
                var (id, signature) = SignedToolIds.Split(_id ?? Missing(place, "id"));
                return new ToolCallPart(id, _name ?? Missing(place, "name"), _input ?? "{}") { Signature = signature, CacheControl = _cache };
            case BlockKind.ToolResult:
                var content = new List<ContentPart>();
                if (_hasContent)
                {
                    var reader = _content;
                    BlockReader.ReadContent(ref reader, source, place, content);
                }
                return new ToolResultPart(SignedToolIds.Split(_resultOf ?? Missing(place, "tool_use_id")).Id, content) { IsError = _isError ?? false, CacheControl = _cache };
            case BlockKind.Thinking:
                return new ThinkingPart(_thinking ?? "") { Signature = string.IsNullOrEmpty(_signature) ? null : _signature };
            case BlockKind.RedactedThinking:
                return new ThinkingPart("") { Redacted = true, Signature = _data ?? Missing(place, "data") };
            case BlockKind.Image or BlockKind.Document when _hasSource:
                var media = _source;
                return _kind == BlockKind.Image
                    ? BlockSource.Read(ref media, source, place).ToImage(place) with { CacheControl = _cache }
                    : ToDocument(BlockSource.Read(ref media, source, place), whole, place);
            case BlockKind.Image or BlockKind.Document:
                throw place.Wrong("source", "an object");
            default:
                return new OpaquePart(WireFormat.AnthropicMessages, _kindName ?? Missing(place, "type"), RawJson.Of(whole)) { CacheControl = _cache };
        }
    }

    private readonly ContentPart ToDocument(BlockSource media, ReadOnlySpan<byte> whole, BodyPlace place) => media.IsMixed
        // A document made of blocks with pictures: nobody else has it.
        ? new OpaquePart(WireFormat.AnthropicMessages, "document", RawJson.Of(whole)) { CacheControl = _cache }
        : media.ToDocument(place) with { Name = _title, Context = _context, Citations = _cites, CacheControl = _cache };

    /// <summary>Nothing in an answer, an error in a request.</summary>
    private static string Missing(BodyPlace place, string name) => place.Root is null ? "" : throw place.Wrong(name, "a string");

    internal static RawJson ObjectOrAbsent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return RawJson.Copy(ref reader, source);
        }
        reader.Skip();
        return default;
    }

    /// <summary>True, and the reader on the value, when it stands on a member of this name.</summary>
    private static bool Takes(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();
}
