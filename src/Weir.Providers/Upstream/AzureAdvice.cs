namespace Weir.Providers.Upstream;

/// <summary>What to look at when Azure refuses; its own messages name the symptom and not the setting.</summary>
internal static class AzureAdvice
{
    /// <summary>One sentence or more to append to the message, or null.</summary>
    public static string? For(int status, FaultBody body)
    {
        bool Says(string text) => body.Message.Contains(text, StringComparison.OrdinalIgnoreCase);
        bool Is(string code) => code.Equals(body.Code, StringComparison.OrdinalIgnoreCase);

        return status switch
        {
            401 or 403 when Is("PermissionDenied") || Says("lacks the required data action") =>
                "The identity signed in but lacks a role on the resource: assign `Cognitive Services OpenAI User`; a new assignment takes some minutes.",
            403 when Says("public access is disabled") || Says("Virtual Network/Firewall") || Says("private endpoint") =>
                "The resource takes traffic from its private endpoint only and this call came over the public address: check that the private DNS zone privatelink.openai.azure.com (or privatelink.cognitiveservices.azure.com) is linked to this network and holds an A record for the resource.",
            401 or 403 when Is("AuthenticationTypeDisabled") || Says("key based authentication is disabled") =>
                "The resource has keys switched off: leave `api_key` out and sign in with Entra (workload identity, managed identity or `tenant_id`, `client_id`, `client_secret`).",
            400 or 401 or 403 when Says("custom subdomain") =>
                "Entra tokens work with the resource's own host only: use https://NAME.openai.azure.com as `api_base`, not the regional address.",
            401 when Says("audience") =>
                "The token was made for another audience: the v1 route documents the scope https://ai.azure.com/.default, dated routes https://cognitiveservices.azure.com/.default; the scope can be set on the deployment.",
            404 when Is("DeploymentNotFound") =>
                "The text after `azure/` must be the deployment's name, which need not be the model's; a new deployment takes some minutes.",
            404 =>
                "An unknown or missing `api_version` is answered like this too: 2024-10-21 is a valid one; a model's version such as 2024-05-13 is none.",
            _ => null,
        };
    }
}
