using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Providers.Tests.Credentials;

public sealed class AwsIdentityChoiceTests : IDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/a";

    private readonly Dictionary<string, string> _environment = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("weir-aws-home-");

    public AwsIdentityChoiceTests() => _environment["HOME"] = _home.FullName;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public void With_nothing_configured_the_machine_is_asked()
    {
        var identity = Choose(new());
        Assert.Equal((AwsKind.InstanceMetadata, new Uri("http://169.254.169.254/")), (identity.Kind, identity.Endpoint));
    }

    [Fact]
    public void Where_the_machine_must_not_be_asked_the_missing_keys_are_told()
    {
        _environment["AWS_EC2_METADATA_DISABLED"] = "true";
        Assert.Contains("aws_access_key_id", Problem(new()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_is_searched_in_AWSs_own_order()
    {
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
        Assert.Equal(AwsKind.Container, Choose(new()).Kind);
        WriteProfile("[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key=s\n");
        Assert.Equal("AKIDFILE", Choose(new()).Keys?.AccessKeyId);
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/token";
        _environment["AWS_ROLE_ARN"] = Role;
        Assert.Equal((AwsKind.WebIdentity, "/var/run/token"), (Choose(new()).Kind, Choose(new()).TokenFile));
        _environment["AWS_ACCESS_KEY_ID"] = "AKIDENV";
        _environment["AWS_SECRET_ACCESS_KEY"] = "s";
        _environment["AWS_SESSION_TOKEN"] = "t";
        Assert.Equal(("AKIDENV", "t"), (Choose(new()).Keys?.AccessKeyId, Choose(new()).Keys?.SessionToken?.Reveal()));
        _environment["AWS_BEARER_TOKEN_BEDROCK"] = "b";
        Assert.Equal(AwsKind.BearerToken, Choose(new()).Kind);
    }

    [Fact]
    public void What_the_deployment_says_comes_before_the_environment()
    {
        _environment["AWS_BEARER_TOKEN_BEDROCK"] = "b";
        var settings = new AwsSettings { AccessKeyId = "AKIDOWN", SecretAccessKey = new("s") };
        Assert.Equal("AKIDOWN", Choose(settings).Keys?.AccessKeyId);
        Assert.Equal(AwsKind.BearerToken, Choose(settings with { BearerToken = new("own") }).Kind);
        var role = Choose(settings with { RoleName = Role, ExternalId = "e" });
        Assert.Equal((AwsKind.Role, "AKIDOWN", "e"), (role.Kind, role.Source?.Keys?.AccessKeyId, role.ExternalId));
    }

    [Fact]
    public void A_pod_whose_own_role_is_wanted_assumes_nothing_more()
    {
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/token";
        _environment["AWS_ROLE_ARN"] = Role;
        Assert.Equal(AwsKind.WebIdentity, Choose(new() { RoleName = Role }).Kind);
        var other = Choose(new() { RoleName = Role + "b" });
        Assert.Equal((AwsKind.Role, AwsKind.WebIdentity), (other.Kind, other.Source?.Kind));
    }

    [Theory]
    [InlineData("oidc/file//var/token", "/var/token", null)]
    [InlineData("/var/token", "/var/token", null)]
    [InlineData("oidc/env_path/TOKEN_PATH", "/from/environment", null)]
    [InlineData("oidc/env/TOKEN", null, "TOKEN")]
    public void A_web_identity_token_is_found_where_LiteLLMs_words_say(string word, string? file, string? variable)
    {
        _environment["TOKEN_PATH"] = "/from/environment";
        var identity = Choose(new() { RoleName = Role, WebIdentityToken = word });
        Assert.Equal((file, variable), (identity.TokenFile, identity.TokenVariable));
    }

    [Fact]
    public void What_is_missing_or_wrong_is_told()
    {
        Assert.Contains("the second is missing", Problem(new() { AccessKeyId = "a" }), StringComparison.Ordinal);
        Assert.Contains("aws_role_name", Problem(new() { WebIdentityToken = "oidc/env/A" }), StringComparison.Ordinal);
        Assert.Contains("oidc/github/x", Problem(new() { RoleName = Role, WebIdentityToken = "oidc/github/x" }), StringComparison.Ordinal);
        Assert.Contains("NOT_SET", Problem(new() { RoleName = Role, WebIdentityToken = "oidc/env_path/NOT_SET" }), StringComparison.Ordinal);
        Assert.Contains("http://sts.example", Problem(new() { StsEndpoint = "http://sts.example" }), StringComparison.Ordinal);
        Assert.Contains("does not exist", Problem(new() { ProfileName = "other" }), StringComparison.Ordinal);
        WriteProfile("[other]\nrole_arn = x\n");
        Assert.Contains("aws_role_name", Problem(new() { ProfileName = "other" }), StringComparison.Ordinal);
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://example.com/credentials";
        Assert.Contains("http://example.com/credentials", Problem(new()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_service_is_that_of_the_region()
    {
        Assert.Equal("https://sts.eu-west-1.amazonaws.com/", Endpoint("eu-west-1"));
        Assert.Equal("https://sts.cn-north-1.amazonaws.com.cn/", Endpoint("cn-north-1"));

        string? Endpoint(string region) => Choose(new() { RoleName = Role, WebIdentityToken = "/t", Region = region }).Endpoint?.ToString();
    }

    private void WriteProfile(string text)
    {
        Directory.CreateDirectory(Path.Combine(_home.FullName, ".aws"));
        File.WriteAllText(Path.Combine(_home.FullName, ".aws", "credentials"), text);
    }

    private AwsIdentity Choose(AwsSettings settings) => AwsIdentityChoice.Choose(settings, Variable, out var problem) ?? throw new InvalidOperationException(problem);

    private string Problem(AwsSettings settings)
    {
        Assert.Null(AwsIdentityChoice.Choose(settings, Variable, out var problem));
        return problem ?? throw new InvalidOperationException("no problem was told");
    }

    private string? Variable(string name) => _environment.GetValueOrDefault(name);
}
