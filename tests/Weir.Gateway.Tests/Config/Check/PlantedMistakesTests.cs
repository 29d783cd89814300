using System.Text;
using Weir.Gateway.Config.Check;

namespace Weir.Gateway.Tests.Config.Check;

/// <summary>One row for each mistake that <c>weir check</c> must explain: where it stands and what it says.</summary>
public sealed class PlantedMistakesTests
{
    private const string Model = "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-4o\n";

    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal) { ["SET"] = "6379" };

    public static TheoryData<string, string, ProblemSeverity, int, int, string> Mistakes { get; } = new()
    {
        // YAML itself
        { "model_list:\n  - model_name: a\n   litellm_params:\n      model: b\n", "yaml-syntax", ProblemSeverity.Error, 3, 4, "indentation does not fit" },
        { "litellm_settings:\n\tdrop_params: true\n", "yaml-syntax", ProblemSeverity.Error, 2, 1, "a tab can't indent" },
        { "litellm_settings:\n  callbacks: [otel, prometheus\n  drop_params: true\n", "yaml-syntax", ProblemSeverity.Error, 2, 14, "not closed" },
        { "model_list:\n  - model_name: 'gpt\n    litellm_params: {}\n", "yaml-syntax", ProblemSeverity.Error, 2, 17, "a quote is opened" },
        { "model_list:\n  - model_name: *\n    litellm_params: {}\n", "yaml-syntax", ProblemSeverity.Error, 2, 17, "needs quotes around it" },
        { "model_list:\n{{- range .Values.models }}\n  - model_name: a\n", "yaml-syntax", ProblemSeverity.Error, 2, 1, "template that was not rendered" },
        { "general_settings:\n  user_header_name: @x\n", "yaml-syntax", ProblemSeverity.Error, 2, 21, "can't start with '@'" },
        { "general_settings:\n  user_header_name: a: b\n", "yaml-syntax", ProblemSeverity.Error, 2, 22, "the value holds ': '" },
        { "general_settings:\n  user_header_name: \"\\q\"\n", "yaml-syntax", ProblemSeverity.Error, 2, 21, "unknown escape" },
        { "model_list:\nlitellm_settings\n", "yaml-syntax", ProblemSeverity.Error, 2, 1, "a key needs a colon" },
        { Model + "---\nother: 1\n", "second-document", ProblemSeverity.Error, 6, 1, "second YAML document" },
        { "model_list: !!python/object:os.system x\n", "yaml-tag", ProblemSeverity.Error, 1, 13, "!!python/object:os.system" },
        { "model_list: *models\n", "unknown-alias", ProblemSeverity.Error, 1, 13, "not defined above" },
        { "a: &a [*a]\n", "recursive-alias", ProblemSeverity.Error, 1, 8, "stands inside the value" },
        { "? [a, b]\n: c\n", "key-not-text", ProblemSeverity.Error, 1, 3, "A key must be text" },
        { "<<: 5\n", "bad-merge", ProblemSeverity.Error, 1, 5, "takes a map" },
        { "litellm_settings:\n  num_retries: 3\t\n", "tab-after-value", ProblemSeverity.Warning, 2, 17, "A tab stands after the value" },
        { "- model_name: a\n", "not-a-map", ProblemSeverity.Error, 1, 1, "a map of sections" },
        { "", "empty-file", ProblemSeverity.Warning, 1, 1, "no model is configured" },
        { "a: \u0007\n", "control-character", ProblemSeverity.Error, 1, 4, "U+0007" },

        // YAML 1.1
        { "general_settings:\n  user_header_name: on\n", "yaml-bool", ProblemSeverity.Warning, 2, 21, "as a boolean" },
        { "litellm_settings:\n  budget_reset_time: 12:30\n", "yaml-base60", ProblemSeverity.Warning, 2, 22, "base 60: 750" },
        { "router_settings:\n  num_retries: 010\n", "yaml-octal", ProblemSeverity.Warning, 2, 16, "octal number: 8" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: azure/a\n      api_version: 2024-10-21\n", "yaml-date", ProblemSeverity.Warning, 5, 20, "as a date" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      input_cost_per_token: 1e-06\n", "yaml-float", ProblemSeverity.Warning, 5, 29, "has no dot" },
        { "general_settings:\n  yes: 1\n", "yaml-bool", ProblemSeverity.Warning, 2, 3, "the key yes" },

        { "general_settings:\n  master_key: 0123456\n", "yaml-not-text", ProblemSeverity.Warning, 2, 15, "does not read this secret as text" },
        { "? :\t\n", "yaml-syntax", ProblemSeverity.Error, 2, 1, "is missing here" },

        // repeated keys
        { "litellm_settings:\n  num_retries: 1\n  num_retries: 2\n", "duplicate-key", ProblemSeverity.Warning, 3, 3, "the one in line 2 is lost" },
        { "general_settings:\n  master_key: sk-a\n  master_key: sk-b\n", "duplicate-key", ProblemSeverity.Error, 3, 3, "section that guards" },
        { "mcp_servers:\n  a:\n    url: http://x\n    url: http://y\n", "duplicate-key", ProblemSeverity.Error, 4, 5, "written twice" },
        { "guardrails: []\nguardrails: []\n", "duplicate-key", ProblemSeverity.Error, 2, 1, "written twice" },
        { Model + Model, "duplicate-key", ProblemSeverity.Warning, 5, 1, "'model_list' is written twice" },

        // variables
        { "general_settings:\n  master_key: os.environ/ABSENT\n", "unset-variable", ProblemSeverity.Error, 2, 15, "variable ABSENT is not set" },
        { "router_settings:\n  ignore_invalid_deployments: true\nmodel_list:\n  - model_name: a\n    litellm_params:\n      model: os.environ/ABSENT\n", "unset-variable", ProblemSeverity.Warning, 6, 14, "this deployment is left out" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      api_key: ${OPENAI_API_KEY:-x}\n", "shell-variable", ProblemSeverity.Warning, 5, 16, "'${OPENAI_API_KEY}' is not replaced" },
        { "general_settings:\n  master_key: os.getenv(\"KEY\")\n", "wrong-reference", ProblemSeverity.Warning, 2, 15, "not written this way" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      api_base: https://os.environ/HOST/v1\n", "reference-inside-text", ProblemSeverity.Warning, 5, 17, "only where it is the whole value" },
        { "general_settings:\n  master_key: \"{{ key }}\"\n", "template-not-rendered", ProblemSeverity.Warning, 2, 15, "not rendered" },

        // unknown and misplaced keys
        { "litellm_setting:\n  drop_params: true\n", "unknown-key", ProblemSeverity.Warning, 1, 1, "did you mean 'litellm_settings'" },
        { "litellm_settings:\n  drop_parms: true\n", "unknown-key", ProblemSeverity.Warning, 2, 3, "did you mean 'drop_params'" },
        { "general_settings:\n  routing_stratgy: least-busy\n", "unknown-key", ProblemSeverity.Warning, 2, 3, "'routing_strategy' in router_settings" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      api_bse: http://x\n", "unknown-key", ProblemSeverity.Info, 5, 7, "did you mean 'api_base'" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      rpm_limit: 5\n", "unknown-key", ProblemSeverity.Warning, 5, 7, "did you mean 'rpm'" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      tpm_limit: 5\n", "unknown-key", ProblemSeverity.Warning, 5, 7, "did you mean 'tpm'" },
        { "model_list:\n  - model_name: a\n    model: openai/a\n    litellm_params: {model: openai/a}\n", "misplaced-key", ProblemSeverity.Warning, 3, 5, "belongs to model_list[].litellm_params" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      supports_function_calling: true\n", "misplaced-key", ProblemSeverity.Warning, 5, 7, "belongs to model_info" },
        { "general_settings:\n  request_timeout: 5\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to litellm_settings" },
        { "general_settings:\n  max_budget: 5\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "it limits nothing" },
        { "general_settings:\n  redis_host: x\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to router_settings" },
        { "general_settings:\n  api_base: http://x\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to model_list[].litellm_params" },
        { "general_settings:\n  log_level: info\n", "variable-as-setting", ProblemSeverity.Warning, 2, 3, "the start option --debug" },
        { "router_settings:\n  optional_pre_call_checks: [enforce_model_rate_limits]\n", "not-enforced", ProblemSeverity.Error, 2, 3, "enforces rpm and tpm" },
        { "router_settings:\n  optional_pre_call_checks: [session_affinity]\n", "not-served", ProblemSeverity.Warning, 2, 3, "the others are passed over" },
        { "litellm_settings:\n  verbose: true\n", "unknown-key", ProblemSeverity.Warning, 2, 3, "did you mean 'set_verbose'" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      prompt_id: x\n", "not-served", ProblemSeverity.Warning, 5, 7, "not sent to the model" },
        { "general_settings:\n  ttl: 5\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "litellm_settings.cache_params" },
        { "litellm_settings:\n  master_key: sk-a\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to general_settings" },
        { "litellm_settings:\n  retry_policy: {}\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to router_settings" },
        { "callbacks: [otel]\n", "misplaced-key", ProblemSeverity.Warning, 1, 1, "belongs to litellm_settings" },
        { "general_settings:\n  fallbacks: [{a: [b]}]\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "belongs to litellm_settings" },
        { "litellm_settings:\n  router_settings:\n    num_retries: 2\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "indented too deep" },
        { "general_settings:\n  litellm_settings:\n    drop_params: true\n", "misplaced-key", ProblemSeverity.Warning, 2, 3, "indented too deep" },
        { "general_settings:\n  ui_password: x\n", "variable-as-setting", ProblemSeverity.Warning, 2, 3, "the environment variable UI_PASSWORD" },
        { "litellm_settings:\n  num_workers: 4\n", "variable-as-setting", ProblemSeverity.Warning, 2, 3, "a start option" },
        { "litellm_settings:\n  no_auth: true\n", "invented-security-key", ProblemSeverity.Warning, 2, 3, "switches nothing off" },
        { "general_settings:\n  require_api_key: true\n", "invented-security-key", ProblemSeverity.Warning, 2, 3, "promises a protection" },
        { "general_settings:\n  cors_allow_origins: ['*']\n", "invented-security-key", ProblemSeverity.Warning, 2, 3, "promises a protection" },
        { "general_settings:\n  enable_content_moderation: true\n", "invented-security-key", ProblemSeverity.Warning, 2, 3, "promises a protection" },
        { "rate_limits:\n  rpm: 5\n", "invented-security-key", ProblemSeverity.Warning, 1, 1, "promises a protection" },
        { "litellm_settings:\n  proxy_mode: fast\n", "unknown-key", ProblemSeverity.Warning, 2, 3, "LiteLLM's documentation" },

        { "mcp_servers:\n  a:\n    url: http://x\n    headers: {a: b}\n", "unknown-key", ProblemSeverity.Warning, 4, 5, "did you mean 'static_headers'" },

        // types and values
        { "litellm_settings:\n  default_fallbacks: gpt\n", "wrong-type", ProblemSeverity.Error, 2, 22, "did you mean [gpt]" },
        { "litellm_settings:\n  drop_params: [logprobs]\n", "wrong-type", ProblemSeverity.Warning, 2, 16, "additional_drop_params" },
        { "litellm_settings:\n  cache: redis\n", "wrong-type", ProblemSeverity.Warning, 2, 10, "cache_params.type" },
        { "router_settings:\n  num_retries: many\n", "wrong-type", ProblemSeverity.Error, 2, 16, "expected a whole number" },
        { "model_list:\n  gpt:\n    litellm_params: {model: openai/a}\n", "wrong-type", ProblemSeverity.Error, 2, 3, "each entry begins with '- '" },
        { "model_list:\n  - gpt\n", "wrong-type", ProblemSeverity.Warning, 2, 5, "must be a map" },
        { "router_settings:\n  fallbacks: {gpt: [b]}\n", "wrong-type", ProblemSeverity.Error, 2, 14, "takes a list of maps" },
        { "router_settings:\n  model_group_alias:\n    a: [gpt]\n", "wrong-type", ProblemSeverity.Warning, 3, 8, "An alias names one model group" },
        { "router_settings:\n  routing_strategy: usage-based\n", "wrong-value", ProblemSeverity.Error, 2, 21, "did you mean 'usage-based-routing'" },
        { "router_settings:\n  routing_strategy: simple\n", "wrong-value", ProblemSeverity.Error, 2, 21, "did you mean 'simple-shuffle'" },
        { "model_list:\n  - model_name: a\n    litellm_params: {model: openai/a}\n    model_info: {mode: embeddings}\n", "wrong-value", ProblemSeverity.Warning, 4, 24, "did you mean 'embedding'" },
        { "model_list:\n  - model_name: a\n    litellm_params: {model: openai/a}\n    model_info: {mode: tts}\n", "wrong-value", ProblemSeverity.Warning, 4, 24, "did you mean 'audio_speech'" },
        { Model + "router_settings:\n  fallbacks: [gpt, gpt]\n", "fallback-shape", ProblemSeverity.Error, 6, 15, "did you mean default_fallbacks" },
        { Model + "router_settings:\n  context_window_fallbacks:\n    - model: gpt\n      context_window: 8000\n", "fallback-shape", ProblemSeverity.Error, 7, 7, "model_info.max_input_tokens" },
        { Model + "router_settings:\n  fallbacks:\n    - gpt: gpt\n", "fallback-shape", ProblemSeverity.Warning, 7, 12, "did you mean [gpt]" },
        { Model + "router_settings:\n  fallbacks:\n    - gpt: [gtp]\n", "unknown-group", ProblemSeverity.Warning, 7, 13, "did you mean 'gpt'" },
        { "router_settings:\n  retry_policy:\n    ContentPolicyViolationRetries: 3\n", "wrong-policy-key", ProblemSeverity.Warning, 3, 5, "did you mean 'ContentPolicyViolationErrorRetries'" },
        { "router_settings:\n  retry_policy:\n    max_retries: 3\n", "wrong-policy-key", ProblemSeverity.Warning, 3, 5, "'num_retries' in router_settings" },
        { "model_list:\n  - litellm_params: {model: openai/a}\n", "missing-key", ProblemSeverity.Warning, 2, 5, "no 'model_name'" },
        { "model_list:\n  - model_name: a\n    litellm_params: {api_key: x}\n", "missing-key", ProblemSeverity.Warning, 3, 21, "has no 'model'" },

        // what this build does not do
        { "guardrails:\n  - guardrail_name: shield\n    litellm_params: {guardrail: presidio, mode: pre_call}\n", "not-enforced", ProblemSeverity.Error, 1, 1, "(guardrails: shield)" },
        { "litellm_settings:\n  max_budget: 10\n", "not-enforced", ProblemSeverity.Error, 2, 3, "budget of the whole proxy" },
        { "general_settings:\n  custom_auth: my_auth.check\n", "not-enforced", ProblemSeverity.Error, 2, 3, "authenticating reverse proxy" },
        { "general_settings:\n  enforced_params: [user]\n", "not-enforced", ProblemSeverity.Error, 2, 3, "members that every request must carry" },
        { "general_settings:\n  enforce_user_param: true\n", "not-enforced", ProblemSeverity.Error, 2, 3, "must name its user" },
        { "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      guardrails: [shield]\n", "not-enforced", ProblemSeverity.Error, 5, 7, "guardrails of this model" },
        { "litellm_settings:\n  callbacks: [presidio]\n", "not-enforced", ProblemSeverity.Error, 2, 15, "'presidio' guards requests" },
        { "litellm_settings:\n  callbacks: my_hooks.pii_masker\n", "not-enforced", ProblemSeverity.Error, 2, 14, "its name says that it guards" },
        { "router_settings:\n  optional_pre_call_checks: [router_budget_limiting]\n", "not-enforced", ProblemSeverity.Error, 2, 3, "enforces budgets" },
        { "litellm_settings:\n  callbacks: my_module.logger\n", "python-callback", ProblemSeverity.Warning, 2, 14, "OTEL_EXPORTER_OTLP_ENDPOINT" },
        { "litellm_settings:\n  success_callback: [langfuse]\n", "callback-not-served", ProblemSeverity.Warning, 2, 22, "'langfuse' is not built in" },
        { "litellm_settings:\n  cache: true\n", "not-served", ProblemSeverity.Warning, 2, 3, "not cached" },
        { "mcp_servers:\n  a: {url: http://x}\n", "not-served", ProblemSeverity.Warning, 1, 1, "MCP servers are not served" },
        { "general_settings:\n  database_url: mysql://u:p@h/db\n", "database-not-read", ProblemSeverity.Warning, 2, 17, "it does not start" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_planted_mistake_is_explained_at_its_line_and_column(
        string yaml, string code, ProblemSeverity severity, int line, int column, string fragment)
    {
        var report = Check(yaml);

        var found = report.Problems.Where(problem => problem.Code == code).ToList();
        Assert.True(found.Count > 0, $"{code} is not among:\n{Print(report)}");
        var match = found.Find(problem => problem.Position.Line == line && problem.Position.Column == column);
        Assert.True(match is not null, $"not at {line}:{column}:\n{Print(report)}");
        Assert.Contains(fragment, match.ToString(), StringComparison.Ordinal);
        Assert.Equal(severity, match.Severity);
        Assert.Equal(report.Problems.Any(problem => problem.Severity == ProblemSeverity.Error), report.Failed);
    }

    [Fact]
    public void A_model_list_without_mistakes_is_clean()
    {
        Assert.Empty(Check(Model).Problems);
    }

    internal static CheckReport Check(string yaml, CheckOptions? options = null, IReadOnlyDictionary<string, string>? environment = null) =>
        ConfigCheck.Run(Encoding.UTF8.GetBytes(yaml), "config.yaml", environment ?? Environment, options ?? new CheckOptions());

    internal static string Print(CheckReport report)
    {
        using var writer = new StringWriter();
        report.WriteText(writer);
        return writer.ToString();
    }
}
