namespace Weir.Providers.Neutral;

/// <summary>A piece of a message.</summary>
public abstract record ContentPart
{
    /// <summary>A mark that the prompt up to here is to be cached, as Anthropic writes it (<c>{"type":"ephemeral","ttl":"5m"}</c>); absent = no mark.</summary>
    public RawJson CacheControl { get; init; }
}

/// <summary>Text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : ContentPart
{
    /// <summary>Sources of the text, raw, in the dialect of <see cref="CitationsFrom"/>; absent = none.</summary>
    public RawJson Citations { get; init; }

    /// <summary>Whose words <see cref="Citations"/> are in.</summary>
    public WireFormat CitationsFrom { get; init; }
}

/// <summary>Where the bytes of an image, a document or a sound are: exactly one of the members is set.</summary>
/// <param name="Base64">The bytes themselves.</param>
/// <param name="Url">An address that the upstream fetches.</param>
/// <param name="FileId">An id that the upstream handed out.</param>
public readonly record struct MediaSource(string? Base64, string? Url, string? FileId)
{
    /// <summary>Bytes in the request.</summary>
    public static MediaSource OfBase64(string data) => new(data, null, null);

    /// <summary>An address; a <c>data:</c> address is not one (see <see cref="DataUrl"/>).</summary>
    public static MediaSource OfUrl(string url) => new(null, url, null);

    /// <summary>An uploaded file.</summary>
    public static MediaSource OfFile(string id) => new(null, null, id);
}

/// <summary>A picture.</summary>
/// <param name="MediaType">E.g. <c>image/png</c>; null when only the address is known.</param>
/// <param name="Source">Its bytes.</param>
public sealed record ImagePart(string? MediaType, MediaSource Source) : ContentPart
{
    /// <summary>OpenAI's <c>detail</c> (<c>low</c>, <c>high</c>, <c>auto</c>).</summary>
    public string? Detail { get; init; }
}

/// <summary>A document, e.g. a PDF.</summary>
/// <param name="MediaType">E.g. <c>application/pdf</c>; null when unknown.</param>
/// <param name="Source">Its bytes. Plain text is carried as base64 with <c>text/plain</c>.</param>
public sealed record DocumentPart(string? MediaType, MediaSource Source) : ContentPart
{
    /// <summary>File name or title.</summary>
    public string? Name { get; init; }

    /// <summary>Anthropic's <c>context</c>.</summary>
    public string? Context { get; init; }

    /// <summary>Whether the answer shall cite it (Anthropic's and Bedrock's <c>citations.enabled</c>).</summary>
    public bool? Citations { get; init; }
}

/// <summary>A sound or a film.</summary>
/// <param name="MediaType">E.g. <c>audio/wav</c>, <c>video/mp4</c>.</param>
/// <param name="Source">Its bytes.</param>
public sealed record MediaPart(string MediaType, MediaSource Source) : ContentPart;

/// <summary>The model asks for a tool.</summary>
/// <param name="Id">Id that the result refers to. Where a dialect has none (older Gemini), the reader makes one.</param>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">A JSON object as text, as the model wrote it: it may be invalid.</param>
public sealed record ToolCallPart(string Id, string Name, string Arguments) : ContentPart
{
    /// <summary>The vendor's seal over the thoughts that led here (Gemini's <c>thoughtSignature</c>); it has to come back with the call.</summary>
    public string? Signature { get; init; }

    /// <summary>See <see cref="ThinkingPart.SealedBy"/>.</summary>
    public string? SealedBy { get; init; }

    /// <summary>True when the tool takes free text (<see cref="ToolDefinition.FreeForm"/>): <see cref="Arguments"/> are <c>{"input":"..."}</c>.</summary>
    public bool FreeForm { get; init; }
}

/// <summary>What a tool answered.</summary>
/// <param name="CallId">The call's id.</param>
/// <param name="Content">Text, images, documents.</param>
public sealed record ToolResultPart(string CallId, List<ContentPart> Content) : ContentPart
{
    /// <summary>Name of the tool, where the dialect says it (Gemini) or the reader could find it from the call.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the tool failed.</summary>
    public bool IsError { get; init; }
}

/// <summary>What the model thought before it answered.</summary>
/// <param name="Text">The thoughts, or a summary of them; empty when only the seal was sent.</param>
public sealed record ThinkingPart(string Text) : ContentPart
{
    /// <summary>The vendor's seal: Anthropic's <c>signature</c>, Gemini's <c>thoughtSignature</c>, Responses' <c>encrypted_content</c>.</summary>
    public string? Signature { get; init; }

    /// <summary>Whose seal <see cref="Signature"/> is (see <c>Seals</c>); null = not known. Nobody else can read it, and most refuse it.</summary>
    public string? SealedBy { get; init; }

    /// <summary>True when the thoughts themselves are sealed (Anthropic's <c>redacted_thinking</c>): <see cref="Signature"/> holds them.</summary>
    public bool Redacted { get; init; }

    /// <summary>Id of the item (Responses' <c>rs_...</c>).</summary>
    public string? Id { get; init; }
}

/// <summary>The model refuses (OpenAI's <c>refusal</c>).</summary>
/// <param name="Text">What it says.</param>
public sealed record RefusalPart(string Text) : ContentPart;

/// <summary>A piece that only its own dialect can say: a built-in tool's call or result, an item of a kind that came later. Others drop it by name.</summary>
/// <param name="Dialect">Whose it is.</param>
/// <param name="Kind">Its <c>type</c> there.</param>
/// <param name="Value">The whole object.</param>
public sealed record OpaquePart(WireFormat Dialect, string Kind, RawJson Value) : ContentPart;
