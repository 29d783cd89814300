namespace Weir.Server.Tests.Cli;

/// <summary><c>weir db</c> with the embedded file; PostgreSQL is in the end-to-end tests.</summary>
public sealed class DbTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_file_is_pending_then_migrated_then_up_to_date()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", "model_list: []\ngeneral_settings:\n  database_url: sqlite:here.db\n");
        var before = await WeirRun.ToEndAsync(folder, null, Token, "db", "status", "--config", "config.yaml");
        var first = await WeirRun.ToEndAsync(folder, null, Token, "db", "migrate", "--config", "config.yaml");
        var second = await WeirRun.ToEndAsync(folder, null, Token, "db", "migrate", "--database-url", "sqlite:here.db");
        var after = await WeirRun.ToEndAsync(folder, null, Token, "db", "status", "--database-url", "sqlite:here.db");
        Assert.Equal((3, 0, 0, 0), (before.Exit, first.Exit, second.Exit, after.Exit));
        Assert.Contains("pending  0001_request_log.sql", before.Out, StringComparison.Ordinal);
        Assert.Contains("ran      0001_request_log.sql", first.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", second.Out, StringComparison.Ordinal);
        Assert.Contains("applied  0001_request_log.sql", after.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql://u:hunter22@h/d", "sqlite: and postgresql:")]
    [InlineData("postgresql://u:hunter22@h", "names no database")]
    public async Task An_address_that_is_none_is_refused_and_not_repeated(string url, string why)
    {
        using var folder = new Scratch();
        var run = await WeirRun.ToEndAsync(folder, new Dictionary<string, string> { ["DATABASE_URL"] = url }, Token, "db", "status");
        Assert.Equal(1, run.Exit);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", run.Out + run.Error, StringComparison.Ordinal);
    }
}
