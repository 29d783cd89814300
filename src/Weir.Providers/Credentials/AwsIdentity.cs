namespace Weir.Providers.Credentials;

/// <summary>How an identity proves itself to AWS.</summary>
public enum AwsKind
{
    /// <summary>Keys that are known.</summary>
    Keys,

    /// <summary>A token of another issuer (a Kubernetes service account), exchanged for a role's keys.</summary>
    WebIdentity,

    /// <summary>A role that another identity assumes.</summary>
    Role,

    /// <summary>Keys from the container's agent: EKS Pod Identity, ECS.</summary>
    Container,

    /// <summary>Keys of the machine's role, from its metadata service.</summary>
    InstanceMetadata,

    /// <summary>A Bedrock API key: sent as it is, nothing is signed.</summary>
    BearerToken,
}

/// <summary>One identity. Deployments with equal values share its keys.</summary>
/// <param name="Kind">How it proves itself.</param>
public sealed record AwsIdentity(AwsKind Kind)
{
    /// <summary>The keys, for <see cref="AwsKind.Keys"/>.</summary>
    public AwsKeys? Keys { get; init; }

    /// <summary>The Bedrock API key.</summary>
    public Secret? BearerToken { get; init; }

    /// <summary>ARN of the role.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Name of the session, as AWS's own logs show it.</summary>
    public string SessionName { get; init; } = "weir";

    /// <summary>What the role's owner asks for (<c>sts:ExternalId</c>).</summary>
    public string? ExternalId { get; init; }

    /// <summary>File with the web identity token; read again for every sign-in, because it rotates.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Environment variable with the web identity token, when there is no file.</summary>
    public string? TokenVariable { get; init; }

    /// <summary>Who assumes the role.</summary>
    public AwsIdentity? Source { get; init; }

    /// <summary>Where keys are fetched: the token service, the container's agent, the metadata service.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region in which a request to the token service is signed.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>File with what the container's agent wants in <c>Authorization</c>; it rotates.</summary>
    public string? AuthorizationFile { get; init; }

    /// <summary>The same as a value.</summary>
    public Secret? Authorization { get; init; }
}
