using System.Text;
using System.Text.Json;

namespace Weir.Providers.Credentials;

/// <summary>Reads the JSON files in which Google keeps credentials (https://google.aip.dev/auth/4110 and the pages that follow).</summary>
internal static class GoogleCredentialFile
{
    /// <summary>The identity in <paramref name="root"/>; null with what is wrong.</summary>
    public static GoogleIdentity? Read(JsonElement root, out string? problem)
    {
        try
        {
            problem = null;
            return root.ValueKind == JsonValueKind.Object ? Of(root) : throw new FormatException("it is not a JSON object.");
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static GoogleIdentity Of(JsonElement root) => Text(root, "type") switch
    {
        "service_account" => new(GoogleKind.ServiceAccount)
        {
            Email = Need(root, "client_email"),
            PrivateKey = new(Need(root, "private_key")),
            KeyId = Text(root, "private_key_id"),
            TokenUri = Secure(root, "token_uri") ?? GoogleIdentity.DefaultTokenUri,
            ProjectId = Text(root, "project_id"),
        },
        "authorized_user" => new(GoogleKind.AuthorizedUser)
        {
            ClientId = Need(root, "client_id"),
            ClientSecret = new(Need(root, "client_secret")),
            RefreshToken = new(Need(root, "refresh_token")),
            TokenUri = Secure(root, "token_uri") ?? GoogleIdentity.DefaultTokenUri,
            ProjectId = Text(root, "quota_project_id"),
        },
        "external_account" => External(root),
        "impersonated_service_account" when root.TryGetProperty("source_credentials", out var source) && source.ValueKind == JsonValueKind.Object => Of(source) with
        {
            ImpersonationUrl = Secure(root, "service_account_impersonation_url") ?? throw new FormatException("`service_account_impersonation_url` is missing."),
            ProjectId = Text(root, "quota_project_id"),
        },
        null => throw new FormatException("`type` is missing: write service_account, external_account or authorized_user."),
        var other => throw new FormatException($"credentials of type `{other}` are not served; use service_account, external_account, authorized_user or impersonated_service_account."),
    };

    private static GoogleIdentity External(JsonElement root)
    {
        if (!root.TryGetProperty("credential_source", out var source) || source.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("`credential_source` is missing.");
        }

        if (source.TryGetProperty("environment_id", out _) || source.TryGetProperty("executable", out _) || source.TryGetProperty("certificate", out _))
        {
            throw new FormatException("`credential_source` must name a `file` or a `url`; AWS environments, executables and certificates are not served.");
        }

        var file = Text(source, "file");
        var url = Text(source, "url") is { } address ? Address(address, "credential_source.url") : null;
        if ((file is null) == (url is null))
        {
            throw new FormatException("`credential_source` must name either a `file` or a `url`.");
        }

        return new(GoogleKind.ExternalAccount)
        {
            Audience = Need(root, "audience"),
            SubjectTokenType = Need(root, "subject_token_type"),
            TokenUri = Secure(root, "token_url") ?? new("https://sts.googleapis.com/v1/token"),
            ImpersonationUrl = Secure(root, "service_account_impersonation_url"),
            ImpersonationSeconds = Seconds(root),
            ClientId = Text(root, "client_id"),
            ClientSecret = Text(root, "client_secret") is { } secret ? new(secret) : null,
            UserProject = Text(root, "workforce_pool_user_project"),
            ProjectId = Text(root, "quota_project_id"),
            SubjectFile = file,
            SubjectUrl = url,
            SubjectHeaders = Headers(source),
            SubjectField = Field(source),
        };
    }

    private static string? Field(JsonElement source)
    {
        if (!source.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return Text(format, "type") switch
        {
            null or "text" => null,
            "json" => Text(format, "subject_token_field_name") ?? throw new FormatException("`credential_source.format.subject_token_field_name` is missing."),
            var other => throw new FormatException($"`credential_source.format.type` must be text or json; it is `{other}`."),
        };
    }

    private static Secret? Headers(JsonElement source)
    {
        if (!source.TryGetProperty("headers", out var headers) || headers.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var lines = new StringBuilder();
        foreach (var header in headers.EnumerateObject())
        {
            var value = header.Value.ValueKind == JsonValueKind.String ? header.Value.GetString() : null;
            if (value is null || value.AsSpan().IndexOfAny('\r', '\n') >= 0)
            {
                throw new FormatException($"`credential_source.headers.{header.Name}` must be text of one line.");
            }

            lines.Append(header.Name).Append(": ").Append(value).Append('\n');
        }

        return new(lines.ToString());
    }

    private static int Seconds(JsonElement root) =>
        root.TryGetProperty("service_account_impersonation", out var options) && options.ValueKind == JsonValueKind.Object
        && options.TryGetProperty("token_lifetime_seconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var value)
            ? value is >= 600 and <= 43200 ? value : throw new FormatException("`token_lifetime_seconds` must be from 600 to 43200.")
            : 3600;

    private static Uri? Secure(JsonElement root, string name) =>
        Text(root, name) is not { } text ? null
        : Address(text, name) is { Scheme: "https" } address ? address
        : throw new FormatException($"`{name}` must be an https address.");

    private static Uri Address(string text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : throw new FormatException($"`{name}` is no http address.");

    private static string Need(JsonElement root, string name) => Text(root, name) ?? throw new FormatException($"`{name}` is missing.");

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
