namespace Weir.Providers.Credentials;

/// <summary>What a deployment says about its AWS identity, in LiteLLM's words. All are optional.</summary>
public sealed record AwsSettings
{
    /// <summary><c>api_key</c>: a Bedrock API key.</summary>
    public Secret? BearerToken { get; init; }

    /// <summary><c>aws_access_key_id</c>.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary><c>aws_secret_access_key</c>.</summary>
    public Secret? SecretAccessKey { get; init; }

    /// <summary><c>aws_session_token</c>.</summary>
    public Secret? SessionToken { get; init; }

    /// <summary><c>aws_role_name</c>: the role's ARN.</summary>
    public string? RoleName { get; init; }

    /// <summary><c>aws_session_name</c>.</summary>
    public string? SessionName { get; init; }

    /// <summary><c>aws_external_id</c>.</summary>
    public string? ExternalId { get; init; }

    /// <summary><c>aws_web_identity_token</c>: <c>oidc/file/{path}</c>, <c>oidc/env/{NAME}</c>, <c>oidc/env_path/{NAME}</c>, or a path.</summary>
    public string? WebIdentityToken { get; init; }

    /// <summary><c>aws_profile_name</c>.</summary>
    public string? ProfileName { get; init; }

    /// <summary><c>aws_sts_endpoint</c>.</summary>
    public string? StsEndpoint { get; init; }

    /// <summary>The region that is called; the token service is asked there too.</summary>
    public string Region { get; init; } = "us-east-1";
}
