using System.Collections.Frozen;
using Weir.Gateway.Config.Yaml;

namespace Weir.Gateway.Config.Check.Lint;

/// <summary>Callbacks: which are built in, which are replaced by OpenTelemetry, and which guard requests.</summary>
internal sealed class CallbackRules(CheckOptions options, ConfigProblems problems)
{
    private static readonly string[] Lists = ["callbacks", "success_callback", "failure_callback"];

    private static readonly FrozenSet<string> BuiltIn = new[] { "prometheus", "otel", "opentelemetry" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Guards = new[]
    {
        "presidio", "presidio_pii_masking", "hide_secrets", "detect_prompt_injection", "lakera_prompt_injection", "llamaguard_moderations", "llmguard_moderations",
        "google_text_moderation", "openai_moderations", "azure_content_safety", "aporia_prompt_injection", "banned_keywords", "blocked_user_check",
        "dynamic_rate_limiter", "dynamic_rate_limiter_v3", "batch_redis_requests", "max_budget_limiter", "parallel_request_limiter", "budget_manager",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>They change requests or answers instead of reporting them, so no exporter replaces them.</summary>
    private static readonly FrozenSet<string> Changes = new[]
    {
        "websearch_interception", "compression_interception", "vector_store_pre_call_hook", "anthropic_cache_control_hook", "responses_id_security",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Mail = new[] { "smtp_email", "sendgrid_email", "resend_email" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] GuardWords =
        ["guard", "pii", "presidio", "moderat", "redact", "mask", "filter", "auth", "block", "policy", "secret", "shield", "sanitiz", "limit", "budget", "anonym", "inject"];

    /// <summary>Reports what is wrong.</summary>
    public void Run(ConfigMap root)
    {
        if (root.FindMap("litellm_settings") is not { } settings)
        {
            return;
        }

        foreach (var list in Lists)
        {
            var path = $"litellm_settings.{list}";
            switch (settings.Find(list))
            {
                case ConfigScalar one:
                    Check(one, list, path);
                    break;
                case ConfigList many:
                    for (var i = 0; i < many.Items.Length; i++)
                    {
                        switch (many.Items[i])
                        {
                            case ConfigScalar { IsNull: false } item:
                                Check(item, list, ConfigPath.Item(path, i));
                                break;
                            case ConfigMap settingsOfOne:
                                foreach (var entry in settingsOfOne.Entries)
                                {
                                    Check(entry.Key, list, ConfigPath.Item(path, i));
                                }

                                break;
                        }
                    }

                    break;
            }
        }
    }

    private void Check(ConfigScalar callback, string list, string path)
    {
        var name = callback.Text;
        if (callback.MissingVariable is not null || BuiltIn.Contains(name))
        {
            return;
        }

        var python = name.Contains('.', StringComparison.Ordinal);
        if (Guards.Contains(name) || (python && list == "callbacks" && Array.Exists(GuardWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            ReportGuard(callback, python, path);
        }
        else if (python)
        {
            problems.Warning(
                "python-callback", callback.Position, path,
                $"The callback '{callback.Shown}' is Python, which can't be loaded. For logs, traces and metrics set callbacks: [otel] and OTEL_EXPORTER_OTLP_ENDPOINT, or read /metrics."
                + (list == "callbacks" ? " If it also changes or refuses requests, that does not happen here." : ""),
                suggestion: "'otel'");
        }
        else if (Changes.Contains(name))
        {
            problems.Warning("callback-not-served", callback.Position, path, $"The callback '{callback.Shown}' changes requests or answers, which this build does not do: they pass as they came.");
        }
        else if (Mail.Contains(name))
        {
            problems.Warning("callback-not-served", callback.Position, path, $"The callback '{callback.Shown}' sends e-mail, which this build does not do. Alert on /metrics instead.");
        }
        else
        {
            problems.Warning(
                "callback-not-served", callback.Position, path,
                $"The callback '{callback.Shown}' is not built in; nothing is sent to it. Send OpenTelemetry instead: callbacks: [otel] with OTEL_EXPORTER_OTLP_ENDPOINT (and OTEL_EXPORTER_OTLP_HEADERS) set to its OTLP intake, or to a collector that forwards.",
                suggestion: name.StartsWith("prom", StringComparison.Ordinal) ? "'prometheus'" : "'otel'");
        }
    }

    private void ReportGuard(ConfigScalar callback, bool python, string path)
    {
        var message = python
            ? $"The callback '{callback.Shown}' is Python, which can't be loaded, and its name says that it guards requests. Run it as a separate service in front of the models, or replace it by a built-in guardrail when there is one."
            : $"The callback '{callback.Shown}' guards requests, and this build does not enforce it.";
        problems.Add(new ConfigProblem(
            "not-enforced",
            options.AllowUnenforced ? ProblemSeverity.Warning : ProblemSeverity.Error,
            callback.Position,
            options.AllowUnenforced ? message + " It is ignored because of --allow-unenforced." : message + " Remove it, or start with --allow-unenforced to run without this protection.")
        {
            Path = path,
        });
    }
}
