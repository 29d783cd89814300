using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary>The entries of <c>model_list</c>.</summary>
internal static class ModelListKeys
{
    private static readonly string[] PriceNames =
    [
        "input_cost_per_token", "output_cost_per_token", "input_cost_per_second", "output_cost_per_second",
        "cache_read_input_token_cost", "cache_read_input_audio_token_cost", "cache_creation_input_token_cost", "input_cost_per_image", "output_cost_per_image",
        "input_cost_per_character", "output_cost_per_character", "input_cost_per_audio_token", "output_cost_per_audio_token",
        "input_cost_per_pixel", "output_cost_per_pixel", "input_cost_per_query", "input_cost_per_image_token", "output_cost_per_image_token", "output_cost_per_reasoning_token",
        "input_cost_per_token_batches", "output_cost_per_token_batches",
    ];

    private static readonly string[] Vision =
    [
        "supports_vision", "supports_function_calling", "supports_parallel_function_calling", "supports_tool_choice", "supports_response_schema",
        "supports_system_messages", "supports_prompt_caching", "supports_audio_input", "supports_audio_output", "supports_pdf_input",
        "supports_reasoning", "supports_web_search", "supports_images", "supports_native_streaming", "supports_assistant_prefill",
        "supports_embedding_image_input", "supports_computer_use", "supports_url_context",
    ];

    private static readonly string[] BodyParams =
    [
        "temperature", "max_tokens", "max_completion_tokens", "top_p", "top_k", "min_p", "n", "stop", "seed", "presence_penalty",
        "frequency_penalty", "repetition_penalty", "logit_bias", "logprobs", "top_logprobs", "response_format", "tools", "tool_choice",
        "parallel_tool_calls", "reasoning_effort", "thinking", "user", "service_tier", "store", "stream", "stream_options",
        "modalities", "audio", "prediction", "verbosity", "web_search_options", "dimensions", "encoding_format", "input_type", "num_ctx",
        "keep_alive", "safety_settings", "voice", "format", "options", "think", "chat_template_kwargs", "provider", "cache_control_injection_points",
    ];

    private static readonly string[] Modes =
    [
        "chat", "completion", "embedding", "image_generation", "audio_transcription", "audio_speech", "rerank", "moderation", "realtime",
        "batch", "ocr", "responses", "search", "vector_store", "video_generation", "image_edit",
    ];

    /// <summary><c>litellm_params</c>: names that are not listed are parameters of the provider, sent as they are.</summary>
    public static readonly ConfigSection LiteLlmParams = new(
        "litellm_params", true,
        [
            Served("model", Text, "provider/model, as the upstream calls it"),
            Served("api_key", Text, "Key for the upstream") with { Secret = true },
            Served("api_base", Text, "Base address of the upstream"),
            Served("base_url", Text, "The same as api_base"),
            Served("api_version", Text, "Azure's api-version"),
            Served("organization", Text, "OpenAI organization"),
            Served("custom_llm_provider", Text, "Provider, when the model has no prefix"),
            Served("base_model", Text, "Name in the price book; that of model_info wins"),
            Served("headers", Map, "Headers of every call") with { Secret = true },
            Served("extra_headers", Map, "Headers of every call") with { Secret = true },
            Served("extra_body", Map, "Body members of every call"),
            Served("litellm_credential_name", Text, "Name of an entry of credential_list"),
            Served("azure_ad_token", Text, "Entra token as text, or oidc/file/PATH, oidc/env/NAME, oidc/env_path/NAME for a token to exchange") with { Secret = true },
            Served("tenant_id", Text, "Entra directory"),
            Served("client_id", Text, "Entra application or managed identity"),
            Served("client_secret", Text, "Secret of the application") with { Secret = true },
            Served("client_certificate_path", Text, "Certificate of the application, a file"),
            Served("azure_scope", Text, "Scope of the Entra token"),
            Served("rpm", Number, "Requests per minute that the deployment can take"),
            Served("tpm", Number, "Tokens per minute that the deployment can take"),
            Served("weight", Number, "Share of the load"),
            Served("order", Int, "Priority level; the lowest is tried first"),
            Served("max_parallel_requests", Int, "Calls in flight at most"),
            Served("timeout", Number, "Longest whole call, in seconds"),
            Served("stream_timeout", Number, "Longest wait for the first chunk of a stream, in seconds"),
            Served("ttft_timeout", Number, "Longest wait for the first content token, in seconds"),
            Served("stream_idle_timeout", Number, "Longest silence between two chunks, in seconds"),
            Served("max_retries", Int, "Retries of this deployment"),
            Served("num_retries", Int, "Retries of this deployment"),
            Served("cooldown_time", Number, "How long it rests after failures, in seconds"),
            Served("tags", TextList, "Tags for tag routing"),
            .. PriceNames.Select(static name => Served(name, Number, "Price in USD per unit; wins over the price book")),
            Served("drop_params", Bool, "Drop parameters that the provider does not take"),
            Served("additional_drop_params", TextList, "Body members that are taken out of every request"),
            Served("configurable_clientside_auth_params", List, "Endpoint and credential members that the client may set"),
            Served("mock_response", Any, "Answer this without calling anyone"),
            Served("ssl_verify", ValueTypes.Bool | Text, "Verify the upstream's certificate; or a CA file"),
            .. BodyParams.Select(static name => Served(name, Any, "Body member that is set when the request does not set it")),
            Restricts("guardrails", TextList, "guardrails of this model"),
            Limit("max_budget", "a budget of this deployment"),
            Quiet("budget_duration", Text, "Period of max_budget"),
            Quiet("silent_model", Text, "Mirror the traffic to another model; refused"),
            Ignored("keepalive_seconds", Number, "Seconds between keep-alive lines of a stream"),
            Ignored("allow_client_keepalive_override", Bool, "Let the client set them"),
            Ignored("azure_username", Text, "Entra user", "Sign in with a workload identity, a managed identity or a client secret."),
            Ignored("azure_password", Text, "Password of the Entra user", "Sign in with a workload identity, a managed identity or a client secret.") with { Secret = true },
            Ignored("region_name", Text, "Region of the deployment"),
            Ignored("allowed_openai_params", TextList, "Parameters that pass although the provider does not name them", "Parameters pass unless drop_params takes them out."),
            Ignored("merge_reasoning_content_in_choices", Bool, "Put the reasoning text into the content"),
            Quiet("use_in_pass_through", Bool, "Use its credential on pass-through routes: every deployment's is"),
            Ignored("max_file_size_mb", Number, "Largest uploaded file", "The largest upload is set for all models, in general_settings."),
            Ignored("metadata", Map, "Notes on the call for LiteLLM's callbacks", "It is not sent to the model: what is meant for the vendor goes into extra_body."),
            Ignored("mock_timeout", ValueTypes.Bool | Number, "Pretend a timeout"),
            Ignored("use_chat_completions_api", Bool, "Use chat completions upstream"),
            Ignored("complexity_router_config", Map, "Rules of the complexity router", "Automatic routers are not served."),
            Served("aws_access_key_id", Text, "Access key at AWS") with { Secret = true },
            Served("aws_secret_access_key", Text, "Secret of the access key") with { Secret = true },
            Served("aws_session_token", Text, "Session token of temporary keys") with { Secret = true },
            Served("aws_region_name", Text, "AWS region; else AWS_REGION_NAME, AWS_REGION or AWS_DEFAULT_REGION"),
            Served("aws_role_name", Text, "ARN of a role to assume"),
            Served("aws_session_name", Text, "Name of the assumed session"),
            Served("aws_external_id", Text, "External id that the role asks for"),
            Served("aws_profile_name", Text, "Profile in the shared credentials file"),
            Served("aws_web_identity_token", Text, "Where the web identity token is: oidc/file/PATH, oidc/env/NAME, oidc/env_path/NAME, or a path"),
            Served("aws_sts_endpoint", Text, "Address of the token service"),
            Served("aws_bedrock_runtime_endpoint", Text, "Address of Bedrock instead of the region's"),
            Served("vertex_project", Text, "Google Cloud project; else VERTEXAI_PROJECT, or the one in the credentials"),
            Served("vertex_location", Text, "Vertex location such as europe-west4 or global; else VERTEXAI_LOCATION"),
            Served("vertex_credentials", Text | Map, "Credentials: a file, its JSON, or the same as YAML; else GOOGLE_APPLICATION_CREDENTIALS") with { Secret = true },
            .. new[] { "vertex_ai_project", "vertex_ai_location", "vertex_ai_credentials" }
                .Select(static name => Ignored(name, Text | Map, "The same under its old name", "Write it without 'ai_'.") with { Secret = name == "vertex_ai_credentials" }),
        ]);

    /// <summary><c>model_info</c>: free-form names are kept and returned by <c>/model/info</c>.</summary>
    public static readonly ConfigSection ModelInfo = new(
        "model_info", true,
        [
            Served("id", Text | Int, "Fixed id of the deployment"),
            Served("mode", Text, "Kind of model") with { Choices = [.. Modes] },
            Served("base_model", Text, "Name in the price book"),
            Served("rpm", Number, "Requests per minute, for the usage-based strategies only"),
            Served("tpm", Number, "Tokens per minute, for the usage-based strategies only"),
            Served("access_groups", TextList, "Model access groups"),
            Served("max_input_tokens", Int, "Context window in tokens"),
            Served("max_output_tokens", Int, "Longest answer in tokens"),
            Served("max_tokens", Int, "Longest answer in tokens"),
            .. Vision.Select(static name => Served(name, Bool, "What the model can do")),
            .. PriceNames.Select(static name => Served(name, Number, "Price in USD per unit; wins over the price book")),
            Served("health_check_model", Text, "Model that is probed instead"),
            Served("disable_background_health_check", Bool, "Leave it out of background probes"),
            Ignored("health_check_timeout", Number, "Longest probe, in seconds"),
            Ignored("health_check_max_tokens", Int, "Tokens that a probe asks for"),
            Ignored("health_check_voice", Text, "Voice of a speech probe"),
            Restricts("team_id", Text, "the team that alone may use the model", "Teams are not served by this build: everyone with the master key would reach it."),
            Restricts("supported_environments", TextList, "the environments in which the model is offered", "This build would offer it everywhere: keep it in the file of its environment."),
        ]);

    /// <summary>One entry.</summary>
    public static readonly ConfigSection Entry = new(
        "model_list[]", false,
        Served("model_name", Text, "Public name, the model group; the same name again shares the load"),
        Served("litellm_params", Map, "How the upstream is called") with { Map = LiteLlmParams },
        Served("model_info", Map, "What is known about the model") with { Map = ModelInfo },
        Served("rpm", Number, "The same as litellm_params.rpm, which wins"),
        Served("tpm", Number, "The same as litellm_params.tpm, which wins"));
}
