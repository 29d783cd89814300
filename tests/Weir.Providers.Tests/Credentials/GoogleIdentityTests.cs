using Weir.Providers.Credentials;

namespace Weir.Providers.Tests.Credentials;

/// <summary>Which Google identity a configuration means.</summary>
public sealed class GoogleIdentityTests : IDisposable
{
    private const string Key = """{"type":"service_account","project_id":"p","private_key":"-----BEGIN PRIVATE KEY-----","client_email":"a@p.iam.gserviceaccount.com"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-google-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_configuration_comes_before_the_environment_and_the_machine_last()
    {
        Assert.Equal(GoogleKind.Metadata, From(null)?.Kind);

        Directory.CreateDirectory(Path.Combine(_folder, ".config", "gcloud"));
        File.WriteAllText(Path.Combine(_folder, ".config", "gcloud", "application_default_credentials.json"), """{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}""");
        _environment["HOME"] = _folder;
        Assert.Equal(GoogleKind.AuthorizedUser, From(null)?.Kind);

        var file = Path.Combine(_folder, "key.json");
        File.WriteAllText(file, Key);
        _environment["GOOGLE_APPLICATION_CREDENTIALS"] = file;
        Assert.Equal("a@p.iam.gserviceaccount.com", From(null)?.Email);

        _environment["VERTEXAI_CREDENTIALS"] = Key.Replace("a@p", "b@p", StringComparison.Ordinal);
        Assert.Equal("b@p.iam.gserviceaccount.com", From(null)?.Email);
        Assert.Equal("a@p.iam.gserviceaccount.com", From(file)?.Email);
        Assert.Equal("c@p.iam.gserviceaccount.com", From(Key.Replace("a@p", "c@p", StringComparison.Ordinal))?.Email);
        Assert.Equal(GoogleIdentity.DefaultTokenUri, From(file)?.TokenUri);
    }

    [Fact]
    public void An_impersonated_identity_is_its_source_with_an_address_to_go_on_to()
    {
        var identity = From("""
            {"type":"impersonated_service_account","service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p:generateAccessToken",
            "source_credentials":{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}}
            """);
        Assert.Equal((GoogleKind.AuthorizedUser, "iamcredentials.googleapis.com"), (identity?.Kind, identity?.ImpersonationUrl?.Host));
    }

    [Theory]
    [InlineData("/no/such/file.json", "can't be read")]
    [InlineData("{\"private_key\":\"top-secret-text\",", "no valid JSON")]
    [InlineData("{\"private_key\":\"top-secret-text\"}", "`type` is missing")]
    [InlineData("""{"type":"service_account","client_email":"a"}""", "`private_key` is missing")]
    [InlineData("""{"type":"service_account","client_email":"a","private_key":"top-secret-text","token_uri":"http://example.com/token"}""", "must be an https address")]
    [InlineData("""{"type":"gdch_service_account"}""", "not served")]
    [InlineData("""{"type":"external_account","audience":"a","subject_token_type":"t","credential_source":{"environment_id":"aws1"}}""", "not served")]
    [InlineData("""{"type":"external_account","audience":"a","subject_token_type":"t","credential_source":{}}""", "either a `file` or a `url`")]
    [InlineData("""{"type":"external_account","audience":"a","subject_token_type":"t","credential_source":{"file":"f","format":{"type":"json"}}}""", "subject_token_field_name")]
    public void What_is_wrong_is_said_and_never_shown(string configured, string says)
    {
        Assert.Null(GoogleIdentity.From(configured, Variable, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret-text", problem, StringComparison.Ordinal);
    }

    private GoogleIdentity? From(string? configured) => GoogleIdentity.From(configured, Variable, out _);

    private string? Variable(string name) => _environment.GetValueOrDefault(name);
}
