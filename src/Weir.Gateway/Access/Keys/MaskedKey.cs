namespace Weir.Gateway.Access.Keys;

/// <summary>A key as it may be shown: enough to recognise one's own, nothing to use.</summary>
internal static class MaskedKey
{
    /// <summary><c>sk-...abcd</c>, LiteLLM's <c>key_name</c>.</summary>
    internal static string Of(string key) =>
        key.Length < 12 ? "****" : $"{(key.StartsWith("sk-", StringComparison.Ordinal) ? "sk-" : "")}...{key[^4..]}";
}
