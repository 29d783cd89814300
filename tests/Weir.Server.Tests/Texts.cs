using System.Text;

namespace Weir.Server.Tests;

/// <summary>Configurations and requests that many tests need.</summary>
internal static class Texts
{
    /// <summary>One group, with the tests' master key.</summary>
    public static string Config(string group, string apiBase, string key = WeirRun.Key) =>
        $$"""
        model_list:
          - model_name: {{group}}
            litellm_params: {model: openai/{{group}}, api_base: "{{apiBase}}", api_key: sk-upstream}
        litellm_settings:
          callbacks: [prometheus]
        general_settings:
          master_key: {{key}}
        """;

    /// <summary>Without a master key.</summary>
    public static string Keyless(string apiBase) =>
        $$"""
        model_list:
          - model_name: parrot
            litellm_params: {model: openai/parrot, api_base: "{{apiBase}}", api_key: sk-upstream}
        """;

    /// <summary>A chat that asks <c>hello</c>; the answer's text.</summary>
    public static async Task<string> ChatAsync(HttpClient http, string model, CancellationToken cancellationToken, string path = "/v1/chat/completions")
    {
        using var content = new StringContent($$"""{"model":"{{model}}","messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }
}
