using System.Text;
using Weir.TestKit;

namespace Weir.EndToEnd.Gateways;

/// <summary>A model behind the gateway that is spoken to in a dialect of its own.</summary>
/// <param name="Group">Its public name.</param>
/// <param name="Provider">The provider, as rows name it.</param>
/// <param name="Model">Its name for the vendor; the price is this model's.</param>
/// <param name="Written">The <c>model</c> of the configuration.</param>
/// <param name="Path">The path that requests arrive at.</param>
/// <param name="Seal">What every signature of its thoughts begins with; empty when the dialect has none.</param>
internal sealed record DialectModel(string Group, string Provider, string Model, string Written, string Path, string Seal)
{
    public const string UpstreamKey = "sk-upstream";
    public const string AwsKey = "AKIAUPSTREAM";
    public const string AwsSecret = "aws-upstream-secret";

    /// <summary>One for each dialect, and one that has no other than chat: what speaks Responses as well is asked in Responses by clients that do.</summary>
    public static readonly IReadOnlyList<DialectModel> All =
    [
        new("gpt", "openai", "gpt-4o", "openai/gpt-4o", "/v1/chat/completions", ""),
        new("vllm", "hosted_vllm", "gpt-oss-120b", "hosted_vllm/gpt-oss-120b", "/v1/chat/completions", "") { Prices = ", input_cost_per_token: 0.000001, output_cost_per_token: 0.000002" },
        new("gpt-r", "openai", "gpt-4o", "openai/responses/gpt-4o", "/v1/responses", "weir:reasoning:"),
        new("claude", "anthropic", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5", "/v1/messages", "weir:thinking:"),
        new("gem", "gemini", "gemini-3-flash-preview", "gemini/gemini-3-flash-preview", "/v1beta/models/", "weir:call:"),
        new("nova", "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "/model/", "weir:converse:"),
    ];

    /// <summary>Whether it tells what it thought.</summary>
    public bool Thinks => Seal.Length > 0;

    /// <summary>Members of the configuration with its prices, where the book has none.</summary>
    public string Prices { get; private init; } = "";

    /// <summary>What the text of every seal over its thoughts begins with, as it travels.</summary>
    public string SealStart => Convert.ToBase64String(Encoding.ASCII.GetBytes(Seal))[..12];

    /// <summary>The scripted models all live on one server, which asks for each vendor's credential.</summary>
    public static ScriptedModelOptions Server { get; } = new()
    {
        ApiKey = UpstreamKey, AwsAccessKey = AwsKey, AwsSecretKey = AwsSecret, RecordedRequests = 20_000,
    };

    public static DialectModel Of(string group) => All.Single(m => m.Group == group);

    /// <summary>Deployments of this model, one for each fault (<c>~429:1</c>; empty for none), called as the model with the fault.</summary>
    public string Deployments(ScriptedModel server, params ReadOnlySpan<string> faults)
    {
        var yaml = new StringBuilder();
        foreach (var fault in faults)
        {
            yaml.AppendLine(Deployment(server, Group + fault, fault));
        }

        return yaml.ToString();
    }

    /// <summary>One deployment, under any name.</summary>
    public string Deployment(ScriptedModel server, string name, string fault, string members = "")
    {
        var root = server.BaseAddress.GetLeftPart(UriPartial.Authority);
        var credential = Provider == "bedrock"
            ? $"aws_region_name: us-east-1, aws_access_key_id: {AwsKey}, aws_secret_access_key: {AwsSecret}"
            : $"api_key: {UpstreamKey}";
        var address = Provider is "openai" or "hosted_vllm" ? root + "/v1" : root;
        return $$"""
              - model_name: "{{name}}"
                litellm_params: {model: "{{Written}}{{fault}}", api_base: "{{address}}", {{credential}}{{Prices}}{{members}}}
                model_info: {base_model: "{{Model}}"}
            """;
    }

    public override string ToString() => Group;
}
