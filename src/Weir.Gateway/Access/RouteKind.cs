namespace Weir.Gateway.Access;

/// <summary>What a route is for: the named groups in which LiteLLM's <c>allowed_routes</c> speak of routes.</summary>
[Flags]
internal enum RouteKind : byte
{
    /// <summary>In no group.</summary>
    None = 0,

    /// <summary>Calls models (<c>llm_api_routes</c>, <c>openai_routes</c>).</summary>
    LlmApi = 1,

    /// <summary>Tells what there is (<c>info_routes</c>).</summary>
    Info = 2,

    /// <summary>Manages keys, teams, users (<c>management_routes</c>).</summary>
    Management = 4,

    /// <summary>Tells what was spent (<c>spend_tracking_routes</c>).</summary>
    Spend = 8,
}
