using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Says what a failed sign-in to AWS means and what to change.</summary>
internal static class AwsFault
{
    /// <summary>The fault for <paramref name="error"/>.</summary>
    public static UpstreamFault From(Exception error, AwsIdentity identity)
    {
        var code = (error as AwsSignInException)?.Code;
        return new(FaultKind.CredentialUnavailable, 0, Redaction.Clean($"No AWS credentials from {Who(identity)}: {Said(error, identity)}{Advice(code, identity)}", Secrets(identity)))
        {
            Code = code,
        };
    }

    private static string Said(Exception error, AwsIdentity identity) => error switch
    {
        AwsSignInException known => known.Message,
        HttpRequestException http => ConnectFault.From(http, identity.Endpoint ?? new("https://sts.amazonaws.com")).Message + (identity.Kind == AwsKind.InstanceMetadata ? NoMachine : ""),
        OperationCanceledException => "no answer in time." + (identity.Kind == AwsKind.InstanceMetadata ? NoMachine : ""),
        FileNotFoundException or DirectoryNotFoundException => $"the file {identity.TokenFile ?? identity.AuthorizationFile} is missing: is the token projected into this pod?",
        IOException or UnauthorizedAccessException => $"the file {identity.TokenFile ?? identity.AuthorizationFile} can't be read: {error.Message}",
        _ => error.Message,
    };

    private const string NoMachine =
        " The machine is asked because nothing else is configured: set aws_access_key_id and aws_secret_access_key, aws_role_name, or AWS_BEARER_TOKEN_BEDROCK; "
        + "in EKS give the service account a role.";

    private static string Advice(string? code, AwsIdentity identity) => code switch
    {
        "ExpiredTokenException" or "ExpiredToken" when identity.Kind == AwsKind.WebIdentity => $" The web identity token is outside its time. {Sent(identity)}",
        "InvalidIdentityToken" or "InvalidIdentityTokenException" => $" The account has no identity provider for the token's issuer, or it expects another audience. {Sent(identity)}",
        "AccessDenied" or "AccessDeniedException" when identity.Kind == AwsKind.WebIdentity => $" The role's trust policy does not match the token. {Sent(identity)}",
        "AccessDenied" or "AccessDeniedException" when identity.Kind == AwsKind.Role =>
            $" The role {identity.RoleArn} must trust the caller, the caller must be allowed sts:AssumeRole, and an external id must match.",
        "InvalidClientTokenId" or "UnrecognizedClientException" => " The access key id is unknown: check aws_access_key_id, and aws_session_token for temporary keys.",
        "SignatureDoesNotMatch" => " The secret access key is wrong, or a proxy changed the request.",
        "RequestExpired" => " The clock of this machine is wrong.",
        "RegionDisabledException" => $" The token service is not enabled in {identity.Region}: set aws_sts_endpoint or enable the region.",
        _ => "",
    };

    private static string Sent(AwsIdentity identity) => FederatedAssertion.ReadFile(identity.TokenFile) is { } assertion
        ? $"Sent: issuer `{assertion.Issuer}`, subject `{assertion.Subject}`, audience `{assertion.Audience}`{(assertion.ExpiresAt is { } end ? $", valid until {end:u}" : "")}, for {identity.RoleArn}."
        : $"Sent for {identity.RoleArn}.";

    private static string Who(AwsIdentity identity) => identity.Kind switch
    {
        AwsKind.WebIdentity => $"the web identity role {identity.RoleArn}",
        AwsKind.Role => $"the role {identity.RoleArn}",
        AwsKind.Container => $"the container's agent at {identity.Endpoint?.Authority}",
        AwsKind.InstanceMetadata => "the machine's metadata service",
        _ => "the configuration",
    };

    private static List<Secret> Secrets(AwsIdentity identity)
    {
        var secrets = new List<Secret>();
        for (var one = identity; one is not null; one = one.Source)
        {
            foreach (var secret in (ReadOnlySpan<Secret?>)[one.Keys?.SecretAccessKey, one.Keys?.SessionToken, one.BearerToken, one.Authorization])
            {
                if (secret is not null)
                {
                    secrets.Add(secret);
                }
            }
        }
        return secrets;
    }
}
