using Weir.Providers.Credentials;

namespace Weir.Gateway.Config.Binding;

/// <summary>Reads what a deployment says of its identity at AWS.</summary>
internal static class AwsReader
{
    /// <summary>The settings. <paramref name="problem"/> says why nobody could sign in with them; null when somebody can.</summary>
    public static AwsSettings Read(SectionReader parameters, string region, Func<string, string?> variable, out string? problem)
    {
        var settings = new AwsSettings
        {
            AccessKeyId = parameters.Text("aws_access_key_id"),
            SecretAccessKey = parameters.Secret("aws_secret_access_key"),
            SessionToken = parameters.Secret("aws_session_token"),
            RoleName = parameters.Text("aws_role_name"),
            SessionName = parameters.Text("aws_session_name"),
            ExternalId = parameters.Text("aws_external_id"),
            WebIdentityToken = parameters.Text("aws_web_identity_token"),
            ProfileName = parameters.Text("aws_profile_name"),
            StsEndpoint = parameters.Text("aws_sts_endpoint"),
            Region = region,
        };
        AwsIdentityChoice.Choose(settings, variable, out problem);
        return settings;
    }
}
