namespace Weir.Providers.Credentials;

/// <summary>
/// Chooses an identity by what is configured: the deployment's own words first, then a Bedrock API key of the environment, then what AWS's
/// own libraries look for, in their order: keys, web identity, profile, container, machine.
/// </summary>
public static class AwsIdentityChoice
{
    private static readonly Uri Metadata = new("http://169.254.169.254/");
    private static readonly string[] AgentHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

    /// <summary>The identity.</summary>
    /// <param name="settings">What the deployment says.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="problem">What is missing or wrong, for a person; null when an identity is returned.</param>
    public static AwsIdentity? Choose(AwsSettings settings, Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(variable);
        problem = null;
        if (settings.BearerToken is not null)
        {
            return new(AwsKind.BearerToken) { BearerToken = settings.BearerToken };
        }
        if (!TryTokenService(settings, out var sts))
        {
            problem = $"aws_sts_endpoint must be an https address such as https://sts.us-east-1.amazonaws.com; it is `{settings.StsEndpoint}`.";
            return null;
        }
        if ((settings.AccessKeyId is null) != (settings.SecretAccessKey is null))
        {
            problem = $"aws_access_key_id and aws_secret_access_key belong together: {(settings.AccessKeyId is null ? "the first" : "the second")} is missing.";
            return null;
        }

        var own = settings is { AccessKeyId: { } id, SecretAccessKey: { } secret }
            ? new AwsIdentity(AwsKind.Keys) { Keys = new(id.Trim(), new(secret.Reveal().Trim())) { SessionToken = settings.SessionToken } }
            : null;
        if (settings.WebIdentityToken is { } token)
        {
            return FromWebIdentity(settings, token, sts, variable, out problem);
        }
        if (settings.RoleName is { } role)
        {
            var source = own ?? FromProfileOrEnvironment(settings, sts, variable, out problem);

            // A pod whose own role is the wanted one has nothing more to assume.
            return source is null || (source.Kind == AwsKind.WebIdentity && source.RoleArn == role) ? source : new(AwsKind.Role)
            {
                RoleArn = role,
                SessionName = settings.SessionName ?? "weir",
                ExternalId = settings.ExternalId,
                Source = source,
                Endpoint = sts,
                Region = settings.Region,
            };
        }
        if (own is not null)
        {
            return own;
        }
        if (settings.ProfileName is null && Env(variable, "AWS_BEARER_TOKEN_BEDROCK") is { } bearer)
        {
            return new(AwsKind.BearerToken) { BearerToken = new(bearer) };
        }
        return FromProfileOrEnvironment(settings, sts, variable, out problem);
    }

    private static AwsIdentity? FromWebIdentity(AwsSettings settings, string token, Uri sts, Func<string, string?> variable, out string? problem)
    {
        problem = null;
        if (settings.RoleName is not { } role)
        {
            problem = "aws_web_identity_token needs aws_role_name too: the ARN of the role whose keys it is exchanged for.";
            return null;
        }
        var identity = new AwsIdentity(AwsKind.WebIdentity) { RoleArn = role, SessionName = settings.SessionName ?? "weir", Endpoint = sts, Region = settings.Region };
        if (After(token, "oidc/env_path/") is { } pathName)
        {
            if (Env(variable, pathName) is not { } path)
            {
                problem = $"aws_web_identity_token names the file in {pathName}, which is not set.";
                return null;
            }
            return identity with { TokenFile = path };
        }
        if (After(token, "oidc/env/") is { } name)
        {
            return identity with { TokenVariable = name };
        }
        if (token.StartsWith("oidc/", StringComparison.Ordinal) && After(token, "oidc/file/") is null)
        {
            problem = $"aws_web_identity_token: `{token}` is none of oidc/file/<path>, oidc/env/<NAME>, oidc/env_path/<NAME>.";
            return null;
        }
        return identity with { TokenFile = After(token, "oidc/file/") ?? token };
    }

    private static AwsIdentity? FromProfileOrEnvironment(AwsSettings settings, Uri sts, Func<string, string?> variable, out string? problem)
    {
        problem = null;
        if (settings.ProfileName is { } name)
        {
            var named = AwsProfile.Read(name, variable, out problem);
            return named is null ? null : new(AwsKind.Keys) { Keys = named };
        }
        if (Env(variable, "AWS_ACCESS_KEY_ID") is { } id && Env(variable, "AWS_SECRET_ACCESS_KEY") is { } secret)
        {
            var token = Env(variable, "AWS_SESSION_TOKEN");
            return new(AwsKind.Keys) { Keys = new(id, new(secret)) { SessionToken = token is null ? null : new(token) } };
        }
        if (Env(variable, "AWS_WEB_IDENTITY_TOKEN_FILE") is { } file && Env(variable, "AWS_ROLE_ARN") is { } role)
        {
            return new(AwsKind.WebIdentity)
            {
                RoleArn = role,
                TokenFile = file,
                SessionName = settings.SessionName ?? Env(variable, "AWS_ROLE_SESSION_NAME") ?? "weir",
                Endpoint = sts,
                Region = settings.Region,
            };
        }
        if (AwsProfile.Read(Env(variable, "AWS_PROFILE") ?? "default", variable, out var noProfile) is { } profile)
        {
            return new(AwsKind.Keys) { Keys = profile };
        }
        if (Env(variable, "AWS_PROFILE") is not null)
        {
            problem = noProfile;
            return null;
        }
        return FromContainer(variable, out problem) ?? (problem is null ? FromMachine(variable, out problem) : null);
    }

    private static AwsIdentity? FromContainer(Func<string, string?> variable, out string? problem)
    {
        problem = null;
        var full = Env(variable, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
        var relative = Env(variable, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        var text = relative is not null ? "http://169.254.170.2" + relative : full;
        if (text is null)
        {
            return null;
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || !(endpoint.Scheme == "https" || (endpoint.Scheme == "http" && IsAgent(endpoint))))
        {
            problem = $"AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or an http one of this machine or of the container agent; it is `{text}`.";
            return null;
        }
        return new(AwsKind.Container)
        {
            Endpoint = endpoint,
            AuthorizationFile = Env(variable, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
            Authorization = Env(variable, "AWS_CONTAINER_AUTHORIZATION_TOKEN") is { } value ? new(value) : null,
        };
    }

    private static AwsIdentity? FromMachine(Func<string, string?> variable, out string? problem)
    {
        problem = null;
        if (string.Equals(Env(variable, "AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            problem = "No AWS credentials are configured, and AWS_EC2_METADATA_DISABLED forbids to ask the machine for them: "
                + "set aws_access_key_id and aws_secret_access_key, aws_role_name, or AWS_BEARER_TOKEN_BEDROCK.";
            return null;
        }
        var endpoint = Metadata;
        if (Env(variable, "AWS_EC2_METADATA_SERVICE_ENDPOINT") is { } text && !Uri.TryCreate(text, UriKind.Absolute, out endpoint))
        {
            problem = $"AWS_EC2_METADATA_SERVICE_ENDPOINT must be an address such as {Metadata}; it is `{text}`.";
            return null;
        }
        return new(AwsKind.InstanceMetadata) { Endpoint = endpoint };
    }

    private static bool TryTokenService(AwsSettings settings, out Uri sts)
    {
        var text = settings.StsEndpoint ?? $"https://sts.{settings.Region}.{(settings.Region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com")}/";
        return Uri.TryCreate(text, UriKind.Absolute, out sts!) && (sts.Scheme == "https" || sts.IsLoopback);
    }

    private static bool IsAgent(Uri endpoint) => endpoint.IsLoopback || AgentHosts.Contains(endpoint.Host, StringComparer.OrdinalIgnoreCase);

    private static string? After(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static string? Env(Func<string, string?> variable, string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
