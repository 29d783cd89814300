using System.Text;
using System.Text.Json;

namespace Weir.Gateway.Tests.Pipeline.Kept;

/// <summary>Two tenants in front of one account.</summary>
internal static class TenantStand
{
    internal const string Ann = "sk-ann-key-1234567890";
    internal const string Bob = "sk-bob-key-1234567890";

    private const string Plain = """
        model_list:
          - model_name: m
            litellm_params: {model: openai/first, api_base: UPSTREAM/v1, api_key: k1}
          - model_name: sibling
            litellm_params: {model: openai/second, api_base: UPSTREAM/v1, api_key: k1}
          - model_name: stranger
            litellm_params: {model: openai/third, api_base: UPSTREAM/v1, api_key: k2}
          - model_name: bridged
            litellm_params: {model: groq/zero, api_base: UPSTREAM/v1, api_key: k0}
          - model_name: west
            litellm_params: {model: azure/deployed, api_base: UPSTREAM, api_key: k3, api_version: 2025-04-01-preview}
        general_settings: {master_key: sk-master-key-1234567890}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static Task<EngineStand> StartAsync() => EngineStand.StartAsync(Plain, Stop, others: [Ann, Bob]);

    internal static Task<(int Status, string Body)> SayAsync(EngineStand stand, string key, string method, string path, string? body = null) =>
        stand.SendAsync(key, new HttpMethod(method), path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), Stop);

    internal static string IdIn(string body, string member = "id") => JsonDocument.Parse(body).RootElement.GetProperty(member).GetString() ?? "";

    /// <summary>Ids that name nothing for Bob: Ann's, the upstream's own, one that never was, and a damaged one.</summary>
    internal static string[] Strange(string id, string own) => [id, own, own[..own.IndexOf('_', StringComparison.Ordinal)] + "_neverwas", id[..^2] + (id[^2] == 'A' ? "B" : "A") + id[^1]];
}
