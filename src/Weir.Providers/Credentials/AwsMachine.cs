using System.Text.Json;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Keys from the agents next to a workload: the container's (EKS Pod Identity, ECS) and the machine's metadata service (version 2).</summary>
internal sealed class AwsMachine(OutboundConnector connector)
{
    private const string RolePath = "/latest/meta-data/iam/security-credentials/";

    /// <summary>Asks the container's agent.</summary>
    public async Task<AwsKeys> FromContainerAsync(AwsIdentity identity, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, identity.Endpoint);
        var authorization = identity.AuthorizationFile is { } file ? (await File.ReadAllTextAsync(file, cancellationToken)).Trim() : identity.Authorization?.Reveal();
        if (authorization is not null && !request.Headers.TryAddWithoutValidation("Authorization", authorization))
        {
            throw new AwsSignInException("the authorization for the container's agent holds a character that no header may carry.");
        }
        return Keys(await SendAsync(identity, request, "the container's agent", cancellationToken), "the container's agent");
    }

    /// <summary>Asks the metadata service: a session token first, then the role's name, then its keys.</summary>
    public async Task<AwsKeys> FromMetadataAsync(AwsIdentity identity, CancellationToken cancellationToken)
    {
        const string Whose = "the metadata service";
        var root = identity.Endpoint ?? throw new AwsSignInException("no address of the metadata service.");
        using var open = new HttpRequestMessage(HttpMethod.Put, new Uri(root, "/latest/api/token"));
        open.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token-ttl-seconds", "300");
        var session = await SendAsync(identity, open, Whose, cancellationToken);
        var role = (await GetAsync(RolePath)).Split('\n')[0].Trim();
        return role.Length == 0
            ? throw new AwsSignInException("the machine has no IAM role: attach an instance profile to it.")
            : Keys(await GetAsync(RolePath + Uri.EscapeDataString(role)), Whose);

        async Task<string> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(root, path));
            request.Headers.TryAddWithoutValidation("X-aws-ec2-metadata-token", session);
            return await SendAsync(identity, request, Whose, cancellationToken);
        }
    }

    private async Task<string> SendAsync(AwsIdentity identity, HttpRequestMessage request, string whose, CancellationToken cancellationToken)
    {
        using var response = await connector.IdentityInvoker([], [identity.Endpoint!]).SendAsync(request, cancellationToken); // the caller sets the address
        var text = await AwsAnswer.ReadAsync(response, cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new AwsSignInException((int)response.StatusCode == 404 && identity.Kind == AwsKind.InstanceMetadata
                ? "the machine has no IAM role: attach an instance profile to it."
                : $"{whose} answered {(int)response.StatusCode}.");
    }

    private static AwsKeys Keys(string json, string whose)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.String)
                {
                    values[member.Name] = member.Value.GetString() ?? "";
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AwsSignInException($"the answer of {whose} is no JSON object.", inner: e);
        }
        return values.TryGetValue("Code", out var code) && code != "Success"
            ? throw new AwsSignInException($"{whose} says {code}: {values.GetValueOrDefault("Message") ?? values.GetValueOrDefault("message") ?? "no text."}", code)
            : AwsAnswer.Keys(values, "Token", whose);
    }
}
