namespace Weir.TestKit.Wire.Anthropic;

/// <summary>An answer in Anthropic's manner.</summary>
internal abstract class AnthropicAnswer(ScriptedModelOptions options, ModelRequest request) : Answer(options, request)
{
    public override WireShape Shape => Request.Kind is RouteKind.ClaudeOnVertex or RouteKind.ClaudeCountOnVertex ? ClaudeOnVertexShape.Instance : AnthropicShape.Instance;

    protected string RequestId => $"req_{Request.Number:D6}";

    public override IEnumerable<KeyValuePair<string, string>> Headers()
    {
        yield return new("request-id", RequestId);
        yield return new("anthropic-organization-id", "00000000-0000-0000-0000-000000000001");
        yield return new("anthropic-ratelimit-requests-limit", "50");
        yield return new("anthropic-ratelimit-requests-remaining", "49");
        yield return new("anthropic-ratelimit-requests-reset", "2026-01-01T00:01:00Z");
        yield return new("anthropic-ratelimit-tokens-limit", "100000");
        yield return new("anthropic-ratelimit-tokens-remaining", "99000");
        yield return new("anthropic-ratelimit-tokens-reset", "2026-01-01T00:01:00Z");
    }
}
