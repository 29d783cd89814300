namespace Weir.Providers;

/// <summary>Where a deployment's model lives, as the config says.</summary>
/// <param name="ApiBase">Base address; null = the provider's default.</param>
/// <param name="ApiVersion">
/// Azure's api-version: dated = the dated route; <c>preview</c>, <c>latest</c> or <c>v1</c> = the v1 route; null or empty = what the
/// base address says, else the dated route with the adapter's built-in version, as LiteLLM does.
/// </param>
/// <param name="Model">The upstream's name of the model (for Azure: of the deployment).</param>
public sealed record ProviderAddress(Uri? ApiBase, string? ApiVersion, string Model)
{
    /// <summary>AWS region or Vertex location, where the vendor has one; null = the provider's default.</summary>
    public string? Location { get; init; }

    /// <summary>Vertex project; null elsewhere.</summary>
    public string? Project { get; init; }
}

/// <summary>A provider: an address, a way to sign in and a wire format. It implements one small interface per operation that it has.</summary>
public interface IProvider
{
    /// <summary>Catalog name and LiteLLM prefix, e.g. <c>azure</c>.</summary>
    string Name { get; }

    /// <summary>Name of the header that carries the static key, and the text before it (<c>Authorization</c>, <c>Bearer </c>).</summary>
    (string Header, string Prefix) KeyHeader { get; }

    /// <summary>The same for one address: some vendors have several fronts, each with its own header.</summary>
    (string Header, string Prefix) KeyHeaderAt(ProviderAddress address) => KeyHeader;

    /// <summary>Environment variables that hold a key when the config names none, in order of preference (<c>OPENAI_API_KEY</c>).</summary>
    IReadOnlyList<string> KeyVariables { get; }

    /// <summary>Environment variables that hold a base address when the config names none, in order of preference (<c>OPENAI_BASE_URL</c>).</summary>
    IReadOnlyList<string> BaseVariables { get; }

    /// <summary>Environment variables that hold an api-version when the config names none; empty where there is no such thing.</summary>
    IReadOnlyList<string> VersionVariables { get; }

    /// <summary>Environment variables that hold a region or location when the config names none; empty where there is no such thing.</summary>
    IReadOnlyList<string> LocationVariables => [];

    /// <summary>Environment variables that hold a project when the config names none; empty where there is no such thing.</summary>
    IReadOnlyList<string> ProjectVariables => [];

    /// <summary>Where LiteLLM calls when nothing names a region; null when there is no such thing.</summary>
    string? DefaultLocation => null;

    /// <summary>The region that a model's own name holds (<c>us-east-1/anthropic.claude-...</c>); null when it holds none.</summary>
    string? LocationIn(string model) => null;

    /// <summary>Whether calls without any key make sense (local servers).</summary>
    bool KeyOptional { get; }

    /// <summary>
    /// The upstream's own name of a model that the config calls <paramref name="model"/> (without the provider's prefix):
    /// takes LiteLLM's sub-prefixes off (<c>o_series/</c>) and adds what the vendor wants (<c>accounts/fireworks/models/</c>).
    /// </summary>
    string UpstreamModel(string model);

    /// <summary>True when the upstream reads the model from the body; false when the path names it (Azure's dated route).</summary>
    bool ModelInBody(ProviderAddress address);

    /// <summary>The base address in force, or null when the config must name one and does not.</summary>
    Uri? BaseAddress(ProviderAddress address);
}

/// <summary>How a vendor's bodies differ from those of the format's owner.</summary>
/// <param name="OmitModel">The path names the model and the body must not.</param>
/// <param name="Members">Members to add when a body has them not: name to raw JSON.</param>
public sealed record BodyVariant(bool OmitModel, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Members)
{
    /// <summary>Whether the path says that an answer is streamed and the body must not.</summary>
    public bool OmitStream { get; init; }

    /// <summary>Whether betas are named in the body (<c>anthropic_beta</c>) and not in a header.</summary>
    public bool BetaInBody { get; init; }
}

/// <summary>A provider with <see cref="Operation.Chat"/>.</summary>
public interface IChatProvider : IProvider
{
    /// <summary>
    /// The wire formats in which <paramref name="model"/> (as the config calls it, without the provider's prefix) is spoken to, the preferred
    /// one first; never empty. A caller's own format is taken where it is one of them, so that its bytes pass through.
    /// </summary>
    IReadOnlyList<WireFormat> ChatFormats(string model);

    /// <summary>Absolute address of a chat in <paramref name="format"/>, one of <see cref="ChatFormats"/>.</summary>
    /// <param name="address">Where the model lives.</param>
    /// <param name="format">How it is spoken to.</param>
    /// <param name="stream">Whether the answer is streamed: some vendors have a path of its own for that.</param>
    Uri ChatUri(ProviderAddress address, WireFormat format, bool stream);

    /// <summary>Headers that every call in <paramref name="format"/> carries (an API's version).</summary>
    IReadOnlyList<KeyValuePair<string, string>> FormatHeaders(WireFormat format) => [];

    /// <summary>What this vendor's variant of <paramref name="format"/> wants otherwise in a body; null = nothing.</summary>
    BodyVariant? VariantOf(WireFormat format) => null;
}

/// <summary>A provider with <see cref="Operation.CountTokens"/>.</summary>
public interface ITokenCountProvider : IChatProvider
{
    /// <summary>Absolute address at which a prompt in <paramref name="format"/>, one of the model's formats, is counted.</summary>
    Uri CountUri(ProviderAddress address, WireFormat format);

    /// <summary>Whether prompts in <paramref name="format"/>, one of the model's formats, can be counted.</summary>
    bool Counts(WireFormat format) => true;

    /// <summary>What a body that is counted needs otherwise; null = what a chat's does.</summary>
    BodyVariant? CountVariantOf(WireFormat format) => VariantOf(format);

    /// <summary>Whether Gemini's count is asked with the whole request inside <c>generateContentRequest</c>.</summary>
    bool CountsInside => false;
}

/// <summary>A provider with <see cref="Operation.Completion"/>.</summary>
public interface ICompletionProvider : IProvider
{
    /// <summary>Absolute address of text completions.</summary>
    Uri CompletionUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Embedding"/>.</summary>
public interface IEmbeddingProvider : IProvider
{
    /// <summary>Absolute address of embeddings.</summary>
    Uri EmbeddingUri(ProviderAddress address);

    /// <summary>How the vendor is asked for them.</summary>
    EmbeddingForm EmbeddingForm => EmbeddingForm.OpenAI;
}

/// <summary>A provider with <see cref="Operation.ImageGeneration"/>.</summary>
public interface IImageProvider : IProvider
{
    /// <summary>Absolute address at which images are made.</summary>
    Uri ImageUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.ImageEdit"/>.</summary>
public interface IImageEditProvider : IProvider
{
    /// <summary>Absolute address at which images are edited: a form with files.</summary>
    Uri ImageEditUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Speech"/>.</summary>
public interface ISpeechProvider : IProvider
{
    /// <summary>Absolute address at which text is spoken.</summary>
    Uri SpeechUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Transcription"/>.</summary>
public interface ITranscriptionProvider : IProvider
{
    /// <summary>Absolute address at which speech is written down: a form with a file.</summary>
    Uri TranscriptionUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Translation"/>.</summary>
public interface ITranslationProvider : IProvider
{
    /// <summary>Absolute address at which speech is written down in English: a form with a file.</summary>
    Uri TranslationUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Moderation"/>.</summary>
public interface IModerationProvider : IProvider
{
    /// <summary>Absolute address at which content is judged.</summary>
    Uri ModerationUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Realtime"/>.</summary>
public interface IRealtimeProvider : IProvider
{
    /// <summary>Absolute address of a session with the model, which it names; its scheme is <c>ws</c> or <c>wss</c>.</summary>
    Uri RealtimeUri(ProviderAddress address);
}

/// <summary>A provider with <see cref="Operation.Rerank"/>, in Cohere's shape.</summary>
public interface IRerankProvider : IProvider
{
    /// <summary>Absolute address at which documents are put in order.</summary>
    Uri RerankUri(ProviderAddress address);
}
