using System.Collections.Immutable;
using Weir.Gateway.Config.Check.Lint;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Binding;

/// <summary>
/// Binds routing. A name under <c>router_settings</c> wins over the same name under <c>litellm_settings</c>;
/// of the latter, only the names that LiteLLM hands to its router count.
/// </summary>
internal sealed class RouterBinder(SectionReader router, SectionReader liteLlm, SectionReader general)
{
    private static readonly (string Name, RoutingStrategy Strategy)[] s_strategies =
    [
        ("simple-shuffle", RoutingStrategy.SimpleShuffle),
        ("least-busy", RoutingStrategy.LeastBusy),
        ("usage-based-routing", RoutingStrategy.UsageBased),
        ("usage-based-routing-v2", RoutingStrategy.UsageBased),
        ("latency-based-routing", RoutingStrategy.LatencyBased),
        ("cost-based-routing", RoutingStrategy.CostBased),
    ];

    /// <summary>Reads all of it.</summary>
    public RouterConfig Bind()
    {
        var usual = new RouterConfig();
        var arguments = router.Section("routing_strategy_args");
        return new RouterConfig
        {
            Strategy = Strategy(router, "routing_strategy") ?? usual.Strategy,
            LatencyTtl = arguments?.Limit("ttl") ?? usual.LatencyTtl,
            LowestLatencyBuffer = arguments?.Double("lowest_latency_buffer") ?? usual.LowestLatencyBuffer,
            GroupStrategies = GroupStrategies(),
            Retries = Either("num_retries").Int("num_retries") ?? usual.Retries,
            RetryAfter = router.Seconds("retry_after") ?? usual.RetryAfter,
            RetryPolicy = PolicyReader.Read(router.Section("retry_policy"), PolicyReader.Retries),
            GroupRetryPolicy = PolicyReader.ReadGroups(router.Section("model_group_retry_policy")),
            AllowedFails = Either("allowed_fails").Int("allowed_fails"),
            AllowedFailsPolicy = PolicyReader.Read(router.Section("allowed_fails_policy"), PolicyReader.AllowedFails),
            Cooldown = Either("cooldown_time").Seconds("cooldown_time") ?? usual.Cooldown,
            DisableCooldowns = router.Bool("disable_cooldowns") ?? false,
            Fallbacks = FallbackReader.Read(Either("fallbacks"), "fallbacks"),
            ContextWindowFallbacks = FallbackReader.Read(Either("context_window_fallbacks"), "context_window_fallbacks"),
            ContentPolicyFallbacks = FallbackReader.Read(Either("content_policy_fallbacks"), "content_policy_fallbacks"),
            DefaultFallbacks = Either("default_fallbacks").Texts("default_fallbacks"),
            MaxFallbacks = Either("max_fallbacks").Int("max_fallbacks") ?? usual.MaxFallbacks,
            Aliases = Aliases(),
            EnablePreCallChecks = router.Bool("enable_pre_call_checks") ?? false,
            EnableTagFiltering = router.Bool("enable_tag_filtering") ?? false,
            TagMatchAny = router.Bool("tag_filtering_match_any") ?? usual.TagMatchAny,
            Timeouts = Timeouts(usual.Timeouts),
            DefaultMaxParallelRequests = router.Int("default_max_parallel_requests", 1),
            EnableHealthCheckRouting = Health("enable_health_check_routing").Bool("enable_health_check_routing") ?? false,
            HealthCheckStaleness = Health("health_check_staleness_threshold").Limit("health_check_staleness_threshold") ?? usual.HealthCheckStaleness,
            BackgroundHealthChecks = general.Bool("background_health_checks") ?? false,
            HealthCheckInterval = general.Limit("health_check_interval") ?? usual.HealthCheckInterval,
        };
    }

    private SectionReader Either(string name) => router.Has(name) ? router : liteLlm;

    private SectionReader Health(string name) => router.Has(name) ? router : general;

    private TimeoutConfig Timeouts(TimeoutConfig usual) => new()
    {
        Total = router.Limit("timeout") ?? liteLlm.Limit("request_timeout") ?? usual.Total,
        Stream = router.Limit("stream_timeout"),
        FirstToken = router.Limit("ttft_timeout"),
        StreamIdle = router.Limit("stream_idle_timeout"),
    };

    private static RoutingStrategy? Strategy(SectionReader section, string name)
    {
        if (section.Text(name) is not { } text || section.Map.Find(name) is not { } node)
        {
            return null;
        }

        var index = Array.FindIndex(s_strategies, item => string.Equals(item.Name, text, StringComparison.Ordinal));
        if (index >= 0)
        {
            return s_strategies[index].Strategy;
        }

        var names = Array.ConvertAll(s_strategies, static item => item.Name);
        section.Warn(
            BindingCodes.UnknownStrategy, node, name, $"There is no strategy '{text}'; simple-shuffle is used.", node.Describe(), string.Join(", ", names),
            Array.Find(names, item => item.StartsWith(text, StringComparison.Ordinal) || item.StartsWith(text.Replace('_', '-'), StringComparison.Ordinal))
                ?? NearestName.Find(text, names));
        return null;
    }

    private ImmutableDictionary<string, RoutingStrategy> GroupStrategies()
    {
        var found = ImmutableDictionary.CreateBuilder<string, RoutingStrategy>(StringComparer.Ordinal);
        if (router.Map.Find("routing_groups") is not { } node)
        {
            return found.ToImmutable();
        }

        if (node is not ConfigList list)
        {
            router.Wrong(node, "routing_groups", "a list of maps with models and routing_strategy");
            return found.ToImmutable();
        }

        for (var i = 0; i < list.Items.Length; i++)
        {
            if (list.Items[i] is not ConfigMap map)
            {
                router.Wrong(list.Items[i], $"routing_groups[{i}]", "a map with models and routing_strategy");
                continue;
            }

            var group = router.Below(map, $"routing_groups[{i}]");
            if (Strategy(group, "routing_strategy") is { } strategy)
            {
                foreach (var model in group.Texts("models"))
                {
                    found[model] = strategy;
                }
            }
        }

        return found.ToImmutable();
    }

    private ImmutableDictionary<string, ModelAlias> Aliases()
    {
        var found = ImmutableDictionary.CreateBuilder<string, ModelAlias>(StringComparer.Ordinal);
        ReadAliases(liteLlm.Section("model_alias_map"), found);
        ReadAliases(router.Section("model_group_alias"), found);
        return found.ToImmutable();
    }

    private static void ReadAliases(SectionReader? section, ImmutableDictionary<string, ModelAlias>.Builder found)
    {
        if (section is null)
        {
            return;
        }

        foreach (var entry in section.Map.Entries)
        {
            switch (entry.Value)
            {
                case ConfigScalar { IsNull: false } target:
                    found[entry.Name] = new ModelAlias(target.Text, Hidden: false);
                    break;
                case ConfigMap when section.Section(entry.Name) is { } alias && alias.Text("model") is { } model:
                    found[entry.Name] = new ModelAlias(model, alias.Bool("hidden") ?? false);
                    break;
                case { IsNull: true }:
                    break;
                default:
                    section.Warn(
                        BindingCodes.AliasShape, entry.Value, entry.Name,
                        $"The alias '{entry.Name}' is left out: an alias stands for one model group. To share load, give several model_list entries the same model_name; "
                        + "to try one after the other, use fallbacks.",
                        entry.Value.Describe(), "the name of a group, or {model, hidden}");
                    break;
            }
        }
    }
}
