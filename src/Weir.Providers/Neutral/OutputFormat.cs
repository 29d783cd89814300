namespace Weir.Providers.Neutral;

/// <summary>Form of an answer.</summary>
/// <param name="Schema">JSON Schema that it must match; absent = any JSON object.</param>
public sealed record OutputFormat(RawJson Schema)
{
    /// <summary>Name of the schema.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>OpenAI's <c>strict</c>.</summary>
    public bool? Strict { get; init; }
}
