namespace Weir.Providers.Neutral;

/// <summary>A tool that the model may call.</summary>
/// <param name="Name">Its name.</param>
public sealed record ToolDefinition(string Name)
{
    /// <summary>What it does.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema of its arguments; absent = no arguments.</summary>
    public RawJson Parameters { get; init; }

    /// <summary>Whether arguments must match the schema exactly (OpenAI's <c>strict</c>).</summary>
    public bool? Strict { get; init; }

    /// <summary>
    /// True when the tool takes free text instead of a JSON object (OpenAI's <c>custom</c> tools). <see cref="Parameters"/> then describe an
    /// object with one member <c>input</c>, so that dialects without such tools can offer it as a function.
    /// </summary>
    public bool FreeForm { get; init; }

    /// <summary>What the free text must look like, as OpenAI's <c>format</c> says it; absent = anything.</summary>
    public RawJson Grammar { get; init; }

    /// <summary>See <see cref="ContentPart.CacheControl"/>.</summary>
    public RawJson CacheControl { get; init; }

    /// <summary>The whole definition of a tool that runs at the vendor (web search, code execution, ...); absent for functions.</summary>
    public RawJson BuiltIn { get; init; }

    /// <summary>Whose words <see cref="BuiltIn"/> is in.</summary>
    public WireFormat BuiltInFrom { get; init; }
}

/// <summary>Whether the model has to call a tool.</summary>
public enum ToolChoiceKind
{
    /// <summary>As it likes.</summary>
    Auto,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>Some tool (OpenAI's <c>required</c>, Anthropic's and Gemini's <c>any</c>).</summary>
    Required,

    /// <summary>The named one.</summary>
    Named,
}

/// <summary>What the model has to call.</summary>
/// <param name="Kind">Whether it has to.</param>
/// <param name="Name">The tool, for <see cref="ToolChoiceKind.Named"/>.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>More than one allowed name (Gemini's <c>allowedFunctionNames</c>, OpenAI's <c>allowed_tools</c>); empty = all.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}
