using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Storage.Tests;

public class StorageSetupTests
{
    [Theory]
    [InlineData(null, "/data/default.db")]
    [InlineData("", "/data/default.db")]
    [InlineData("sqlite:///var/lib/weir/weir.db", "/var/lib/weir/weir.db")]
    [InlineData("sqlite:////var/lib/weir/weir.db", "/var/lib/weir/weir.db")]
    [InlineData("SQLITE:///a/with%20space.db?mode=rwc", "/a/with space.db")]
    public void A_url_names_its_file(string? url, string path)
    {
        using var storage = StorageSetup.Open(url, "/data/default.db", NullLogger.Instance);
        Assert.Equal($"SQLite in {path}", storage.Description);
        Assert.Empty(storage.Notice);
    }

    [Theory]
    [InlineData("sqlite:weir.db")]
    [InlineData("sqlite:///./weir.db")]
    public void A_relative_path_is_relative_to_the_working_folder(string url)
    {
        using var storage = StorageSetup.Open(url, "/data/default.db", NullLogger.Instance);
        Assert.Equal($"SQLite in {Path.GetFullPath("weir.db")}", storage.Description);
    }

    [Theory]
    [InlineData("postgresql://llmproxy:dbpassword9090@db:5432/litellm", "")]
    [InlineData("postgres://llmproxy:dbpassword9090@db/litellm?connect_timout=3&pgbouncer=true", "Parameters of the database URL without effect: connect_timout.")]
    public void A_postgresql_url_is_opened_and_never_repeated(string url, string notice)
    {
        using var storage = StorageSetup.Open(url, "/data/default.db", NullLogger.Instance);
        Assert.Equal("PostgreSQL database litellm on db, schema weir", storage.Description);
        Assert.Equal(notice, storage.Notice);
    }

    [Theory]
    [InlineData("mysql://u:hunter22@h/d")]
    [InlineData("sqlite://host/weir.db")]
    [InlineData("sqlite:///")]
    [InlineData("hunter22")]
    [InlineData("postgres:hunter22")]
    public void Anything_else_is_refused_with_what_to_write(string url)
    {
        var error = Assert.Throws<StorageUrlException>(() => StorageSetup.Open(url, "/data/default.db", NullLogger.Instance));
        Assert.Contains(url.StartsWith("postgres:", StringComparison.Ordinal) ? "postgresql://" : "sqlite:///", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
    }
}
