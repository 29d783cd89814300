using static Weir.Gateway.Config.Schema.SchemaWords;

namespace Weir.Gateway.Config.Schema;

/// <summary><c>weir_settings</c>: what LiteLLM has no word for. LiteLLM passes over a section that it does not know, so one file serves both.</summary>
internal static class WeirSettingsKeys
{
    /// <summary>The section.</summary>
    public static readonly ConfigSection Section = new(
        "weir_settings", false,
        Served("metrics_port", Int, "Own port for /metrics"),
        Served("durability", Text, "What a finished request's row survives") with { Choices = ["process", "disk", "store"] },
        Served("azure_compat", Text, "Azure's first chunk without choices: passed on, or stripped") with { Choices = ["pass", "strip"] },
        Served("price_file", Text, "Price file that wins over the embedded one"),
        Served("trusted_proxies", TextList, "Proxies whose X-Forwarded-For is believed: addresses or networks"),
        Served("upload_folder", Text, "Where forms with files lie while they are served; else in the data folder"),
        Served("realtime_max_message_mb", Number, "Longest message of a realtime session, either way, in megabytes; usually 16"),
        Served("realtime_idle_timeout", Number, "A realtime session in which nobody says anything for so many seconds is closed; usually 900"),
        Served("vendor_prefixes", Bool, "Vendors' own APIs under /openai, /anthropic, ...; false takes them away"),
        Served("retry_after_cap", Number, "Longest cooldown that an upstream's Retry-After may cause, in seconds"));
}
