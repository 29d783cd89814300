using Npgsql;
using Weir.Storage.Postgres;

namespace Weir.Storage.Tests.Postgres;

public class PostgresUrlTests
{
    [Theory]
    [InlineData("postgresql://u:p@db:6432/litellm", "db", 6432, "litellm", "u", "p")]
    [InlineData("postgres://u:p@db/litellm", "db", 5432, "litellm", "u", "p")]
    [InlineData("postgresql://u:p%40ss%2Fw%3Ard%25@db/litellm", "db", 5432, "litellm", "u", "p@ss/w:rd%")]
    [InlineData("postgresql://u:p@ss:word@db/litellm", "db", 5432, "litellm", "u", "p@ss:word")]
    [InlineData("postgresql://u:p/w@db/litellm", "db", 5432, "litellm", "u", "p/w")]
    [InlineData("postgresql://us%40er@db/lite%20llm", "db", 5432, "lite llm", "us@er", null)]
    [InlineData("postgresql://u:p@[::1]:5433/d", "::1", 5433, "d", "u", "p")]
    [InlineData("postgresql://u@localhost/d?host=/var/run/postgresql", "/var/run/postgresql", 5432, "d", "u", null)]
    [InlineData("postgresql:///d?host=h&user=u&password=p%26q", "h", 5432, "d", "u", "p&q")]
    public void Every_part_is_read(string url, string host, int port, string database, string user, string? password)
    {
        var settings = PostgresUrl.Parse(url).Settings;
        Assert.Equal((host, port, database, user, password), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
    }

    [Fact]
    public void Prisma_s_and_libpq_s_parameters_have_their_effect()
    {
        var url = PostgresUrl.Parse(
            "postgresql://u:p@db/d?schema=proxy&connection_limit=7&pool_timeout=9&socket_timeout=11&sslmode=verify-ca&sslrootcert=/ca.pem&application_name=me&pgbouncer=true&statement_cache_size=0&odd=1");
        var settings = url.Settings;
        Assert.Equal("proxy", url.Schema);
        Assert.Equal((7, 9, 11, SslMode.VerifyCA), (settings.MaxPoolSize, settings.Timeout, settings.CommandTimeout, settings.SslMode));
        Assert.Equal(("/ca.pem", "me"), (settings.RootCertificate, settings.ApplicationName));
        Assert.Equal(["odd"], url.Unknown);
    }

    [Fact]
    public void A_certificate_with_a_key_is_the_client_s_and_alone_the_authority_s()
    {
        var client = PostgresUrl.Parse("postgresql://u@db/d?sslcert=/me.pem&sslkey=/me.key&sslrootcert=/ca.pem").Settings;
        Assert.Equal(("/me.pem", "/me.key", "/ca.pem"), (client.SslCertificate, client.SslKey, client.RootCertificate));
        Assert.Equal("/ca.pem", PostgresUrl.Parse("postgresql://u@db/d?sslcert=/ca.pem").Settings.RootCertificate);
    }

    [Theory]
    [InlineData("", SslMode.Prefer)]
    [InlineData("?sslmode=disable", SslMode.Disable)]
    [InlineData("?sslmode=require", SslMode.Require)]
    [InlineData("?sslmode=require&sslaccept=strict", SslMode.VerifyFull)]
    [InlineData("?sslmode=verify-full", SslMode.VerifyFull)]
    public void The_ssl_mode_is_what_was_asked_for(string query, SslMode mode) => Assert.Equal(mode, PostgresUrl.Parse("postgresql://u:p@db/d" + query).Settings.SslMode);

    [Theory]
    [InlineData("postgresql://app@weir.postgres.database.azure.com/d", true, SslMode.Require)]
    [InlineData("postgresql://app@weir.postgres.database.azure.com/d?sslmode=disable", true, SslMode.Require)]
    [InlineData("postgresql://app@weir.postgres.database.azure.com/d?sslmode=verify-full", true, SslMode.VerifyFull)]
    [InlineData("postgresql://app:secret@weir.postgres.database.azure.com/d", false, SslMode.Prefer)]
    [InlineData("postgresql://app@db.internal/d?auth=entra", true, SslMode.Require)]
    [InlineData("postgresql://app@db.internal/d", false, SslMode.Prefer)]
    public void An_Entra_token_is_the_password_of_Azure_s_servers_and_never_goes_in_clear_text(string url, bool entra, SslMode mode)
    {
        var parsed = PostgresUrl.Parse(url);
        Assert.Equal((entra, mode), (parsed.WantsEntra, parsed.Settings.SslMode));
    }

    [Fact]
    public void Of_several_servers_the_one_that_takes_writes_is_used()
    {
        var settings = PostgresUrl.Parse("postgresql://u:p@a:5432,b:5433/d").Settings;
        Assert.Equal(("a:5432,b:5433", "read-write"), (settings.Host, settings.TargetSessionAttributes));
    }

    [Theory]
    [InlineData("postgresql://u:hunter22@/d", "names no host")]
    [InlineData("postgresql://u:hunter22@db", "names no database")]
    [InlineData("postgresql://u:hunter22@db/", "names no database")]
    [InlineData("postgresql://u:hunter22@db:port/d", "port is no number")]
    [InlineData("postgresql://u:hunter22?x@db/d", "port is no number")]
    [InlineData("postgresql://u:hunter22@db/d?sslmode=yes", "sslmode is one of")]
    [InlineData("postgresql://u:hunter22@db/d?connection_limit=0", "connection_limit is a number")]
    [InlineData("postgresql://u:hunter22@db/d?auth=md5", "auth is entra")]
    public void What_can_not_be_read_is_refused_with_what_to_write_and_never_repeated(string url, string why)
    {
        var error = Assert.Throws<StorageUrlException>(() => PostgresUrl.Parse(url));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql://user:password@host", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
    }
}
