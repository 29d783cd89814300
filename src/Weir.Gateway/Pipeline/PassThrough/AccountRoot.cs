namespace Weir.Gateway.Pipeline.PassThrough;

/// <summary>Where the paths of a vendor's API begin for one account, and what such a path lacks.</summary>
internal static class AccountRoot
{
    /// <summary>Services of Bedrock that have a host of their own.</summary>
    private static readonly string[] BedrockAgents = ["/agents/", "/knowledgebases/", "/flows/", "/retrieveAndGenerate", "/rerank", "/generateQuery", "/optimize-prompt"];
    private static readonly string[] BelowAzure = ["/openai", "/models", "/anthropic", "/providers"];

    /// <summary>The root, and the path below it.</summary>
    internal static (Uri Root, string Below)? Of(UpstreamDeployment account, string below) => account.Provider.Name switch
    {
        "vertex_ai" => OfVertex(account, below),
        "bedrock" => OfBedrock(account, below),
        "azure" or "azure_ai" => account.BaseAddress is { } address ? (Stem(address), below) : null,
        _ => account.BaseAddress is { } home ? (home, below) : null,
    };

    /// <summary>A resource's own address, without the path of one of its APIs.</summary>
    private static Uri Stem(Uri address)
    {
        var path = address.AbsolutePath;
        foreach (var api in BelowAzure)
        {
            var at = path.IndexOf(api, StringComparison.OrdinalIgnoreCase);
            path = at >= 0 ? path[..at] : path;
        }
        return new Uri(address.GetLeftPart(UriPartial.Authority) + path);
    }

    private static (Uri, string)? OfBedrock(UpstreamDeployment account, string below)
    {
        if (account.BaseAddress is not { } root)
        {
            return null;
        }
        var agents = account.Config.ApiBase is null && BedrockAgents.Any(service => below.StartsWith(service, StringComparison.OrdinalIgnoreCase));
        return (agents ? new Uri(root.AbsoluteUri.Replace("//bedrock-runtime.", "//bedrock-agent-runtime.", StringComparison.Ordinal)) : root, below);
    }

    /// <summary>The path may name project and location, which have to be the account's project; one that names none gets the account's.</summary>
    private static (Uri, string)? OfVertex(UpstreamDeployment account, string below)
    {
        var named = VertexPlace.In(below);
        if (account.AccountAt(named.Location) is not { } address)
        {
            return null;
        }
        // The provider's address ends in project and location.
        var own = address.AbsolutePath;
        var root = new Uri(address.GetLeftPart(UriPartial.Authority) + own[..own.IndexOf("/v1/projects/", StringComparison.Ordinal)]);
        if (named.Project is not null)
        {
            return (root, named.Version is null ? "/v1" + below : below);
        }
        var place = own[(own.IndexOf("/v1/projects/", StringComparison.Ordinal) + 3)..];
        return (root, named.Version is { } version ? $"/{version}{place}{below[(version.Length + 1)..]}" : $"/v1{place}{below}");
    }
}
