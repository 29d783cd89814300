using System.Security.Cryptography;
using Weir.Providers.Upstream;

namespace Weir.Providers.Credentials;

/// <summary>Says what a failed sign-in means and what to change.</summary>
internal static class GoogleFault
{
    /// <summary>The fault for <paramref name="error"/>.</summary>
    public static UpstreamFault From(Exception error, GoogleIdentity identity)
    {
        Secret[] secrets = [.. new[] { identity.PrivateKey, identity.ClientSecret, identity.RefreshToken, identity.SubjectHeaders }.OfType<Secret>()];
        var refusal = error as GoogleRefusal;
        var text = $"No Google token with {Who(identity)}: {Advice(error, identity)}";
        return new(FaultKind.CredentialUnavailable, 0, Redaction.Clean(text, secrets)) { Code = refusal?.Code };
    }

    /// <summary>The identity, for messages.</summary>
    public static string Who(GoogleIdentity identity) => (identity.Kind switch
    {
        GoogleKind.ServiceAccount => $"the key of service account `{identity.Email}`",
        GoogleKind.AuthorizedUser => "the refresh token of gcloud's application default credentials",
        GoogleKind.ExternalAccount => $"the foreign token of {identity.SubjectFile ?? identity.SubjectUrl?.Host} for `{identity.Audience}`",
        _ => "the metadata service of this machine",
    }) + (identity.ImpersonationUrl is null ? "" : $", impersonating `{Impersonated(identity.ImpersonationUrl)}`");

    private static string Advice(Exception error, GoogleIdentity identity)
    {
        switch (error)
        {
            case GoogleRefusal refusal:
                return $"{For(refusal, identity)} Google's words: {OneLine(refusal.Message)}";
            case HttpRequestException http:
                var place = identity.Kind == GoogleKind.Metadata ? new("http://169.254.169.254/") : identity.TokenUri;
                return ConnectFault.From(http, place).Message + (identity.Kind == GoogleKind.Metadata ? NoMetadata : "");
            case CryptographicException:
                return "`private_key` can't be used: it must be the PEM text of the key file, with its line breaks.";
            case FileNotFoundException or DirectoryNotFoundException:
                return $"the token file {identity.SubjectFile} is missing: is the projected volume mounted?";
            case IOException or UnauthorizedAccessException:
                return $"the token file {identity.SubjectFile} can't be read.";
            case OperationCanceledException:
                return "no answer in time." + (identity.Kind == GoogleKind.Metadata ? NoMetadata : "");
            default:
                return $"the sign-in failed ({error.GetType().Name}).";
        }
    }

    private const string NoMetadata =
        " The metadata service is used because nothing else is configured: set vertex_credentials or GOOGLE_APPLICATION_CREDENTIALS to a key file, or give the pod a workload identity.";

    private static string For(GoogleRefusal refusal, GoogleIdentity identity)
    {
        var says = refusal.Message;
        return refusal.Code switch
        {
            "invalid_grant" when says.Contains("Signature", StringComparison.OrdinalIgnoreCase) =>
                "the key is not, or no longer, one of the account: create a new key, or use workload identity federation.",
            "invalid_grant" when says.Contains("account not found", StringComparison.OrdinalIgnoreCase) => "the service account does not exist.",
            "invalid_grant" when says.Contains("iat", StringComparison.Ordinal) || says.Contains("short-lived", StringComparison.Ordinal) => "the clocks differ: check the time of this machine.",
            "invalid_grant" when identity.Kind == GoogleKind.AuthorizedUser => "the refresh token has been revoked or has expired: run `gcloud auth application-default login` again.",
            "invalid_grant" or "invalid_target" or "invalid_request" when identity.Kind == GoogleKind.ExternalAccount =>
                $"the pool does not accept the foreign token. {Sent(identity)} The provider's issuer, allowed audiences and attribute condition must match it.",
            "invalid_client" or "unauthorized_client" => "the OAuth client is unknown or not allowed to do this.",
            "PERMISSION_DENIED" when identity.ImpersonationUrl is not null => "the identity needs the role roles/iam.workloadIdentityUser or roles/iam.serviceAccountTokenCreator on the service account.",
            _ when identity.Kind == GoogleKind.Metadata && refusal.Status == 404 => "the machine or pod has no service account: give it one.",
            _ => refusal.Status == 0 ? "the answer can't be used." : $"refused with {refusal.Status}.",
        };
    }

    private static string Sent(GoogleIdentity identity) => FederatedAssertion.ReadFile(identity.SubjectFile) is { } assertion
        ? $"Sent: issuer `{assertion.Issuer}`, subject `{assertion.Subject}`, audience `{assertion.Audience}`{(assertion.ExpiresAt is { } end ? $", valid until {end:u}" : "")}."
        : "";

    private static string Impersonated(Uri address)
    {
        var last = address.Segments[^1];
        var colon = last.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? last : last[..colon];
    }

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length > 600 ? line[..600] + "…" : line;
    }
}
