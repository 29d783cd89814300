using System.Text.Json;

namespace Weir.Providers.Credentials;

/// <summary>How an identity proves itself to Google.</summary>
public enum GoogleKind
{
    /// <summary>A service account's private key.</summary>
    ServiceAccount,

    /// <summary>Another issuer's token (Kubernetes, Entra, OIDC), exchanged through a workload identity pool.</summary>
    ExternalAccount,

    /// <summary>A person's refresh token, from <c>gcloud auth application-default login</c>.</summary>
    AuthorizedUser,

    /// <summary>The identity of the machine or the pod, from its metadata service (Compute Engine, GKE workload identity, Cloud Run).</summary>
    Metadata,
}

/// <summary>One identity. Deployments with equal values share one credential and its tokens.</summary>
/// <param name="Kind">How it proves itself.</param>
public sealed record GoogleIdentity(GoogleKind Kind)
{
    /// <summary>The scope that Vertex AI wants.</summary>
    public const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary><c>https://oauth2.googleapis.com/token</c>.</summary>
    public static Uri DefaultTokenUri { get; } = new("https://oauth2.googleapis.com/token");

    /// <summary>Where tokens are given: <c>token_uri</c>, for external accounts <c>token_url</c>.</summary>
    public Uri TokenUri { get; init; } = DefaultTokenUri;

    /// <summary>E-mail address of the service account.</summary>
    public string? Email { get; init; }

    /// <summary>Its private key, PEM.</summary>
    public Secret? PrivateKey { get; init; }

    /// <summary>Id of that key.</summary>
    public string? KeyId { get; init; }

    /// <summary>OAuth client of an authorised user or an external account.</summary>
    public string? ClientId { get; init; }

    /// <summary>Its secret.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>Refresh token of an authorised user.</summary>
    public Secret? RefreshToken { get; init; }

    /// <summary>Workload identity provider, as <c>//iam.googleapis.com/projects/.../providers/...</c>.</summary>
    public string? Audience { get; init; }

    /// <summary>Kind of the foreign token (<c>urn:ietf:params:oauth:token-type:jwt</c>).</summary>
    public string? SubjectTokenType { get; init; }

    /// <summary>File with the foreign token; read again for every sign-in, because it rotates.</summary>
    public string? SubjectFile { get; init; }

    /// <summary>Address that gives the foreign token.</summary>
    public Uri? SubjectUrl { get; init; }

    /// <summary>Headers for that address, a <c>name: value</c> per line.</summary>
    public Secret? SubjectHeaders { get; init; }

    /// <summary>Member that holds the foreign token when file or answer are JSON; null = they are the token.</summary>
    public string? SubjectField { get; init; }

    /// <summary>Project that pays for a workforce pool's calls.</summary>
    public string? UserProject { get; init; }

    /// <summary>Address that turns the token into one of a service account; null = none.</summary>
    public Uri? ImpersonationUrl { get; init; }

    /// <summary>Life of an impersonated token in seconds.</summary>
    public int ImpersonationSeconds { get; init; } = 3600;

    /// <summary>The project that the credential names, for when the configuration names none.</summary>
    public string? ProjectId { get; init; }

    /// <summary>
    /// Chooses as LiteLLM and Google's libraries do: <paramref name="configured"/> (<c>vertex_credentials</c>: a file or the JSON itself), else <c>VERTEXAI_CREDENTIALS</c>,
    /// else the file in <c>GOOGLE_APPLICATION_CREDENTIALS</c>, else gcloud's own file, else the metadata service.
    /// </summary>
    /// <param name="configured"><c>vertex_credentials</c>; null or blank = not set.</param>
    /// <param name="variable">The environment.</param>
    /// <param name="problem">What is missing or wrong, for a person; null when an identity is returned.</param>
    public static GoogleIdentity? From(string? configured, Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(variable);
        problem = null;
        var (text, where) = NotBlank(configured) is { } given ? (given, "vertex_credentials")
            : NotBlank(variable("VERTEXAI_CREDENTIALS")) is { } ofLiteLlm ? (ofLiteLlm, "VERTEXAI_CREDENTIALS")
            : NotBlank(variable("GOOGLE_APPLICATION_CREDENTIALS")) is { } ofGoogle ? (ofGoogle, "GOOGLE_APPLICATION_CREDENTIALS")
            : (GcloudFile(variable), "gcloud's application default credentials");
        if (text is null)
        {
            return new(GoogleKind.Metadata) { ProjectId = NotBlank(variable("GOOGLE_CLOUD_PROJECT")) };
        }

        if (!text.StartsWith('{'))
        {
            try
            {
                where = $"{where} ({text})";
                text = File.ReadAllText(text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                problem = text.Length > 512 || text.Contains('\n', StringComparison.Ordinal)
                    ? "vertex_credentials is neither the path of a file nor a JSON object."
                    : $"The file of {where} can't be read: {e.Message}";
                return null;
            }
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return GoogleCredentialFile.Read(json.RootElement, out var wrong) ?? throw new FormatException(wrong);
        }
        catch (JsonException)
        {
            // The parser's message may show a part of the text, which is a secret.
            problem = $"{where} holds no valid JSON.";
            return null;
        }
        catch (FormatException e)
        {
            problem = $"{where}: {e.Message}";
            return null;
        }
    }

    private static string? GcloudFile(Func<string, string?> variable)
    {
        var folder = NotBlank(variable("CLOUDSDK_CONFIG")) ?? (NotBlank(variable("HOME")) is { } home ? Path.Combine(home, ".config", "gcloud") : null);
        var file = folder is null ? null : Path.Combine(folder, "application_default_credentials.json");
        return File.Exists(file) ? file : null;
    }

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
