using System.Collections.Immutable;
using System.Net;
using Weir.Gateway.Config.Yaml;
using Weir.Providers;

namespace Weir.Gateway.Config.Binding;

/// <summary>Binds who may call, how requests behave and what is measured.</summary>
internal sealed class SettingsBinder(SectionReader general, SectionReader liteLlm, SectionReader weir, BindingSources sources)
{
    /// <summary>Environment form of <c>dangerously_permit_weak_or_unset_master_key</c>.</summary>
    public const string PermitWeakVariable = "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY";

    private const double MostUploadBytes = 1L << 40;

    private static readonly string[] s_callbackLists = ["callbacks", "success_callback", "failure_callback", "service_callback"];

    /// <summary>Admission.</summary>
    public AccessConfig Access()
    {
        var usual = new AccessConfig();
        return new AccessConfig
        {
            MasterKey = general.Secret("master_key"),
            PermitWeakMasterKey = general.Bool("dangerously_permit_weak_or_unset_master_key") ?? Flag(PermitWeakVariable),
            KeyHeaderName = general.Text("litellm_key_header_name"),
            AllowedAddresses = Networks(general, "allowed_ips"),
            TrustedProxies = [.. Networks(weir, "trusted_proxies"), .. general.Bool("use_x_forwarded_for") == true ? Networks(general, "mcp_trusted_proxy_ranges") : []],
            AllowedRoutes = general.Texts("allowed_routes"),
            AdminOnlyRoutes = general.Texts("admin_only_routes"),
            EnforceFallbackModelAccess = general.Bool("enforce_fallback_model_access") ?? false,
            EndUserBudgetId = liteLlm.Text("max_end_user_budget_id"),
            KeyDefaults = Json("default_key_generate_params"),
            KeyBounds = Json("upperbound_key_generate_params"),
            TeamDefaults = Json("default_team_params"),
            UserDefaults = Json("default_internal_user_params"),
            RequireAuthForMetrics = liteLlm.Bool("require_auth_for_metrics_endpoint") ?? false,
            MaxRequestBytes = Megabytes("max_request_size_mb", int.MaxValue) ?? usual.MaxRequestBytes,
            // Who bounds requests means files too, unless they have a bound of their own.
            MaxUploadBytes = Megabytes("max_file_size_mb", MostUploadBytes) ?? Megabytes("max_request_size_mb", MostUploadBytes) ?? usual.MaxUploadBytes,
        };
    }

    private long? Megabytes(string name, double most) => general.Double(name) is > 0 and { } megabytes ? (long)Math.Min(megabytes * (1L << 20), most) : null;

    private ReadOnlyMemory<byte> Json(string name) => liteLlm.Map.Find(name) is ConfigMap map ? NodeJson.Write(map) : default;

    /// <summary>Addresses and networks (<c>10.0.0.0/8</c>). One that can't be read is an error: left out it would shut somebody out, or let somebody in.</summary>
    private static List<IPNetwork> Networks(SectionReader section, string name)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in section.Texts(name))
        {
            if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128));
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (section.Map.Find(name) is { } node)
            {
                section.Wrong(node, name, $"addresses or networks such as 10.0.0.0/8; '{text}' is neither");
            }
        }
        return networks;
    }

    /// <summary>Behaviour of requests.</summary>
    public RequestConfig Request()
    {
        var usual = new RequestConfig();
        var tls = TlsSetting.Read(liteLlm);
        var variable = tls.Verify is null ? VariableTls() : tls;
        return new RequestConfig
        {
            DropParams = liteLlm.Bool("drop_params") ?? false,
            CancelOnDisconnect = general.Bool("cancel_on_disconnect") ?? true,
            AlwaysIncludeStreamUsage = general.Bool("always_include_stream_usage") ?? false,
            IncludeCallIdInErrors = general.Bool("include_call_id_in_error_body") ?? false,
            ExposeRouterDebug = liteLlm.Bool("expose_router_debug_in_errors") ?? usual.ExposeRouterDebug,
            AllowMockTesting = general.Bool("dangerously_allow_mock_testing_request_params") ?? false,
            AzureCompatStrip = Word(weir, "azure_compat", "pass", "strip") == "strip",
            ReturnResponseHeaders = liteLlm.Bool("return_response_headers") ?? usual.ReturnResponseHeaders,
            CompletionModel = general.Text("completion_model"),
            EmbeddingModel = general.Text("embedding_model"),
            ImageModel = general.Text("image_generation_model"),
            ModerationModel = general.Text("moderation_model"),
            RealtimeMessageBytes = weir.Double("realtime_max_message_mb") is > 0 and { } megabytes ? (long)Math.Min(megabytes * (1L << 20), int.MaxValue) : usual.RealtimeMessageBytes,
            RealtimeIdle = weir.Double("realtime_idle_timeout") is > 0 and { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 86400)) : usual.RealtimeIdle,
            UploadFolder = weir.Text("upload_folder"),
            UserHeaderName = general.Text("user_header_name"),
            CaFile = variable.CaFile,
            VerifyTls = variable.Verify ?? true,
            PriceFile = weir.Text("price_file"),
        };
    }

    /// <summary>Logs, metrics, traces.</summary>
    public TelemetryConfig Telemetry()
    {
        var callbacks = s_callbackLists.SelectMany(name => CallbackNames(name)).ToHashSet(StringComparer.Ordinal);
        return new TelemetryConfig
        {
            Prometheus = callbacks.Contains("prometheus"),
            OpenTelemetry = callbacks.Contains("otel") || callbacks.Contains("opentelemetry"),
            JsonLogs = liteLlm.Bool("json_logs") ?? Flag("JSON_LOGS"),
            MetricsPort = weir.Int("metrics_port", 1),
            Durability = Word(weir, "durability", "process", "disk", "store") switch
            {
                "disk" => Durability.Disk,
                "store" => Durability.Store,
                _ => Durability.Process,
            },
        };
    }

    /// <summary>Where rows go.</summary>
    public Secret? DatabaseUrl() =>
        general.Secret("database_url") ?? (sources.Variable("DATABASE_URL") is { Length: > 0 } url ? new Secret(url) : null);

    /// <summary>A list, or one text. An item may be a map that holds one callback's settings under its name.</summary>
    private IEnumerable<string> CallbackNames(string name) => liteLlm.Map.Find(name) switch
    {
        ConfigScalar one => [one.Text],
        ConfigList many => many.Items.SelectMany(static item => item switch
        {
            ConfigScalar { IsNull: false } text => [text.Text],
            ConfigMap map => map.Entries.Select(static entry => entry.Name),
            _ => [],
        }),
        _ => [],
    };

    private TlsSetting VariableTls()
    {
        var file = AddressReader.FirstSet(["SSL_CERT_FILE"], sources.Variable)?.Value;
        return sources.Variable("SSL_VERIFY")?.Trim().ToUpperInvariant() switch
        {
            null or "" or "TRUE" or "1" => new TlsSetting(null, file),
            "FALSE" or "0" => new TlsSetting(false, null),
            _ => new TlsSetting(true, sources.Variable("SSL_VERIFY")),
        };
    }

    private bool Flag(string variable) => sources.Variable(variable)?.Trim() is { } text && (text == "1" || (bool.TryParse(text, out var on) && on));

    private static string? Word(SectionReader section, string name, params string[] allowed)
    {
        if (section.Text(name) is not { } text || section.Map.Find(name) is not { } node)
        {
            return null;
        }

        if (!allowed.Contains(text, StringComparer.Ordinal))
        {
            section.Wrong(node, name, $"one of {string.Join(", ", allowed)}");
        }

        return text;
    }
}
