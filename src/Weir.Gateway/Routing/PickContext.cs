namespace Weir.Gateway.Routing;

/// <summary>What a pick depends on besides the group: facts of the request and of its attempts so far.</summary>
internal readonly ref struct PickContext
{
    /// <summary>Deployments that this request has tried and must not get again.</summary>
    public ReadOnlySpan<Deployment> Excluded { get; init; }

    /// <summary>Tags of the request.</summary>
    public ReadOnlySpan<string> Tags { get; init; }

    /// <summary>The answer streams: latency then means time to the first token.</summary>
    public bool Streaming { get; init; }

    /// <summary>Length of the prompt, for checks before the call; null when nobody can say.</summary>
    public IPromptSize? Prompt { get; init; }

    /// <summary>Only priority levels after this one; null for all.</summary>
    public int? AboveOrder { get; init; }
}
