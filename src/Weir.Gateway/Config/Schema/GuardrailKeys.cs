using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary>One entry of <c>guardrails</c>, in its documented form and in the flat form without <c>litellm_params</c>.</summary>
internal static class GuardrailKeys
{
    private static readonly ConfigKey[] Params =
    [
        Quiet("guardrail", Text, "Kind of guardrail"),
        Quiet("mode", Any, "When it looks: pre_call, during_call, post_call, logging_only, pre_mcp_call and more"),
        Quiet("model", Text, "Model of the service"),
        Quiet("default_on", Bool, "Look at every request"),
        Quiet("api_key", Text, "Key of the service") with { Secret = true },
        Quiet("api_base", Text, "Address of the service"),
        Quiet("timeout", Number, "Longest call of the service"),
        Quiet("unreachable_fallback", Text, "What happens when it can't be reached") with { Choices = ["fail_open", "fail_closed"] },
        Quiet("fail_on_error", Bool, "Refuse when it fails"),
        Quiet("violation_message_template", Text, "Text for the caller"),
        Quiet("skip_system_message_in_guardrail", Bool, "Leave the system message out"),
        Quiet("skip_tool_message_in_guardrail", Bool, "Leave tool messages out"),
        Quiet("mask_request_content", Bool, "Mask instead of refusing"),
        Quiet("mask_response_content", Bool, "Mask instead of refusing"),
        Quiet("experimental_use_latest_role_message_only", Bool, "Look at the last message only"),
        Quiet("optional_params", Map, "More parameters"),
        Quiet("end_session_after_n_fails", Int, "End a session after so many refusals"),
        Quiet("on_violation", Text, "What happens on a refusal"),
        Quiet("rules", List, "Rules of tool_permission"),
        Quiet("default_action", Text, "What happens when no rule fits") with { Choices = ["allow", "deny"] },
        Quiet("on_disallowed_action", Text, "What happens to a denied tool") with { Choices = ["block", "rewrite"] },
        Quiet("pii_entities_config", Map, "What happens to each kind of personal data"),
        Quiet("output_parse_pii", Bool, "Put masked data back into the answer"),
        Quiet("patterns", List, "Patterns of the content filter"),
        Quiet("blocked_words", List, "Words of the content filter"),
    ];

    /// <summary>One guardrail. Open, because each kind has parameters of its own.</summary>
    public static readonly ConfigSection Section = new(
        "guardrails[]", true,
        [
            Quiet("guardrail_name", Text, "Name that requests use"),
            Quiet("litellm_params", Map, "How it works") with { Map = new ConfigSection("guardrails[].litellm_params", true, Params) },
            Quiet("guardrail_info", Map, "Text for GET /guardrails/list"),
            Quiet("guardrail_id", Text, "Fixed id"),
            .. Params,
        ]);
}
