namespace Weir.Providers.Pricing;

/// <summary>How urgently a vendor serves a call; each has its own prices where the vendor publishes them.</summary>
public enum ServiceTier
{
    /// <summary>The ordinary price (<c>default</c>, <c>auto</c>, or nothing said).</summary>
    Standard,

    /// <summary>Faster and dearer: LiteLLM's <c>_priority</c> fields.</summary>
    Priority,

    /// <summary>Slower and cheaper: LiteLLM's <c>_flex</c> fields.</summary>
    Flex,

    /// <summary>Batch jobs: LiteLLM's <c>_batches</c> fields.</summary>
    Batch,
}

/// <summary>Reads the <c>service_tier</c> member of an answer.</summary>
public static class ServiceTiers
{
    /// <summary>The tier that the upstream says it served. A word that is not known is <see cref="ServiceTier.Standard"/>.</summary>
    public static ServiceTier Parse(ReadOnlySpan<byte> utf8) =>
        utf8.SequenceEqual("priority"u8) ? ServiceTier.Priority
        : utf8.SequenceEqual("flex"u8) ? ServiceTier.Flex
        : utf8.SequenceEqual("batch"u8) ? ServiceTier.Batch
        : ServiceTier.Standard;

    /// <summary>What LiteLLM appends to a price field's name.</summary>
    internal static string Suffix(ServiceTier tier) => tier switch
    {
        ServiceTier.Priority => "_priority",
        ServiceTier.Flex => "_flex",
        ServiceTier.Batch => "_batches",
        _ => "",
    };
}
