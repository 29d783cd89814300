namespace Weir.Gateway.Tests.Config.Wild;

/// <summary>One file of <c>tests/configs</c>, modelled on what people really write, and what must come of it.</summary>
/// <param name="Usable">Deployments in order: <c>group = provider model</c>.</param>
/// <param name="LeftOut">Groups whose entries are left out.</param>
/// <param name="Codes">Problems that must be told: <c>code@line</c>.</param>
/// <param name="Refused">The start is refused.</param>
/// <param name="AllowedThen">Refused only because of limits that are not enforced: <c>--allow-unenforced</c> starts it.</param>
internal sealed record WildConfig(string[] Usable, string[] LeftOut, string[] Codes, bool Refused = false, bool AllowedThen = false)
{
    /// <summary>Every file.</summary>
    public static IReadOnlyDictionary<string, WildConfig> All { get; } = new Dictionary<string, WildConfig>(StringComparer.Ordinal)
    {
        ["anchors"] = new(["fast = hosted_vllm fast", "slow = hosted_vllm slow"], [], ["unknown-key@1"]),
        ["argo-application"] = new(["local = hosted_vllm llama"], [], ["unwrapped@10"]),
        ["azure-regions"] = new(
            ["gpt-4o = azure gpt-4o-sweden", "gpt-4o = azure gpt-4o-france", "gpt-4o-mini = azure mini"], [], ["yaml-date@8", "not-served@32", "not-served@33"]),
        ["budgets"] = new(["gpt-4o = openai gpt-4o"], [], ["not-enforced@3", "not-enforced@5"], Refused: true, AllowedThen: true),
        ["cache-as-text"] = new(["gpt-4o = openai gpt-4o"], [], ["not-served@5", "wrong-type@5", "not-served@6"]),
        ["callbacks-with-settings"] = new(["gpt-4o = openai gpt-4o"], [], ["callback-not-served@7", "callback-not-served@10", "not-served@11"]),
        ["compose-local-servers"] = new(
            [
                "llama-3.1-8b = openai meta-llama/Llama-3.1-8B-Instruct", "qwen coder (local) = hosted_vllm Qwen/Qwen2.5-Coder-32B-Instruct-AWQ",
                "mistral = ollama_chat mistral:7b-instruct", "embed = ollama nomic-embed-text",
            ],
            [], []),
        ["configmap"] = new(["gpt-4o = openai gpt-4o"], ["broken"], ["unwrapped@7", "unknown-provider@14"]),
        ["empty-sections"] = new(["gpt-4o = openai gpt-4o"], [], []),
        ["every-cloud"] = new(
            [
                "claude-sonnet = anthropic claude-sonnet-4-5", "gemini-flash = gemini gemini-2.5-flash", "nova = bedrock amazon.nova-pro-v1:0",
                "vertex = vertex_ai gemini-2.5-pro", "gpt = openai gpt-4o",
            ],
            ["command"], ["provider-not-served@11"]),
        ["everything-from-the-environment"] = new(["default = hosted_vllm org/model"], [], []),
        ["fallback-to-nobody"] = new(["gpt-4o = openai gpt-4o"], [], ["unknown-group@7", "unknown-group@8"]),
        ["fallbacks-both-sections"] = new(
            ["a = groq llama-3.3-70b-versatile", "b = mistral mistral-small-latest", "c = deepseek deepseek-chat"], [], []),
        ["fallbacks-flat"] = new([], [], ["fallback-shape@7"], Refused: true),
        ["free-vendors"] = new(
            [
                "free/llama = openrouter meta-llama/llama-3.3-70b-instruct:free", "free/llama = groq llama-3.3-70b-versatile",
                "free/llama = cerebras llama3.3-70b", "free/qwen = nvidia_nim qwen/qwen3-235b-a22b", "free/github = github gpt-4o-mini", "sonar = perplexity sonar",
            ],
            [], []),
        ["helm-values"] = new(["gpt-4o = azure gpt-4o"], [], ["unwrapped@4"]),
        ["include-main"] = new(["main = openai main", "included = openai included"], [], []),
        ["include-models"] = new(["included = openai included"], [], []),
        ["invented-keys"] = new(
            ["gpt-4o = openai gpt-4o"], [],
            ["invented-security-key@4", "unknown-key@6", "variable-as-setting@10", "invented-security-key@11", "invented-security-key@13", "unknown-key@17", "unknown-key@19"]),
        ["managed-identity"] = new(["gpt-4o = azure gpt-4o", "gpt-4o = azure gpt-4o"], [], []),
        ["mirrored"] = new([], [], ["silent-model@3"], Refused: true),
        ["misplaced-settings"] = new(
            ["gpt-4o = openai gpt-4o"], [],
            ["misplaced-key@6", "misplaced-key@9", "misplaced-key@10", "misplaced-key@11", "misplaced-key@14", "misplaced-key@16", "misplaced-key@18", "misplaced-key@19"]),
        ["model-names-of-hugging-face"] = new(
            ["good = openai our-finetune-v2"], ["llama", "gemma", "typo", "bare"], ["unknown-provider@4", "unknown-provider@8", "unknown-provider@10", "no-provider@12"]),
        ["models-only"] = new(["gpt-4o = openai gpt-4o", "text-embedding-3-small = openai text-embedding-3-small"], [], []),
        ["names-without-prefix"] = new(
            ["picture = openai dall-e-3", "newest = openai gpt-99-turbo"], ["open", "embedding", "prompt", "flux", "azure"],
            ["no-provider@7", "provider-not-served@9", "provider-not-served@11", "provider-not-served@13", "bad-address@15"]),
        ["policies-and-aliases"] = new(["a = openai a", "b = openai b"], [], ["wrong-policy-key@9", "wrong-type@14"]),
        ["presidio"] = new(["gpt-4o = openai gpt-4o"], [], ["not-enforced@4"], Refused: true, AllowedThen: true),
        ["prices-and-notes"] = new(["tts = openai tts-1", "own = openai own"], [], ["wrong-value@4", "yaml-float@12", "yaml-float@13"]),
        ["python-guards"] = new(["gpt-4o = openai gpt-4o"], [], ["not-enforced@5", "not-enforced@7"], Refused: true, AllowedThen: true),
        ["python-loggers"] = new(["gpt-4o = openai gpt-4o"], [], ["python-callback@5", "callback-not-served@6", "callback-not-served@7", "not-served@8"]),
        ["rates-beside-the-parameters"] = new(["a = openai a", "b = openai b", "c = openai c"], [], ["parameter-ignored@11"]),
        ["retry-policy-invented"] = new([], [], ["wrong-value@4", "wrong-policy-key@5"], Refused: true),
        ["settings-of-the-module"] = new(
            ["gpt-4o = openai gpt-4o"], [],
            [
                "not-served@5", "not-served@6", "not-served@7", "not-served@8", "not-served@9", "not-served@10", "unknown-key@12", "unknown-key@13",
                "variable-as-setting@14", "not-served@16", "not-served@17", "not-served@18", "not-served@19", "variable-as-setting@20",
            ]),
        ["shell-placeholders"] = new(["gpt-4o = openai gpt-4o"], ["local"], ["shell-variable@6", "bad-address@9", "shell-variable@10", "shell-variable@13"]),
        ["smart-routers"] = new(["gpt-4o = openai gpt-4o"], ["smart"], ["router-not-served@4", "not-served@5", "wrong-type@7"]),
        ["tag-budgets"] = new(["gpt-4o = openai gpt-4o"], [], ["not-enforced@5", "not-enforced@7", "not-enforced@9", "not-enforced@11"], Refused: true, AllowedThen: true),
        ["telemetry-keys-of-a-model"] = new(
            ["gpt-4o = openai gpt-4o", "canned = groq x"], ["canned"],
            ["not-served@6", "not-served@7", "not-served@8", "not-served@9", "misplaced-key@11", "misplaced-key@12", "misplaced-key@13", "provider-not-served@18", "not-served@22", "unknown-group@24"]),
        ["tutorial-key-postgres"] = new(["gpt-4o = openai gpt-4o"], [], ["not-served@9", "not-served@10"]),
        ["unset-variable"] = new([], [], ["unset-variable@5"], Refused: true),
        ["unset-variable-left-out"] = new(["east = openai gpt-4o"], ["west"], ["unset-variable@5"]),
        ["wildcards"] = new(
            [
                "openai/* = openai *", "openrouter/* = openrouter *", "anthropic/* = anthropic *", "cerebras/* = cerebras *", "deepseek/* = deepseek *", "gemini/* = gemini *", "groq/* = groq *",
                "mistral/* = mistral *", "nvidia_nim/* = nvidia_nim *", "* = openai *", "perplexity/* = perplexity *",
            ],
            [], []),
        ["written-twice"] = new(["kept = openai gpt-4o-mini"], [], ["duplicate-key@6", "duplicate-key@7"]),
    };
}
