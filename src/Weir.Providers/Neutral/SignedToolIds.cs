namespace Weir.Providers.Neutral;

/// <summary>
/// Gemini seals the thoughts behind a tool call and wants the seal back with the call. A dialect that has no place for it carries it inside
/// the call's id, as LiteLLM does, so that every client brings it back without knowing: <c>call_1__thought__{seal}</c>.
/// </summary>
public static class SignedToolIds
{
    private const string Mark = "__thought__";

    /// <summary>The id as the client sees it.</summary>
    public static string Join(string id, string? signature) => string.IsNullOrEmpty(signature) ? id : id + Mark + signature;

    /// <summary>The id without the seal, and the seal.</summary>
    public static (string Id, string? Signature) Split(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var at = id.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? (id, null) : (id[..at], id[(at + Mark.Length)..]);
    }
}
