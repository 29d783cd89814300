using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary>One entry of <c>general_settings.pass_through_endpoints</c>.</summary>
internal static class PassThroughKeys
{
    /// <summary>One endpoint.</summary>
    public static readonly ConfigSection Section = new(
        "general_settings.pass_through_endpoints[]", false,
        Served("path", Text, "Where callers find it"),
        Served("target", Text, "Where it goes"),
        Served("headers", Map, "Headers of every call; bearer os.environ/NAME is filled in") with { Secret = true },
        Served("forward_headers", Bool, "Pass the caller's headers on, but never a key of Weir's"),
        Served("include_subpath", Bool, "Pass paths below it on too"),
        Served("merge_query_params", Bool, "Join the caller's query with the target's"),
        Served("default_query_params", Map, "Query parameters for callers that give none") with { Secret = true },
        Served("methods", TextList, "Methods that are taken"),
        Served("auth", Bool, "false = anyone may call it without a key"),
        Served("cost_per_request", Number, "Dollars for a call that succeeds"),
        Served("timeout", Number, "Seconds until the answer begins, and between two pieces of it"),
        Restricts("guardrails", List | Map, "guardrails of the endpoint"),
        Quiet("id", Text, "Id in LiteLLM's database"),
        Quiet("is_from_config", Bool, "LiteLLM's own mark"));
}
