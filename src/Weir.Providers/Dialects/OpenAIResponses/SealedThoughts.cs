namespace Weir.Providers.Dialects.OpenAIResponses;

/// <summary>
/// A reasoning item carries a seal in <c>encrypted_content</c>. Some vendors seal the thoughts themselves instead of signing them, and want
/// them back as what they were, so those carry a mark; nothing else in the item survives every client (codex drops the id).
/// </summary>
internal static class SealedThoughts
{
    /// <summary>What stands between the parts of a summary when they become one text.</summary>
    internal const string BetweenParts = "\n\n";

    private const string Mark = "redacted_thinking:";

    /// <summary>The member's value.</summary>
    internal static string? Join(string? seal, bool redacted) => redacted && seal is not null ? Mark + seal : seal;

    /// <summary>The seal, and whether the thoughts are within it.</summary>
    internal static (string? Seal, bool Redacted) Split(string? value) =>
        string.IsNullOrEmpty(value) ? (null, false)
        : value.StartsWith(Mark, StringComparison.Ordinal) ? (value[Mark.Length..], true)
        : (value, false);
}
