namespace Weir.Gateway.Routing;

/// <summary>Says how long a prompt is. Asked only when a candidate has a limit that depends on it, and at most once per pick.</summary>
internal interface IPromptSize
{
    /// <summary>Tokens of the prompt, estimated.</summary>
    long EstimateTokens();
}
