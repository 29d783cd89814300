using Weir.Providers;
using Weir.Providers.Credentials;

namespace Weir.Providers.Tests.Credentials;

public sealed class EntraIdentityTests
{
    private readonly Dictionary<string, string> _environment = [];

    [Fact]
    public void A_client_id_alone_says_who_and_never_how()
    {
        _environment["AZURE_CLIENT_ID"] = "c";
        _environment["AZURE_TENANT_ID"] = "t";
        Assert.Equal(new(EntraKind.ManagedIdentity, null, "c"), From());
    }

    [Fact]
    public void Nothing_configured_is_the_system_assigned_identity() => Assert.Equal(new(EntraKind.ManagedIdentity, null, null), From());

    [Fact]
    public void A_token_file_means_workload_identity()
    {
        _environment["AZURE_CLIENT_ID"] = "c";
        _environment["AZURE_TENANT_ID"] = "t";
        _environment["AZURE_FEDERATED_TOKEN_FILE"] = "/f";
        Assert.Equal(new(EntraKind.WorkloadIdentity, "t", "c") { TokenFile = "/f" }, From());
        Assert.Equal(new(EntraKind.WorkloadIdentity, "t2", "c2") { TokenFile = "/f" }, From("t2", "c2"));
    }

    [Fact]
    public void A_deployments_own_secret_or_certificate_wins_over_the_token_file()
    {
        _environment["AZURE_FEDERATED_TOKEN_FILE"] = "/f";
        Assert.Equal(EntraKind.ClientSecret, From("t", "c", new("s"))?.Kind);
        Assert.Equal(EntraKind.ClientCertificate, From("t", "c", null, "/c.pem")?.Kind);
    }

    [Fact]
    public void A_secret_or_certificate_in_the_environment_is_used()
    {
        _environment["AZURE_TENANT_ID"] = "t";
        _environment["AZURE_CLIENT_ID"] = "c";
        _environment["AZURE_CLIENT_CERTIFICATE_PATH"] = "/c.pfx";
        _environment["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = "p";
        Assert.Equal(new(EntraKind.ClientCertificate, "t", "c") { CertificatePath = "/c.pfx", CertificatePassword = new("p") }, From());
        _environment["AZURE_CLIENT_SECRET"] = "s";
        Assert.Equal(new(EntraKind.ClientSecret, "t", "c") { ClientSecret = new("s") }, From());
    }

    [Theory]
    [InlineData("AZURE_FEDERATED_TOKEN_FILE", null, "c", "tenant_id")]
    [InlineData("AZURE_FEDERATED_TOKEN_FILE", "t", null, "client_id")]
    [InlineData("AZURE_FEDERATED_TOKEN_FILE", null, null, "tenant_id and client_id")]
    [InlineData("AZURE_CLIENT_SECRET", null, "c", "tenant_id")]
    [InlineData("AZURE_CLIENT_CERTIFICATE_PATH", "t", " ", "client_id")]
    public void What_is_missing_is_named(string variable, string? tenant, string? client, string missing)
    {
        _environment[variable] = "x";
        Assert.Null(EntraIdentity.From(tenant, client, null, null, Variable, out var problem));
        Assert.Contains($"{missing} ", problem, StringComparison.Ordinal);
        Assert.Contains("AZURE_TENANT_ID", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://login.example/")]
    [InlineData("https://")]
    public void An_authority_without_TLS_is_refused(string authority)
    {
        _environment["AZURE_AUTHORITY_HOST"] = authority;
        Assert.Null(EntraIdentity.From(null, null, null, null, Variable, out var problem));
        Assert.Contains("AZURE_AUTHORITY_HOST", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "v1", null, null, "https://ai.azure.com/.default")]
    [InlineData(null, "2024-10-21", null, null, "https://cognitiveservices.azure.com/.default")]
    [InlineData(null, null, null, null, "https://cognitiveservices.azure.com/.default")]
    [InlineData("login.microsoftonline.us", "v1", null, null, "https://cognitiveservices.azure.us/.default")]
    [InlineData("https://login.chinacloudapi.cn/", "2024-10-21", null, null, "https://cognitiveservices.azure.cn/.default")]
    [InlineData(null, "v1", "https://own.example/.default", "https://env.example/.default", "https://own.example/.default")]
    [InlineData(null, "v1", null, "https://env.example", "https://env.example/.default")]
    [InlineData(null, "v1", "api://own/", null, "api://own/.default")]
    public void The_scope_follows_the_route_unless_it_is_set(string? authority, string? version, string? configured, string? environment, string expected)
    {
        if (authority is not null)
        {
            _environment["AZURE_AUTHORITY_HOST"] = authority;
        }

        if (environment is not null)
        {
            _environment["AZURE_SCOPE"] = environment;
        }

        var address = new ProviderAddress(new("https://r.openai.azure.com"), version, "d");
        Assert.Equal(expected, From()?.Scope(address, configured, Variable));
    }

    private EntraIdentity? From(string? tenant = null, string? client = null, Secret? secret = null, string? certificate = null)
    {
        var identity = EntraIdentity.From(tenant, client, secret, certificate, Variable, out var problem);
        Assert.Null(problem);
        return identity;
    }

    private string? Variable(string name) => _environment.GetValueOrDefault(name);
}
