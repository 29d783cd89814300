using Weir.Gateway.Config.Check.Lint;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Finds the provider of <c>litellm_params.model</c> as LiteLLM does: the named provider, else the text before the first slash,
/// else the price book, else the vendor whose address <c>api_base</c> is.
/// </summary>
internal sealed class ProviderResolver(BindingSources sources)
{
    /// <summary>Prefixes of LiteLLM's that speak OpenAI's wire format, so that <c>openai/</c> with an address reaches them today.</summary>
    private static readonly HashSet<string> s_openAICompatible = new(StringComparer.Ordinal)
    {
        "abliteration", "ai21_chat", "aiml", "anyscale", "apertis", "baseten", "chutes", "clarifai", "cometapi", "compactifai", "datarobot", "docker_model_runner", "empower", "featherless_ai",
        "friendliai", "galadriel", "gmi", "helicone", "heroku", "hyperbolic", "infinity", "lambda_ai", "lemonade", "meta_llama", "minimax", "morph", "nano-gpt",
        "nscale", "ovhcloud", "poe", "publicai", "sarvam", "scaleway", "synthetic", "v0", "vercel_ai_gateway", "vllm", "wandb", "xiaomi_mimo", "xinference", "azure_ai",
        "huggingface", "snowflake", "oobabooga",
    };

    /// <summary>Prefixes that name where a prompt is kept, with the model after them.</summary>
    private static readonly HashSet<string> s_promptStores = new(StringComparer.Ordinal)
    {
        "langfuse", "humanloop", "dotprompt", "bitbucket", "gitlab", "arize_phoenix", "generic_prompt_management", "custom_prompt",
    };

    /// <summary>Owners of model repositories whose names people take for providers.</summary>
    private static readonly HashSet<string> s_modelOwners = new(StringComparer.OrdinalIgnoreCase)
    {
        "01-ai", "ai21labs", "allenai", "baai", "bartowski", "bigcode", "casperhansen", "cognitivecomputations", "cohereforai", "deepseek-ai",
        "eleutherai", "google", "ggml-org", "huggingfaceh4", "huggingfacetb", "ibm-granite", "intfloat", "internlm", "jinaai", "liquidai",
        "lmsys", "meta-llama", "microsoft", "minimaxai", "mistralai", "moonshotai", "neuralmagic", "nomic-ai", "nousresearch", "nvidia",
        "openai-community", "openbmb", "openchat", "qwen", "redhatai", "salesforce", "sentence-transformers", "stabilityai", "stepfun-ai",
        "teknium", "thebloke", "thudm", "tiiuae", "unsloth", "upstage", "xai-org", "zai-org", "zhipu", "zhipuai",
    };

    /// <summary>The provider of a model.</summary>
    /// <param name="model"><c>litellm_params.model</c> after substitution.</param>
    /// <param name="customProvider"><c>custom_llm_provider</c>, or null.</param>
    /// <param name="apiBase">The deployment's address, or null.</param>
    /// <param name="customHandlers">Providers that <c>custom_provider_map</c> hands to Python code.</param>
    public ProviderChoice Resolve(string model, string? customProvider, Uri? apiBase, IReadOnlySet<string> customHandlers)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash > 0 ? model[..slash] : "";
        if (customProvider is not null)
        {
            var bare = string.Equals(prefix, customProvider, StringComparison.Ordinal) ? model[(slash + 1)..] : model;
            return sources.FindProvider(customProvider) is { } named
                ? ProviderChoice.Of(named, bare)
                : Missing(customProvider, model, bare, customHandlers, "custom_llm_provider");
        }

        if (slash > 0 && sources.FindProvider(prefix) is { } provider)
        {
            return slash == model.Length - 1
                ? ProviderChoice.None(BindingCodes.NoProvider, $"The model '{model}' names a provider and no model: write '{prefix}/MODEL'.")
                : ProviderChoice.Of(provider, model[(slash + 1)..]);
        }

        if (prefix == "auto_router")
        {
            return ProviderChoice.None(
                BindingCodes.RouterNotServed,
                $"'{model}' asks for a router that picks the model by the prompt (auto, complexity, adaptive or plugin router); Weir has none. "
                + "Name the models in this group and choose with router_settings.routing_strategy, or let the client name the model.");
        }

        if (s_promptStores.Contains(prefix))
        {
            return ProviderChoice.None(
                BindingCodes.ProviderNotServed,
                $"'{model}' takes its prompt from {prefix}, which this build does not do. Write the model alone, such as 'openai/{model[(slash + 1)..]}', and let the client send the prompt.");
        }

        if (slash > 0 && (customHandlers.Contains(prefix) || ProviderCatalog.KnownElsewhere.Contains(prefix)))
        {
            return Missing(prefix, model, model[(slash + 1)..], customHandlers, "model");
        }

        if ((sources.ProviderOfModel(model) ?? ModelFamilies.Find(model, apiBase is not null)) is { } known)
        {
            return sources.FindProvider(known) is { } priced
                ? ProviderChoice.Of(priced, model)
                : Missing(known, model, model, customHandlers, "price book");
        }

        return ByAddress(model, apiBase) ?? (slash > 0 ? Unknown(prefix, model, apiBase) : NoPrefix(model, apiBase));
    }

    private ProviderChoice Missing(string name, string model, string bare, IReadOnlySet<string> customHandlers, string said)
    {
        if (customHandlers.Contains(name))
        {
            return ProviderChoice.None(
                BindingCodes.ProviderNotServed,
                $"'{name}' is a provider of your own in Python (litellm_settings.custom_provider_map); Weir runs no Python. "
                + $"Serve it over an OpenAI-compatible address and write 'openai/{bare}' with api_base.");
        }

        if (ProviderCatalog.KnownElsewhere.Contains(name))
        {
            var way = s_openAICompatible.Contains(name)
                ? $" Its OpenAI-compatible address works today: write 'openai/{bare}' with api_base."
                : "";
            return ProviderChoice.None(BindingCodes.ProviderNotServed, $"LiteLLM's provider '{name}' (for '{model}') is not served by this build.{way}");
        }

        return said == "custom_llm_provider"
            ? ProviderChoice.None(BindingCodes.UnknownProvider, $"custom_llm_provider '{name}' is no provider.", Nearest(name))
            : ProviderChoice.None(BindingCodes.ProviderNotServed, $"The provider '{name}' (for '{model}') is not served by this build.");
    }

    private ProviderChoice? ByAddress(string model, Uri? apiBase)
    {
        if (apiBase is null || apiBase.IsLoopback)
        {
            return null;
        }

        foreach (var name in sources.ProviderNames)
        {
            if (sources.FindProvider(name) is { } provider
                && provider.BaseAddress(new ProviderAddress(null, null, model)) is { } home
                && string.Equals(home.Host, apiBase.Host, StringComparison.OrdinalIgnoreCase)
                && provider is IChatProvider)
            {
                return ProviderChoice.Of(provider, model);
            }
        }

        return null;
    }

    private ProviderChoice Unknown(string prefix, string model, Uri? apiBase)
    {
        if (s_modelOwners.Contains(prefix))
        {
            return ProviderChoice.None(
                BindingCodes.UnknownProvider,
                $"LLM Provider NOT provided: '{prefix}/' in '{model}' is the owner of a model repository, not a provider. Put the server's provider before it: "
                + (apiBase is null ? $"'hosted_vllm/{model}', 'openrouter/{model}' or 'openai/{model}' with api_base." : $"'openai/{model}' or 'hosted_vllm/{model}'."));
        }

        return ProviderChoice.None(
            BindingCodes.UnknownProvider,
            $"LLM Provider NOT provided: '{prefix}' in '{model}' is no provider that Weir or LiteLLM knows. "
            + "For any OpenAI-compatible server write 'openai/MODEL' with api_base.",
            Nearest(prefix) is { } near ? $"'{near}/{model[(prefix.Length + 1)..]}'" : null);
    }

    private static ProviderChoice NoPrefix(string model, Uri? apiBase) => ProviderChoice.None(
        BindingCodes.NoProvider,
        $"LLM Provider NOT provided. Pass in the LLM provider you are trying to call. You passed model={model}. "
        + (apiBase is null ? $"Write 'PROVIDER/{model}', such as 'openai/{model}'." : $"Write 'openai/{model}' for an OpenAI-compatible server at that api_base."));

    private string? Nearest(string name) =>
        NearestName.Find(name, [.. sources.ProviderNames, .. ProviderCatalog.KnownElsewhere]);
}
