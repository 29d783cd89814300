using System.Collections.Immutable;
using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary>Every key of LiteLLM's configuration: the one list that the linter, the JSON Schema and the documentation read.</summary>
internal static class ConfigSchema
{
    private const string NoRoutes = "Its routes are not opened in this build.";

    private static readonly ConfigSection VectorStore = new(
        "vector_store_registry[]", true, Quiet("vector_store_name", Text, "Name"), Quiet("litellm_params", Map, "Where it is"));

    private static readonly ConfigSection SearchTool = new(
        "search_tools[]", true, Quiet("search_tool_name", Text, "Name"), Quiet("litellm_params", Map, "Which service"));

    private static readonly ConfigSection Credential = new(
        "credential_list[]", false,
        Served("credential_name", Text, "Name that litellm_credential_name uses"),
        Served("credential_values", Map, "Values that are merged into litellm_params") with { Map = ModelListKeys.LiteLlmParams },
        Served("credential_info", Map, "Notes: description, custom_llm_provider"));

    /// <summary>The top level.</summary>
    public static readonly ConfigSection TopLevel = new(
        "the top level", false,
        Served("model_list", List, "The deployments") with { Items = ModelListKeys.Entry },
        Served("litellm_settings", Map, "Behaviour of requests and logging") with { Map = LiteLlmSettingsKeys.Section },
        Served("router_settings", Map, "Routing, retries and fallbacks") with { Map = RouterSettingsKeys.Section },
        Served("general_settings", Map, "The proxy itself") with { Map = GeneralSettingsKeys.Section },
        Served("weir_settings", Map, "What only Weir has; LiteLLM passes over it") with { Map = WeirSettingsKeys.Section },
        Served("environment_variables", Map, "Variables that os.environ/NAME finds first") with { Secret = true },
        Served("include", Texts, "Files whose sections are added"),
        Served("credential_list", List, "Named credentials") with { Items = Credential },
        Ignored("mcp_servers", Map, "MCP servers", "MCP servers are not served by this build: none of their tools is reachable through it.") with { Values = McpServerKeys.Section },
        Ignored("mcp_tools", List, "Tools written in Python", "Python can't be loaded: offer them from an MCP server."),
        Restricts("guardrails", List, "guardrails") with { Items = GuardrailKeys.Section },
        Restricts("policies", Map, "policies that apply guardrails"),
        Quiet("policy_attachments", List, "To whom policies apply"),
        Ignored("callback_settings", Map, "Settings of callbacks", "Prompts and replies are never sent to a callback."),
        Ignored("vector_store_registry", List, "Vector stores", NoRoutes) with { Items = VectorStore },
        Ignored("search_tools", List, "Search services", NoRoutes) with { Items = SearchTool },
        Served("files_settings", List, "Accounts for files and batches") with { Items = ModelListKeys.LiteLlmParams },
        Ignored("finetune_settings", List, "Where fine-tuning goes", NoRoutes),
        Ignored("assistant_settings", Map, "Where assistants go", NoRoutes),
        Served("default_vertex_config", Map, "Project, location and credentials of /vertex_ai when no model brings them") with { Map = ModelListKeys.LiteLlmParams },
        Ignored("prompts", List, "Managed prompts", NoRoutes),
        Ignored("agents", List, "Agents (A2A)", NoRoutes),
        Ignored("agent_list", List, "Agents (A2A)", NoRoutes),
        Ignored("worker_registry", Any, "Workers of a control plane", NoRoutes));

    /// <summary>Where a key may belong, the likelier place first; used for keys that stand elsewhere.</summary>
    public static readonly ImmutableArray<(string Place, ConfigSection Section)> Places =
    [
        ("litellm_settings", LiteLlmSettingsKeys.Section),
        ("router_settings", RouterSettingsKeys.Section),
        ("general_settings", GeneralSettingsKeys.Section),
        ("the top level", TopLevel),
        ("litellm_settings.cache_params", LiteLlmSettingsKeys.CacheParams),
        ("model_list[].litellm_params", ModelListKeys.LiteLlmParams),
        ("model_list[].model_info", ModelListKeys.ModelInfo),
    ];

    /// <summary>Sections whose repeated keys are an error: a lost entry there lets more through.</summary>
    public static readonly ImmutableArray<string> SecuritySections = ["guardrails", "general_settings", "mcp_servers", "policies", "policy_attachments"];
}
