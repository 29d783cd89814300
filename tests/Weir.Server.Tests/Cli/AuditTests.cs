using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Weir.Server.Tests.Cli;

/// <summary><c>weir audit</c> on what a real gateway wrote, its log as the witness.</summary>
public sealed class AuditTests
{
    private const string Nowhere = "http://127.0.0.1:9/v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_gateway_wrote_is_proven_by_its_log_and_a_change_is_named()
    {
        using var folder = new Scratch();
        await ServeAsync(folder);

        var whole = await WeirRun.ToEndAsync(folder, null, Token, "audit", "verify", "--config", "config.yaml", "--witness", "weir.log", "--public-key", "weir-audit.pub.pem");
        Assert.True(whole.Exit == 0, whole.Out + whole.Error);
        Assert.Contains("Nothing was changed.", whole.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("not provable", whole.Out, StringComparison.Ordinal);

        var url = $"sqlite://{folder["weir.db"]}";
        var unwitnessed = await WeirRun.ToEndAsync(folder, null, Token, "audit", "verify", "--database-url", url);
        Assert.Equal(0, unwitnessed.Exit);
        Assert.Contains("not provable: no witness was given", unwitnessed.Out, StringComparison.Ordinal);
        Assert.Contains("no public key was given", unwitnessed.Out, StringComparison.Ordinal);

        Sql(folder, "UPDATE request_log SET status = 200; DELETE FROM audit_checkpoints");
        var changed = await WeirRun.ToEndAsync(folder, null, Token, "audit", "verify", "--config", "config.yaml", "--witness", "weir.log", "--json");
        Assert.Equal(1, changed.Exit);
        using var report = JsonDocument.Parse(changed.Out);
        var faults = report.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("fault").GetString()).ToHashSet();
        Assert.Equal(["checkpoints_deleted", "ledger_changed"], faults.Order());
    }

    [Fact]
    public async Task Rows_are_shown_exported_and_pruned()
    {
        using var folder = new Scratch();
        await ServeAsync(folder);

        var tail = await WeirRun.ToEndAsync(folder, null, Token, "audit", "tail", "--config", "config.yaml");
        using var first = JsonDocument.Parse(tail.Out.Split('\n')[0]);
        Assert.Equal("config.start", first.RootElement.GetProperty("body").GetProperty("action").GetString());
        var calls = await WeirRun.ToEndAsync(folder, null, Token, "audit", "tail", "--config", "config.yaml", "--kind", "model_call", "-n", "1");
        using var call = JsonDocument.Parse(Assert.Single(calls.Out.Split('\n')));
        Assert.Equal("parrot", call.RootElement.GetProperty("body").GetProperty("model").GetString());

        Assert.Equal(0, (await WeirRun.ToEndAsync(folder, null, Token, "audit", "export", "--config", "config.yaml", "--from", "2020-01-01", "--output", "all.jsonl")).Exit);
        Assert.Equal(tail.Out.TrimEnd(), (await File.ReadAllTextAsync(folder["all.jsonl"], Token)).TrimEnd());
        Assert.Equal("", (await WeirRun.ToEndAsync(folder, null, Token, "audit", "export", "--config", "config.yaml", "--to", "2020-01-01")).Out);

        var pruned = await WeirRun.ToEndAsync(folder, null, Token, "audit", "prune", "--config", "config.yaml", "--before", "2100-01-01");
        Assert.True(pruned.Exit == 0, pruned.Error);
        Assert.Contains("deleted", pruned.Out, StringComparison.Ordinal);
        Assert.Equal("", (await WeirRun.ToEndAsync(folder, null, Token, "audit", "tail", "--config", "config.yaml")).Out);
        Assert.Equal(0, (await WeirRun.ToEndAsync(folder, null, Token, "audit", "verify", "--config", "config.yaml", "--witness", "weir.log")).Exit);
    }

    [Fact]
    public async Task A_reload_that_weakens_policy_is_written_down()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
        await weir.ListensAsync(Token);
        Assert.Contains("Audit checkpoints are not signed", await weir.PrintsAsync("not signed", Token), StringComparison.Ordinal);
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere).Replace("general_settings:", "general_settings:\n  max_request_size_mb: 900", StringComparison.Ordinal));
        await weir.SignalAsync("HUP", Token);
        await weir.PrintsAsync("weakens policy", Token);
        Assert.Equal(0, await weir.StopAsync("TERM", Token));

        var tail = await WeirRun.ToEndAsync(folder, null, Token, "audit", "tail", "--config", "config.yaml", "--kind", "config");
        var reload = Assert.Single(tail.Out.Split('\n'), line => line.Contains("config.reload", StringComparison.Ordinal));
        Assert.Contains("\"state\":\"executed\"", reload, StringComparison.Ordinal);
        Assert.Contains("The largest request body rises", reload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_not_be_done_ends_with_2_and_one_sentence()
    {
        using var folder = new Scratch();
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere));
        Assert.Equal(0, (await WeirRun.ToEndAsync(folder, null, Token, "audit", "keygen")).Exit);
        string[][] wrong =
        [
            ["verify"], ["verify", "--config", "config.yaml"], ["keygen"], ["verify", "--config", "none.yaml"],
            ["prune", "--config", "config.yaml", "--before", "2020-01-01"], ["verify", "--database-url", "mysql://x"],
        ];
        foreach (var arguments in wrong)
        {
            var run = await WeirRun.ToEndAsync(folder, null, Token, ["audit", .. arguments]);
            Assert.Equal((2, ""), (run.Exit, run.Out));
            Assert.StartsWith("weir audit: ", Assert.Single(run.Error.Split('\n')), StringComparison.Ordinal);
        }
        Assert.False(File.Exists(folder["weir.db"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["weir-audit.key.pem"]));
        }
    }

    /// <summary>Starts twice on the same folder, so that the chain goes on, with one call each; the log is kept beside.</summary>
    private static async Task ServeAsync(Scratch folder)
    {
        Assert.Equal(0, (await WeirRun.ToEndAsync(folder, null, Token, "audit", "keygen")).Exit);
        folder.Write("config.yaml", Texts.Config("parrot", Nowhere).Replace("general_settings:", "general_settings:\n  audit: {signing_key_file: weir-audit.key.pem}", StringComparison.Ordinal));
        var log = new StringBuilder();
        for (var i = 0; i < 2; i++)
        {
            await using var weir = WeirRun.Start(folder, null, "--config", "config.yaml", "--port", "0", "--host", "127.0.0.1");
            using var http = await weir.ClientAsync(Token);
            using var body = new StringContent("""{"model":"parrot","messages":[{"role":"user","content":"hi"}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, Token);
            Assert.True(await weir.StopAsync("TERM", Token) == 0, weir.Error);
            log.AppendLine(weir.Error);
        }
        folder.Write("weir.log", log.ToString());
    }

    private static void Sql(Scratch folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder["weir.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
